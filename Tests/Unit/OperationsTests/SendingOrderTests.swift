import Delivery
import DeliverySupport
import Foundation
import Letters
import Queue
import Receipts
import Reports
import TestSupport
import Testing

@testable import Campaigns
@testable import Operations

/// The order of letters, from the customer file to what the relay sees.
@Suite(.timeLimit(.minutes(10))) struct SendingOrderTests {
  private struct Person {
    var contact: String
    var rank: String
    var isAffected: Bool
  }

  /// Twenty customers each of two large providers and twenty with a domain of their own. Every fifth reads its letters in
  /// an affected mailbox, the last of them in one of the first customer's.
  private static let people: [Person] = (0..<60).map { number in
    let domain = number < 20 ? "gross.example" : number < 40 ? "weit.example" : "kanzlei-\(number).example"
    return Person(
      contact: "accept\(number)@\(domain)", rank: number == 7 ? "" : "\(number * 37 % 60),5",
      isAffected: number % 5 == 0)
  }

  /// Freezes a campaign in this order and delivers it through one connection. Returns who got letters, in turn.
  private static func deliver(_ order: SendingOrder) async throws -> (recipients: [String], scene: Scene) {
    let scene = try Scene(.accept, relay: Scene.relay + ["connections: 1"])
    let header = "Kundennummer;Firma;Anrede;Titel;Vorname;Nachname;Sprache;E-Mail;Telefon;Postfach;Zugang;Rang"
    let rows = people.enumerated().flatMap { number, person -> [String] in
      let mailbox = person.isAffected && number != 55 ? person.contact : "post@kanzlei-\(number).example"
      func row(_ mailbox: String) -> String {
        "K\(number);Kanzlei;Frau;;Ute;Weber;de;\(person.contact);09999 1;\(mailbox);imap;\(person.rank)"
      }
      return number == 0 ? [row(mailbox), row(people[55].contact)] : [row(mailbox)]
    }
    try Data(([header] + rows).map { $0 + "\r\n" }.joined().utf8).write(to: scene.files.customerFile)
    var campaign = try scene.campaign()
    campaign.order = order
    let loaded = LoadedCampaign(
      campaign: campaign, templates: try TemplateSet.load(folder: scene.location.templates),
      book: try CustomerBook(campaign),
      keys: CampaignKeys(campaign, credentials: nil, at: Scene.start, frozenAt: Scene.start))
    var staging = PlanStaging(in: scene.folder.url)
    let plan = try loaded.plan { try staging.append($0, $1) }
    let customers = staging.finish()
    try await {
      let spool = try WritableSpool(scene.location, scene.dependencies)
      _ = try await PlanFreezer(loaded: loaded, plan: plan, customers: customers, hashKey: Scene.key)
        .freeze(into: spool.store, at: Scene.start)
    }()
    let outcome = try await scene.resume()
    #expect(outcome.status.count(.accepted) == 60)
    return (scene.transport.sent.map(\.recipient), scene)
  }

  @Test func fileOrder() async throws {
    let (recipients, scene) = try await Self.deliver(SendingOrder(by: .file))
    #expect(recipients == Self.people.map(\.contact))
    // The campaign file does not say so: the order stays the one that was frozen, and the operator is told.
    #expect(scene.observer.notes.contains(.orderKept))
    // Reports are in the order of the plan.
    #expect(try await scene.customers().count == 60)
  }

  @Test func spreadOverDomains() async throws {
    let (recipients, scene) = try await Self.deliver(SendingOrder())
    #expect(Set(recipients) == Set(Self.people.map(\.contact)))
    #expect(!scene.observer.notes.contains(.orderKept))
    // Of any three in a row one is the first provider's, one the second's and one somebody else's.
    for start in stride(from: 0, to: 60, by: 3) {
      let domains = recipients[start..<start + 3].map { $0.drop { $0 != "@" }.dropFirst() }
      #expect(Set(domains.map { $0.hasPrefix("kanzlei") ? "own" : String($0) }).count == 3, "\(domains)")
    }
  }

  @Test func columnOrder() async throws {
    let (recipients, _) = try await Self.deliver(SendingOrder(by: .column("Rang")))
    let expected = (0..<60).sorted { ($0 == 7 ? 99 : $0 * 37 % 60) < ($1 == 7 ? 99 : $1 * 37 % 60) }
    #expect(recipients == expected.map { Self.people[$0].contact })
  }

  @Test(arguments: SendingOrder.Place.allCases)
  func affectedContacts(_ place: SendingOrder.Place) async throws {
    let (recipients, _) = try await Self.deliver(SendingOrder(by: .file, affectedContacts: place))
    let (affected, others) = (Self.people.filter(\.isAffected), Self.people.filter { !$0.isAffected })
    #expect(recipients == (place == .first ? affected + others : others + affected).map(\.contact))
  }
}
