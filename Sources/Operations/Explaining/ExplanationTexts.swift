public import Delivery

/// The languages of `explain`.
public enum ExplanationLanguage: String, Sendable, Hashable, CaseIterable {
  case english = "en"
  case german = "de"
}

/// The words of an explanation, as data: one entry per class, scope and treatment, in each language.
public struct ExplanationTexts: Sendable {
  public let language: ExplanationLanguage

  public init(_ language: ExplanationLanguage) { self.language = language }

  /// What the reply says.
  public func says(_ class: ReplyClass) -> String { pick(Self.classes[`class`]?.says) }
  /// Whom it concerns.
  public func concerns(_ scope: ReplyScope) -> String { pick(Self.scopes[scope]) }
  /// What the program does when a relay answers so.
  public func does(_ treatment: Treatment) -> String { pick(Self.treatments[treatment]?.does) }
  /// What the operator can do.
  public func can(_ classification: Classification) -> String {
    switch classification.treatment {
    case .accept: pick(Self.treatments[.accept]?.can)
    case .refuseRecipient: pick(Self.classes[classification.class]?.recipient ?? Self.treatments[.refuseRecipient]?.can)
    case .retry, .newConnection, .slowDown, .pause, .suspectUs: pick(Self.classes[classification.class]?.can)
    }
  }

  private func pick(_ words: Words?) -> String {
    switch language {
    case .english: words?.english ?? ""
    case .german: words?.german ?? ""
    }
  }

  struct Words: Sendable {
    let english: String
    let german: String
    init(_ english: String, _ german: String) {
      self.english = english
      self.german = german
    }
  }
}

extension ExplanationTexts {
  private static let scopes: [ReplyScope: Words] = [
    .recipient: Words("this recipient", "dieser Empfänger"),
    .domain: Words("the recipient's domain or provider", "die Domain oder der Anbieter des Empfängers"),
    .connection: Words("this connection", "diese Verbindung"),
    .relay: Words("the relay", "das Relay"),
    .message: Words("the letter itself", "der Brief selbst"),
    .sender: Words("our sender address or domain", "unsere Absenderadresse oder Domain"),
  ]

  private static let treatments: [Treatment: (does: Words, can: Words)] = [
    .accept: (
      Words(
        "After the final dot the letter is accepted; before it the dialogue goes on.",
        "Nach dem Schlusspunkt gilt der Brief als angenommen; davor geht der Dialog weiter."),
      Words("Nothing.", "Nichts.")
    ),
    .retry: (
      Words(
        "The letter is deferred and tried again: by the retry schedule, after 5, 10 and 20 minutes where it is greylisted, or "
          + "after the time that the reply names. Nobody is marked.",
        "Der Brief wird zurückgestellt und erneut versucht: nach dem Zeitplan, beim Greylisting nach 5, 10 und 20 Minuten, "
          + "oder nach der Zeit, die die Antwort nennt. Niemand wird markiert."),
      Words("Wait.", "Warten.")
    ),
    .newConnection: (
      Words(
        "The connection is closed, and the same letter goes out at once over another one. How many letters a connection "
          + "took is remembered. Nobody is marked.",
        "Die Verbindung wird geschlossen, und derselbe Brief geht sofort über eine andere. Wie viele Briefe eine Verbindung "
          + "nahm, wird gemerkt. Niemand wird markiert."),
      Words("Wait.", "Warten.")
    ),
    .slowDown: (
      Words(
        "The relay, or the domain, rests; then one letter goes alone, and the relay is fed more slowly from then on. The other "
          + "letters wait untried, and another relay takes them. Nobody is marked.",
        "Das Relay oder die Domain hat Pause; dann geht ein Brief allein, und das Relay bekommt fortan langsamer Post. Die "
          + "anderen Briefe warten unversucht, und ein anderes Relay nimmt sie. Niemand wird markiert."),
      Words("Wait.", "Warten.")
    ),
    .pause: (
      Words(
        "The relay rests until its quota is renewed: one letter goes alone after the time that the reply names, else after a "
          + "minute and then at longer intervals, a quarter of an hour at most. Another relay takes the letters. Nobody is "
          + "marked.",
        "Das Relay hat Pause, bis sein Kontingent erneuert ist: ein Brief geht allein nach der Zeit, die die Antwort nennt, "
          + "sonst nach einer Minute und dann in längeren Abständen, höchstens einer Viertelstunde. Ein anderes Relay nimmt "
          + "die Briefe. Niemand wird markiert."),
      Words("Wait.", "Warten.")
    ),
    .refuseRecipient: (
      Words(
        "The letter is refused and not tried again; the customer goes on the call list.",
        "Der Brief gilt als abgelehnt und wird nicht erneut versucht; der Kunde kommt auf die Telefonliste."),
      Words("Call the customer.", "Den Kunden anrufen.")
    ),
    .suspectUs: (
      Words(
        "The letter is deferred. A refused MAIL pauses the relay at once, and so do three letters to two domains in a row that "
          + "are refused in the same way. What one recipient is refused with again at another time, while others are accepted, is that recipient's "
          + "refusal. Nobody else is marked.",
        "Der Brief wird zurückgestellt. Ein abgelehntes MAIL pausiert das Relay sofort, drei Briefe an zwei Domains "
          + "nacheinander, die auf die gleiche Weise abgelehnt werden, ebenso. Womit ein Empfänger zu anderer Zeit noch einmal abgelehnt wird, während andere angenommen "
          + "werden, gilt als seine Ablehnung. Sonst wird niemand markiert."),
      Words("Ask the relay's operator.", "Den Betreiber des Relays fragen.")
    ),
  ]
}
