import Campaigns
import Foundation
import Mail
import TestSupport

@testable import Letters

/// A campaign, customers and templates to render: values as an operator would have them.
enum Fixtures {
  static let date = LocalDateTime("2026-11-23T09:30:00+01:00")!  // A literal in the right form.

  static func address(_ text: String) -> EmailAddress {
    guard let address = try? EmailAddress(text) else { fatalError("not an address: \(text)") }
    return address
  }

  static func server(_ host: String, _ port: Int) -> MailServer {
    guard let domain = try? Domain(host), let server = MailServer(host: domain, port: port) else {
      fatalError("not a server: \(host):\(port)")
    }
    return server
  }

  /// - Parameter letter: What the letter segments ask for.
  static func campaign(
    letter: String = "password-change", authority: Bool = true, displayName: String? = "Kanzlei-IT Beispiel"
  ) -> Campaign {
    guard let happened = CalendarDate("2026-11-20"), let discovered = CalendarDate("2026-11-22"),
      let filed = LocalDateTime("2026-11-22T17:40:00+01:00"), let deadline = LocalDateTime("2026-11-23T16:00:00+01:00"),
      let url = URL(string: "https://www.kanzlei-it.example/sicherheit")
    else { fatalError("a literal of the fixture is wrong") }
    let support = address("support@kanzlei-it.example")
    return Campaign(
      name: "2026-11", folder: URL(fileURLWithPath: "/"),
      incident: Incident(
        what: "Unbefugter Zugriff auf Kundendaten beim Hosting-Lieferanten", happened: happened, discovered: discovered,
        data: ["Zugangsdaten zu POP3- und IMAP-Postfächern", "E-Mail-Adressen"],
        consequences: "Wer die Zugangsdaten hat, kann Nachrichten lesen & in Ihrem Namen senden.",
        measures: "Der Zugang ist geschlossen.\nDie Protokolle werden ausgewertet.",
        authority: authority ? .init(name: "BayLDA", filed: filed, reference: "BEISPIEL-1") : nil),
      sender: Sender(
        from: NamedAddress(displayName: displayName, address: support),
        replyTo: NamedAddress(displayName: nil, address: address("antwort@kanzlei-it.example")),
        contact: .init(name: "Kundendienst", phone: "09999 555-0", email: support), noticeURL: url),
      customers: CustomerSource(file: URL(fileURLWithPath: "/kunden.csv"), columns: [:]),
      segments: [
        "imap": .letter(
          template: letter, incoming: server("imap.kanzlei-it.example", 993),
          outgoing: server("smtp.kanzlei-it.example", 465)),
        "pop3": .letter(
          template: letter, incoming: server("pop3.kanzlei-it.example", 995),
          outgoing: server("smtp2.kanzlei-it.example", 587)),
        "e2e": .none(reason: "Ende-zu-Ende-verschlüsselt"),
        "call": .phone(reason: "zentraler Posteingang"),
      ],
      relays: [], deadline: deadline)
  }

  static func customer(
    id: String = "1001", company: String = "Kanzlei am Ahornplatz", salutation: String = "", title: String = "",
    firstName: String = "", lastName: String = "", language: String = "de",
    contact: String? = "kontakt@ahorn.example", mailboxes: [(String, String)] = [("post@ahorn.example", "imap")]
  ) -> Customer {
    Customer(
      id: id, company: company, salutation: salutation, title: title, firstName: firstName, lastName: lastName,
      language: language, contact: contact.map(address), phone: "09999 555-1",
      mailboxes: mailboxes.map { .init(address: address($0.0), access: $0.1) }, lines: [2])
  }

  /// Customers of many shapes, the same ones in each run. The lists drawn from are never empty.
  static func customers(_ count: Int) -> [Customer] {
    var random = SeededGenerator(seed: 0x2026_1123)
    let companies = [
      "", "Kanzlei Süd; Büro Öhringen", "<b>&\"'", "Rot & Grün\r\nRechtsanwälte", "Sozietät 北京", "O'Tulip <script>",
      "Ein sehr langer Name einer Sozietät von Rechtsanwältinnen und Rechtsanwälten mit Sitz an vielen Orten",
    ]
    let accesses = ["imap", "pop3", "imap", "e2e", "call"]
    return (0..<count).map { index in
      var mailboxes: [(String, String)] = [
        ("post\(index)@büro-\(index).example", ["imap", "pop3"].randomElement(using: &random)!)
      ]
      for number in 0..<Int.random(in: 0...4, using: &random) {
        mailboxes.append(("m\(number)@kanzlei\(index).example", accesses.randomElement(using: &random)!))
      }
      mailboxes.shuffle(using: &random)
      var made = customer(
        id: "K\(index)", company: companies.randomElement(using: &random)!,
        salutation: ["", "Herr", "Frau", "divers", "Ms"].randomElement(using: &random)!,
        title: ["", "Dr.", "Prof. Dr."].randomElement(using: &random)!,
        firstName: ["", "Robin", "Ça\u{301}"].randomElement(using: &random)!,
        lastName: ["", "Birke", "<\u{301}i>Linde"].randomElement(using: &random)!,
        language: ["de", "en"].randomElement(using: &random)!, mailboxes: mailboxes)
      for place in made.mailboxes.indices {
        made.mailboxes[place].programs = MailProgram.allCases.filter { _ in Int.random(in: 0...5, using: &random) == 0 }
      }
      return made
    }
  }

  static let codes = VerificationCodes(key: Array(repeating: 7, count: 32), campaign: "2026-11")

  static func renderer(_ campaign: Campaign = campaign(), _ templates: TemplateSet? = nil) throws -> LetterRenderer {
    try LetterRenderer(campaign: campaign, templates: try templates ?? .bundled(), date: date, codes: codes)
  }

  /// A set with one template, `password-change`, in German, made of these three sources.
  static func templates(
    subject: String = "Betreff", text: String = "Text", html: String = "<p>Text</p>"
  ) throws(TemplateError) -> TemplateSet {
    try TemplateSet(
      files: [
        ("password-change/de.subject.mustache", Array(subject.utf8)),
        ("password-change/de.txt.mustache", Array(text.utf8)),
        ("password-change/de.html.mustache", Array(html.utf8)),
      ], origin: "templates/", isBundled: false)
  }
}

extension LetterRenderer {
  func letter(for customer: Customer) throws(LetterError) -> Letter { try letter("password-change", for: customer) }
  func plainLetter(for customer: Customer) throws(LetterError) -> Letter {
    try plainLetter("password-change", for: customer)
  }
}
