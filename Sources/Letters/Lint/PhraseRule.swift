/// A rule made of a list of phrases: the only table of what a letter does not say.
///
/// `docs/configuration/lint-rules.md` lists the rules for operators.
struct PhraseRule: Sendable {
  let name: String
  let severity: LetterLint.Finding.Severity
  /// The fault in words, after the phrase that was found.
  let message: String
  let phrases: [Phrase]

  private init(_ name: String, _ severity: LetterLint.Finding.Severity, _ message: String, _ phrases: [String]) {
    self.name = name
    self.severity = severity
    self.message = message
    self.phrases = phrases.map(Phrase.init)
  }

  static let all = [
    PhraseRule(
      "attachment", .error, "the letter has no attachment, and must not speak of one",
      [
        "im anhang", "als anhang", "in der anlage", "als anlage", "anbei", "angehängte", "angehängten",
        "beigefügte datei",
        "see attached", "is attached", "are attached", "attached file", "attached document", "in the attachment",
        "find attached", "find enclosed",
      ]),
    PhraseRule(
      "unsubscribe", .error, "a notice is nothing that one subscribes to",
      [
        "unsubscribe", "opt out", "newsletter", "abbestellen", "abmeldelink", "aus dem verteiler",
        "aus unserem verteiler",
        "keine weiteren e mails erhalten", "mailing list",
      ]),
    PhraseRule(
      "pressure", .warning, "this is how phishing presses; say what to do and until when",
      [
        "hier klicken", "klicken sie hier", "klicken sie auf den link", "klicken sie auf den folgenden link",
        "sofort handeln",
        "handeln sie sofort", "konto … gesperrt wird", "wird ihr konto gesperrt", "konto wird gesperrt",
        "konto wird gelöscht",
        "wird ihr konto gelöscht", "letzte warnung", "letzte mahnung", "innerhalb von 24 stunden",
        "innerhalb der nächsten 24 stunden",
        "bestätigen sie ihre daten", "bestätigen sie ihr konto", "verifizieren sie ihr konto",
        "verifizieren sie ihre daten",
        "click here", "click on the link", "click the link", "click below", "act now", "act immediately",
        "account will be suspended", "account will be closed", "account will be locked", "account will be deleted",
        "final warning", "last warning", "within 24 hours", "verify your account", "confirm your account",
        "verify your identity",
      ]),
  ]
}
