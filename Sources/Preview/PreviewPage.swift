import Letters
import Mail

/// One page that shows letters in a browser: as HTML, as text, with their headers explained, and as bytes.
///
/// The page is self-contained, has no script, and forbids every connection by its Content-Security-Policy. A letter's
/// HTML is in a sandboxed frame, exactly as it is sent; only the frame is switched, by style alone: its width, and the
/// colour scheme that the letter sees.
public struct PreviewPage: Sendable {
  let campaign: String
  let letters: [PreviewedLetter]

  /// Marks the page as one of ours, so that a purge recognises it.
  public static let generator = "<meta name=\"generator\" content=\"eilbrief preview\">"

  /// - Parameters:
  ///   - campaign: The campaign's name.
  ///   - letters: In the order in which the page shows them.
  public init(campaign: String, letters: [PreviewedLetter]) {
    self.campaign = campaign
    self.letters = letters
  }

  /// The whole page: one HTML file that needs no other file.
  public func html() -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
    \(Self.generator)
    <meta name="referrer" content="no-referrer">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(campaign)): \(letters.count) letter\(letters.count == 1 ? "" : "s")</title>
    <style>\(Self.style)</style>
    </head>
    <body>
    <header>
    <h1>\(escaped(campaign)), preview</h1>
    <fieldset><legend>Show</legend>\
    \(radio("view", "html", "HTML", isOn: true))\(radio("view", "text", "Text"))\
    \(radio("view", "headers", "Headers"))\(radio("view", "raw", "Message"))</fieldset>
    <fieldset class="look"><legend>Width</legend>\
    \(radio("width", "w360", "360 px"))\(radio("width", "w800", "800 px", isOn: true))</fieldset>
    <fieldset class="look"><legend>Colours</legend>\
    \(radio("colours", "light", "light", isOn: true))\(radio("colours", "dark", "dark"))</fieldset>
    </header>
    <p class="note">This page holds personal data. <code>eilbrief purge</code> removes it; delete it when you have looked. \
    The verification codes are samples.</p>
    \(letters.count > 1 ? contents() : "")
    <main>
    \(letters.enumerated().map { article($0 + 1, $1) }.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  private func radio(_ group: String, _ id: String, _ label: String, isOn: Bool = false) -> String {
    "<label><input type=\"radio\" name=\"\(group)\" id=\"\(id)\"\(isOn ? " checked" : "")> \(label)</label>"
  }

  private func contents() -> String {
    let items = letters.enumerated().map { number, letter in
      "<li><a href=\"#letter-\(number + 1)\">\(title(letter))</a>\(why(letter))</li>"
    }
    return "<ol class=\"contents\">\(items.joined(separator: "\n"))</ol>"
  }

  private func title(_ letter: PreviewedLetter) -> String {
    "Customer <bdi>\(escaped(letter.customer))</bdi>, \(escaped(letter.letter.template)), \(letter.letter.language)"
  }

  private func why(_ letter: PreviewedLetter) -> String {
    letter.reasons.isEmpty ? "" : " <span class=\"why\">\(escaped(letter.reasons.joined(separator: ", ")))</span>"
  }

  private func article(_ number: Int, _ letter: PreviewedLetter) -> String {
    let header = DecodedHeader(letter.bytes)
    let rows = header.fields.map { field in
      "<tr><th scope=\"row\">\(escaped(field.name))</th><td><bdi>\(escaped(field.value))</bdi></td>"
        + "<td>\(escaped(HeaderExplanation.text(field.name)))</td></tr>"
    }
    return """
      <article id="letter-\(number)">
      <h2>\(title(letter))</h2>
      \(letter.reasons.isEmpty ? "" : "<p>\(why(letter))</p>")
      <p class="subject"><b>To:</b> <bdi>\(escaped(header.value(of: "To")))</bdi><br>\
      <b>Subject:</b> <bdi>\(escaped(letter.letter.subject))</bdi></p>
      <iframe class="html" sandbox title="The letter as HTML" srcdoc="\(escaped(letter.letter.html))"></iframe>
      <pre class="text">
      \(escaped(letter.letter.text))</pre>
      <div class="headers"><table>
      <tr><th scope="col">Field</th><th scope="col">As it is read</th><th scope="col">What it is for</th></tr>
      \(rows.joined(separator: "\n"))
      </table></div>
      <pre class="raw">
      \(escaped(String(decoding: letter.bytes, as: UTF8.self).replacing("\r\n", with: "\n")))</pre>
      </article>
      """
  }

  private func escaped(_ text: String) -> String { LetterEscaped.html(text) }

  private static let style = """

    :root { color-scheme: light dark; }
    body { margin: 0 auto; padding: 0 1em 2em; max-width: 62em; font: 16px/1.45 system-ui, sans-serif; overflow-wrap: break-word; }
    header { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: 0.4em 1em; align-items: center; padding: 0.6em 0; background: Canvas; border-bottom: 1px solid GrayText; z-index: 1; }
    h1 { margin: 0; font-size: 1.1em; flex: 1 1 100%; }
    h2 { margin: 0 0 0.4em; font-size: 1.1em; }
    fieldset { margin: 0; padding: 0 0.6em 0.2em; border: 1px solid GrayText; border-radius: 4px; }
    legend { font-size: 0.8em; }
    label { margin-right: 0.6em; white-space: nowrap; }
    article { margin: 1.5em 0; padding-top: 1em; border-top: 1px solid GrayText; scroll-margin-top: 8em; }
    .note, .why { font-size: 0.9em; color: GrayText; }
    .subject { margin: 0.5em 0; }
    .contents { padding-left: 2em; }
    iframe { display: block; box-sizing: content-box; width: 800px; height: 75vh; min-height: 20em; border: 1px solid GrayText; color-scheme: light; background: Canvas; resize: vertical; }
    body:has(#w360:checked) iframe { width: 360px; }
    body:has(#dark:checked) iframe { color-scheme: dark; }
    pre { margin: 0; padding: 1em; border: 1px solid GrayText; font: 14px/1.4 monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
    .html, .text, .headers, .raw { display: none; }
    body:has(#html:checked) .html, body:has(#text:checked) .text, body:has(#headers:checked) .headers, body:has(#raw:checked) .raw { display: block; }
    body:not(:has(#html:checked)) .look { visibility: hidden; }
    .headers { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; }
    th, td { padding: 0.4em 0.6em; border: 1px solid GrayText; text-align: left; vertical-align: top; }
    th { white-space: nowrap; }
    td { overflow-wrap: anywhere; min-width: 12em; }
    @media print { header, .note { display: none; } }

    """
}

extension DecodedHeader {
  fileprivate func value(of name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
}

/// Explains each field of a letter's header in a sentence, for the operator who sends it; empty for a field that no
/// letter has.
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
      "How the letter is made up. multipart/alternative: once as text and once as HTML, and the mail program shows one of them. multipart/signed: with an S/MIME signature beside it. application/pkcs7-mime: encrypted for the customer.",
    "content-transfer-encoding": "How letters beyond ASCII travel.",
    "content-disposition":
      "An encrypted letter has the name of a file, for mail programs that cannot decrypt it: they show it as an attachment.",
  ]
}
