import Campaigns
import Foundation
import Letters
import Mail

/// A campaign and its customers for targets that need one. All literals are in the right form.
enum Samples {
  static let date = LocalDateTime("2026-11-23T09:30:00+01:00")!
  static let codes = VerificationCodes(key: Array(repeating: 7, count: 32), campaign: "2026-11")

  static func address(_ text: String) -> EmailAddress { try! EmailAddress(text) }

  static func server(_ host: String, _ port: Int) -> MailServer { MailServer(host: try! Domain(host), port: port)! }

  static let campaign: Campaign = {
    let support = address("support@kanzlei-it.example")
    return Campaign(
      name: "2026-11", folder: URL(fileURLWithPath: "/"),
      incident: Incident(
        what: "Unbefugter Zugriff", happened: CalendarDate("2026-11-20")!, discovered: CalendarDate("2026-11-22")!,
        data: ["Zugangsdaten", "E-Mail-Adressen"], consequences: "Wer die Zugangsdaten hat, kann & <alles> lesen.",
        measures: "Der Zugang ist geschlossen.",
        authority: .init(name: "BayLDA", filed: LocalDateTime("2026-11-22T17:40:00+01:00")!, reference: "BEISPIEL-1")),
      sender: Sender(
        from: NamedAddress(displayName: "Kanzlei-IT Beispiel", address: support), replyTo: nil,
        contact: .init(name: "Kundendienst", phone: "09999 555-0", email: support),
        noticeURL: URL(string: "https://www.kanzlei-it.example/sicherheit")!),
      customers: CustomerSource(file: URL(fileURLWithPath: "/kunden.csv"), columns: [:]),
      segments: [
        "imap": .letter(
          template: "password-change", incoming: server("imap.kanzlei-it.example", 993),
          outgoing: server("smtp.kanzlei-it.example", 465)),
        "pop3": .letter(
          template: "password-change", incoming: server("pop3.kanzlei-it.example", 995),
          outgoing: server("smtp2.kanzlei-it.example", 587)),
        "e2e": .none(reason: "Ende-zu-Ende-verschlüsselt"),
        "call": .phone(reason: "zentraler Posteingang"),
      ],
      relays: [], deadline: LocalDateTime("2026-11-23T16:00:00+01:00")!)
  }()

  /// Some of the texts are there, some are not.
  static let customer: Customer = {
    let accesses = ["pop3", "imap", "e2e", "call"]
    return Customer(
      id: "1002", company: "Kanzlei <Süd> & Söhne", salutation: "Frau", title: "Dr.", firstName: "", lastName: "Birke",
      language: "de",
      contact: address("kontakt@ahorn.example"), phone: "09999 555-1",
      mailboxes: accesses.enumerated().map {
        .init(address: address("post\($0.offset)@ahorn.example"), access: $0.element, programs: MailProgram.allCases)
      }, lines: [2])
  }()
}
