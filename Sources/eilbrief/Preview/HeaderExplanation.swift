/// What each field of a letter's header is for, in a sentence for the one who sends it.
enum HeaderExplanation {
  static func text(_ name: String) -> String { texts[name.lowercased()] ?? "" }

  private static let texts = [
    "dkim-signature":
      "The signature of your domain (d=) with the key published under the selector (s=): receivers check that the letter is yours and unchanged.",
    "date": "When the letter was made. A launched letter has the moment of its first attempt.",
    "from": "Who writes: sender.from. Customers know you by its domain, and DMARC goes by it.",
    "reply-to": "Where an answer goes: sender.reply_to.",
    "to": "The customer, and nobody else: one letter has one recipient.",
    "subject": "From the template's .subject file.",
    "message-id":
      "Names the letter in the logs of mail servers. A launched letter has another one, the same on every attempt.",
    "auto-submitted": "Says that a program sent it, so that answering machines do not answer.",
    "content-language": "The language of the letter, for screen readers and translators.",
    "mime-version": "The rules that the parts below follow.",
    "content-type":
      "How the letter is made up. multipart/alternative: once as text and once as HTML, and the mail program shows one of them. multipart/signed: with an S/MIME signature beside it.",
    "content-transfer-encoding": "How letters beyond ASCII travel.",
  ]
}
