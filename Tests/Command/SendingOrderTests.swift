import Foundation
import Rehearsal
import RelaySupport
import Synchronization
import TestSupport
import Testing

/// `order` in a campaign file, as the relay sees it over one connection.
@Suite(.timeLimit(.minutes(10))) struct SendingOrderTests {
  /// Customers one after another of each provider, the first of each with the last rank.
  private static let contacts = (0..<36).map { number in
    number < 24 ? "k\(number)@\(number < 12 ? "gross" : "weit").example" : "k\(number)@kanzlei-\(number).example"
  }

  private static func rank(_ number: Int) -> Int { 36 - number }
  private static func isAffected(_ number: Int) -> Bool { number % 4 == 0 }

  private static func launch(_ order: String?, _ body: (_ campaign: TestCampaign) async throws -> Void) async throws
    -> [String]
  {
    let taken = Mutex<[String]>([])
    let note: @Sendable (TakenMessage) -> Void = { message in taken.withLock { $0 += message.recipients } }
    try await withRelay(onTaken: note) { _, port in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: [],
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\"", "tls: none", "connections: 1"])
        let header = "Kundennummer;Firma;Anrede;Titel;Vorname;Nachname;Sprache;E-Mail;Telefon;Postfach;Zugang;Rang"
        let rows = contacts.enumerated().map { number, contact in
          "K\(number);Kanzlei;Frau;;Ute;Weber;de;\(contact);09999 1;\(isAffected(number) ? contact : "post@betroffen-\(number).example");imap;\(rank(number))"
        }
        try Data(([header] + rows).map { $0 + "\r\n" }.joined().utf8).write(to: campaign.customerFile)
        try campaign.write(yaml: try campaign.yaml() + (order.map { "order: \($0)\n" } ?? ""))
        try await body(campaign)
      }
    }
    return taken.withLock { $0 }
  }

  private static func order(_ order: String?) async throws -> [String] {
    try await launch(order) { campaign in
      let outcome = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
  }

  @Test func domainsTakeTurnsWhereNothingIsSaid() async throws {
    let recipients = try await Self.order(nil)
    #expect(Set(recipients) == Set(Self.contacts) && recipients.count == 36)
    for start in stride(from: 0, to: 36, by: 3) {
      let domains = recipients[start..<start + 3].map { String($0.drop { $0 != "@" }.prefix(4)) }
      #expect(Set(domains).count == 3, "\(domains)")
    }
  }

  @Test func fileColumnAndAffected() async throws {
    #expect(try await Self.order("file") == Self.contacts)
    #expect(try await Self.order("{column: Rang}") == Self.contacts.reversed())
    let (affected, others) = (
      Self.contacts.indices.filter(Self.isAffected), Self.contacts.indices.filter { !Self.isAffected($0) }
    )
    #expect(
      try await Self.order("{by: file, affected: last}") == (others + affected).map { Self.contacts[$0] })
    #expect(
      try await Self.order("{column: Rang, affected: first}")
        == (affected.reversed() + others.reversed()).map { Self.contacts[$0] })
  }

  @Test func aColumnThatIsNotThereAndAnOrderChangedTooLate() async throws {
    let recipients = try await Self.launch("{column: Ranq}") { campaign in
      let refused = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
      #expect(refused.status == 65)
      #expect(
        refused.errors.contains("kunden.csv:1: there is no column \"Ranq\" for \"order\", did you mean \"Rang\"?"))
      try campaign.write(yaml: try campaign.yaml().replacing("Ranq", with: "Rang"))
      let launched = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
      #expect(launched.status == 0 && !launched.errors.contains("order"), "\(launched.errors)")
      try campaign.write(yaml: try campaign.yaml().replacing("{column: Rang}", with: "file"))
      let resumed = try await EilbriefProcess.run("resume", campaign.name, queue: campaign.queue)
      #expect(resumed.status == 0 && resumed.errors.contains("warning: `order` has changed"), "\(resumed.errors)")
    }
    #expect(recipients == Self.contacts.reversed())
  }
}
