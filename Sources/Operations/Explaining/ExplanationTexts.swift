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
        "The letter is deferred and tried again by the retry schedule; nobody is marked.",
        "Der Brief wird zurückgestellt und nach dem Zeitplan erneut versucht; niemand wird markiert."),
      Words("Wait.", "Warten.")
    ),
    .newConnection: (
      Words(
        "The letter is deferred and tried again; another connection takes it. Nobody is marked.",
        "Der Brief wird zurückgestellt und erneut versucht; eine andere Verbindung nimmt ihn. Niemand wird markiert."),
      Words("Wait.", "Warten.")
    ),
    .slowDown: (
      Words(
        "The letter is deferred, and less is sent there for a while; nobody is marked.",
        "Der Brief wird zurückgestellt, und dorthin geht eine Zeit lang weniger; niemand wird markiert."),
      Words("Wait.", "Warten.")
    ),
    .pause: (
      Words(
        "The letter is deferred; when several letters in a row meet this, the relay is paused. Nobody is marked.",
        "Der Brief wird zurückgestellt; trifft es mehrere Briefe nacheinander, pausiert das Relay. Niemand wird markiert."
      ),
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
        "The letter is deferred; when several letters in a row meet this, the relay is paused. Nobody is marked.",
        "Der Brief wird zurückgestellt; trifft es mehrere Briefe nacheinander, pausiert das Relay. Niemand wird markiert."
      ),
      Words("Ask the relay's operator.", "Den Betreiber des Relays fragen.")
    ),
  ]
}
