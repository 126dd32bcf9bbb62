import Campaigns
import Foundation
import Letters
import Mail
import Preview

/// A campaign with two letters, its customers, and a maker of their messages.
enum Fixtures {
  static let date = Date(timeIntervalSince1970: 1_795_420_800)

  static func address(_ text: String) -> EmailAddress {
    guard let address = try? EmailAddress(text) else { fatalError("not an address: \(text)") }
    return address
  }

  static func campaign() -> Campaign {
    guard let happened = CalendarDate("2026-11-20"), let discovered = CalendarDate("2026-11-22"),
      let deadline = LocalDateTime("2026-11-23T16:00:00+01:00"),
      let url = URL(string: "https://www.kanzlei-it.example/sicherheit"),
      let incoming = MailServer(host: address("x@imap.kanzlei-it.example").domain, port: 993),
      let outgoing = MailServer(host: address("x@smtp.kanzlei-it.example").domain, port: 465)
    else { fatalError("a literal of the fixture is wrong") }
    let support = address("support@kanzlei-it.example")
    return Campaign(
      name: "2026-11", folder: URL(fileURLWithPath: "/"),
      incident: Incident(
        what: "Unbefugter Zugriff auf Kundendaten", happened: happened, discovered: discovered,
        data: ["E-Mail-Adressen"], consequences: "Nachrichten können gelesen werden.",
        measures: "Der Zugang ist geschlossen.", authority: nil),
      sender: Sender(
        from: NamedAddress(displayName: "Kanzlei-IT Beispiel", address: support),
        replyTo: NamedAddress(displayName: nil, address: address("antwort@kanzlei-it.example")),
        contact: .init(name: "Kundendienst", phone: "09999 555-0", email: support), noticeURL: url),
      customers: CustomerSource(file: URL(fileURLWithPath: "/kunden.csv"), columns: [:]),
      segments: ["imap": .letter(template: "password-change", incoming: incoming, outgoing: outgoing)],
      relays: [], deadline: deadline)
  }

  static func customer(
    id: String = "1001", company: String = "Kanzlei am Ahornplatz", title: String = "", firstName: String = "",
    lastName: String = "", language: String = "de", contact: String? = "kontakt@ahorn.example",
    mailboxes: [(String, String)] = [("post@ahorn.example", "imap")]
  ) -> Customer {
    Customer(
      id: id, company: company, salutation: "", title: title, firstName: firstName, lastName: lastName,
      language: language, contact: contact.map(address), phone: "09999 555-1",
      mailboxes: mailboxes.map { .init(address: address($0.0), access: $0.1) }, lines: [2])
  }

  static func maker(signer: LetterSigner? = nil) throws -> PreviewMaker {
    let campaign = campaign()
    guard let day = LocalDateTime("2026-11-23T09:30:00+01:00") else { fatalError("a literal of the fixture is wrong") }
    return PreviewMaker(
      renderer: try LetterRenderer(campaign: campaign, templates: .bundled(), date: day, codes: .samples),
      composer: LetterComposer(campaign: campaign, key: Array(repeating: 7, count: 32), signer: signer), date: date)
  }

  static func dkim() throws -> DKIMSigner {
    guard let selector = DKIMSelector("letters") else { fatalError("a literal of the fixture is wrong") }
    return DKIMSigner(
      domain: try Domain("kanzlei-it.example"), keys: [.init(selector: selector, key: try DKIMKey.make(.ed25519))])
  }

  static func letter(for customer: Customer = customer(), reasons: [String] = []) throws -> PreviewedLetter {
    try maker().previewed("password-change", for: customer, reasons: reasons)
  }
}
