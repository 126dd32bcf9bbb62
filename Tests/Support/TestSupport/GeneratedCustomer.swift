/// A customer made up for a test: what stands in the customer file, and what has to become of them.
public struct GeneratedCustomer: Sendable, Hashable {
  public enum Outcome: String, Sendable { case letter, phone, none }

  public struct Mailbox: Sendable, Hashable {
    public let address: String
    public let access: String

    public init(address: String, access: String) {
      self.address = address
      self.access = access
    }

    /// Only these are named in a letter.
    public var isInLetter: Bool { access == "imap" || access == "pop3" }
  }

  public let id: String
  public let company: String
  public let salutation: String
  public let title: String
  public let firstName: String
  public let lastName: String
  public let language: String
  public var contact: String
  public let phone: String
  public let mailboxes: [Mailbox]

  public init(
    id: String, company: String, salutation: String, title: String, firstName: String, lastName: String,
    language: String, contact: String, phone: String, mailboxes: [Mailbox]
  ) {
    self.id = id
    self.company = company
    self.salutation = salutation
    self.title = title
    self.firstName = firstName
    self.lastName = lastName
    self.language = language
    self.contact = contact
    self.phone = phone
    self.mailboxes = mailboxes
  }

  public var outcome: Outcome {
    if mailboxes.contains(where: \.isInLetter) { return .letter }
    return mailboxes.contains { $0.access == "central-inbox" } ? .phone : .none
  }

  /// `count` customers with letters full of umlauts, one to four mailboxes each; `everyoneGetsALetter` gives each of
  /// them at least one IMAP or POP3 mailbox, otherwise every segment occurs alone as well.
  public static func customers(_ count: Int, seed: UInt64, everyoneGetsALetter: Bool = true) -> [GeneratedCustomer] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { one(number: $0, everyoneGetsALetter: everyoneGetsALetter, using: &generator) }
  }

  private static func one(
    number: Int, everyoneGetsALetter: Bool, using generator: inout SeededGenerator
  ) -> GeneratedCustomer {
    func any(_ choices: [String]) -> String { choices[Int.random(in: choices.indices, using: &generator)] }
    let last = any(lastNames)
    let domain = "kanzlei-\(number).example"
    let locals = ["post", "scanner", "buero", "fristen"].shuffled(using: &generator)
    let accesses = everyoneGetsALetter ? ["imap", "pop3"] : ["imap", "pop3", "e2e", "mx", "website", "central-inbox"]
    let mailboxes = (0..<Int.random(in: 1...4, using: &generator)).map { place in
      Mailbox(
        address: "\(locals[place])@\(domain)",
        access: any(place == 0 ? accesses : accesses + ["e2e"]))
    }
    return GeneratedCustomer(
      id: "\(10_000 + number)",
      company: any(companies).split(separator: "%", omittingEmptySubsequences: false).joined(separator: last),
      salutation: any(["Herr", "Frau", ""]), title: any(["", "", "Dr.", "Prof. Dr."]), firstName: any(firstNames),
      lastName: last, language: any(["de", "de", "de", "en"]), contact: "kontakt@\(domain)",
      phone: "09999 555-\(1_000 + number)", mailboxes: mailboxes)
  }

  // All of it can be written in cp1252. The companies hold what a customer file has to quote and HTML has to escape.
  private static let lastNames = [
    "Müller", "Schäfer", "Größer", "Weiß", "Öztürk", "Übelacker", "Jäger-Löwe", "Krüßmann", "Žižek", "Lefèvre", "Nuñez",
    "Ångström", "Šimek", "Groß", "Ährenfeld", "O’Brien",
  ]
  private static let firstNames = [
    "Jörg", "Käthe", "Zoë", "René", "Bärbel", "Günther", "Anaïs", "Søren", "Jürgen", "Ute",
  ]
  private static let companies = [
    "Kanzlei %", "% & Söhne", "Rechtsanwälte %; Notare", "Steuerbüro „%“", "Anwälte \"%\" GbR", "% – Fachanwälte, Köln",
  ]
}
