import Campaigns
import Foundation
import Mail
import Testing

@testable import Queue
@testable import Receipts

extension StoreConformance {
  /// A customer who gets the instructions, and one who does not; both get the notice.
  private static func customers() throws -> [PlannedCustomer] {
    var both = try Sample.letter(1)
    var one = try Sample.letter(2)
    one.messages = [try notice(2)]
    both.messages.append(try notice(1))
    return [one, both, Sample.phone(1)]
  }

  private static func notice(_ number: Int) throws -> PlannedMessage {
    PlannedMessage(
      recipient: try EmailAddress("Kunde\(number)@kanzlei1.example"),
      messageID: try MessageID(left: "notice.\(number)", domain: try Domain("kanzlei-it.example")),
      letter: "breach-notice", priority: 1, template: "breach-notice@0123456789ab")
  }

  private static func frozen(in store: any MessageStore) async throws -> Int64 {
    try await store.freeze(Sample.plan(), customers: try customers(), at: Sample.time(0))
    return try #require(try await store.campaign(named: "passwords")).id
  }

  static let letters: [Case<any MessageStore>] = [
    Case(name: "letters of a lower priority number leave first, whoever gets them") { store in
      let campaign = try await frozen(in: store)
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 9)
      #expect(
        due.map { "\($0.customer) \($0.letter)" } == ["K1 password-change", "K2 breach-notice", "K1 breach-notice"])
      #expect(Set(due.map(\.message)).count == 3 && Set(due.map(\.messageID)).count == 3)
      // A page at a time they come in the same order.
      var paged: [DueMessage] = []
      while let next = try await store.due(in: campaign, at: Sample.time(1), after: paged.last?.cursor, limit: 1).first
      {
        paged.append(next)
      }
      #expect(paged == due)
      // What is sent again comes after all of them.
      let claims = try await store.commit([Sample.claim(due[0])]).compactMap(\.claim)
      _ = try await store.commit(claims.map { .record($0, Sample.uncertain()) })
      _ = try await store.resolve(
        in: campaign, customer: nil, as: .resend, evidence: "operator", at: Sample.time(3))
      #expect(
        try await store.due(in: campaign, at: Sample.time(4), after: nil, limit: 9).map {
          "\($0.customer) \($0.letter)"
        }
          == ["K2 breach-notice", "K1 breach-notice", "K1 password-change"])
    },
    Case(name: "of one priority letters of a lower rank leave first, and with the same rank in the order of the plan") {
      store in
      var customers = try (1...7).map { try Sample.letter($0) }
      for (customer, rank) in [9, 0, Int(UInt32.max), 4, 9, 4, 5].enumerated() {
        customers[customer].messages[0].rank = rank
      }
      customers[3].messages.append(try notice(4))
      customers[6].messages[0].priority = 2
      customers[6].messages[0].rank = 0
      try await store.freeze(Sample.plan(), customers: customers, at: Sample.time(0))
      let campaign = try #require(try await store.campaign(named: "passwords")).id
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 99)
      #expect(due.map(\.customer) == ["K2", "K4", "K6", "K1", "K5", "K3", "K4", "K7"])
      #expect(due.map(\.turn).prefix(2) == [.untried(priority: 0), .untried(priority: 0, rank: 4)])
      for size in 1...3 {
        var paged: [DueMessage] = []
        var page: [DueMessage] = []
        repeat {
          page = try await store.due(in: campaign, at: Sample.time(1), after: paged.last?.cursor, limit: size)
          paged += page
        } while !page.isEmpty
        #expect(paged == due)
      }
      // Reports are in the order of the plan.
      #expect(try await store.customerRecords(of: campaign).map(\.id) == customers.map(\.id))
      // What is sent again has lost its rank.
      let claims = try await store.commit([Sample.claim(due[5]), Sample.claim(due[0])]).compactMap(\.claim)
      _ = try await store.commit(claims.map { .record($0, Sample.uncertain()) })
      _ = try await store.resolve(
        in: campaign, customer: nil, as: .resend, evidence: "operator", at: Sample.time(3))
      #expect(
        try await store.due(in: campaign, at: Sample.time(4), after: nil, limit: 9).map(\.customer)
          == ["K4", "K6", "K1", "K5", "K4", "K7", "K2", "K3"])
    },
    Case(name: "a customer has every letter with a state of its own") { store in
      let campaign = try await frozen(in: store)
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit([
        .record(claims[0], Sample.accepted()), .record(claims[1], Sample.refused()),
        .record(claims[2], Sample.deferred(until: 60)),
      ])
      let records = try await store.customerRecords(of: campaign)
      #expect(records.map(\.id) == ["K2", "K1", "P1"])
      #expect(
        records.map { $0.messages.map { "\($0.letter) \($0.state)" } } == [
          ["breach-notice refused"], ["password-change accepted", "breach-notice deferred"], [],
        ])
      let snapshot = try await store.snapshot(of: campaign)
      #expect(snapshot.customers == [.letter: 2, .phone: 1, .none: 0])
      #expect(snapshot.messages.filter { $0.value > 0 } == [.accepted: 1, .refused: 1, .deferred: 1])
    },
    Case(name: "a campaign is completed when every letter has its outcome, and its receipts are sound") { store in
      let campaign = try await frozen(in: store)
      try await store.setState(.running, of: campaign, at: Sample.time(0))
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit(claims.dropLast().map { .record($0, Sample.accepted()) })
      await #expect(throws: StoreError.self) {
        try await store.setState(.completed, of: campaign, at: Sample.time(3))
      }
      _ = try await store.commit(claims.suffix(1).map { .record($0, Sample.accepted()) })
      try await store.setState(.completed, of: campaign, at: Sample.time(4))
      let receipts = try await store.receiptValues(of: campaign)
      #expect(
        receipts[0].figures == [
          "rows": 10, "rejected": 1, "customers": 3, "letter": 2, "phone": 1, "none": 0, "letters": 3,
        ])
      var replay = ReceiptReplay()
      for receipt in receipts { try replay.take(receipt) }
      #expect(replay.letters == 3 && replay.tally.filter { $0.value > 0 } == [.accepted: 3])
      let templates = receipts.filter { $0.event == .accepted }.map { $0.template?.prefix { $0 != "@" } }
      #expect(templates == ["password-change", "breach-notice", "breach-notice"])
    },
    Case(name: "an uncertain letter names itself, and is settled by itself or with the others") { store in
      let campaign = try await frozen(in: store)
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit(claims.map { .record($0, Sample.uncertain()) })
      #expect(
        Set(try await store.uncertain(in: campaign).map { "\($0.customer) \($0.letter)" })
          == ["K1 password-change", "K1 breach-notice", "K2 breach-notice"])
      let one = try await store.resolve(
        in: campaign, customer: "K1", letter: "breach-notice", as: .accepted, evidence: "operator", at: Sample.time(3))
      #expect(one == ["K1"])
      #expect(
        try await store.uncertain(in: campaign).map { "\($0.customer) \($0.letter)" }
          == ["K2 breach-notice", "K1 password-change"])
      let settled = try await store.resolve(
        in: campaign, customer: nil, as: .accepted, evidence: "operator", at: Sample.time(3))
      #expect(settled == ["K2", "K1"])
    },
    Case(name: "why a letter was not sent is the letter's, and why its customer is called stays the customer's") {
      store in
      var customers = try customers()
      customers[0].calls = [.segment("central inbox"), .segment("alarm; second line")]
      customers[1].reasons = [.segment("nothing to do")]
      try await store.freeze(Sample.plan(), customers: customers, at: Sample.time(0))
      let campaign = try #require(try await store.campaign(named: "passwords")).id
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 9)
      let steps = due.dropLast().map {
        StoreChange.exclude(message: $0.message, fence: $0.fence, reason: .noSMTPUTF8, at: Sample.time(2))
      }
      #expect(try await store.commit(steps) == [.done, .done])
      let records = try await store.customerRecords(of: campaign)
      #expect(records.map { $0.messages.map(\.exclusion) } == [[.noSMTPUTF8], [.noSMTPUTF8, nil], []])
      #expect(records.map(\.calls) == customers.map(\.calls))
      #expect(records.map(\.reasons) == customers.map(\.reasons))
    },
    Case(name: "what is sent again leaves in the order of the plan, whatever the letter, and before what was deferred")
    {
      store in
      let campaign = try await frozen(in: store)
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit([
        .record(claims[0], Sample.uncertain()), .record(claims[1], Sample.uncertain()),
        .record(claims[2], Sample.deferred(until: 60)),
      ])
      _ = try await store.resolve(in: campaign, customer: nil, as: .resend, evidence: nil, at: Sample.time(3))
      // Long before 1970 by the clock, and long after it.
      let early = try await store.due(in: campaign, at: Sample.time(-3e9), after: nil, limit: 9)
      let expected = ["K2 breach-notice", "K1 password-change", "K1 breach-notice"]
      #expect(early.map { "\($0.customer) \($0.letter)" } == Array(expected.prefix(2)))
      #expect(early.map(\.turn) == [.again, .again])
      let due = try await store.due(in: campaign, at: Sample.time(60), after: nil, limit: 9)
      #expect(due.map { "\($0.customer) \($0.letter)" } == expected)
      #expect(due.last?.turn == .deferred(until: Sample.time(60)))
      #expect(try await store.nextDue(in: campaign, after: nil) == Sample.time(60))
      var paged: [DueMessage] = []
      while let next = try await store.due(in: campaign, at: Sample.time(60), after: paged.last?.cursor, limit: 1).first
      {
        paged.append(next)
      }
      #expect(paged == due)
    },
    Case(name: "the same letter twice, or one without a place in the order, freezes nothing") { store in
      var twice = try Sample.letter(1)
      twice.messages.append(twice.messages[0])
      var beyond = try Sample.letter(1)
      beyond.messages[0].priority = 1000
      var last = try Sample.letter(1)
      last.messages[0].rank = Int(UInt32.max) + 1
      for customer in [twice, beyond, last] {
        await #expect(throws: StoreError.self) {
          try await store.freeze(Sample.plan(), customers: [customer], at: Sample.time(0))
        }
      }
      #expect(try await store.campaigns().isEmpty)
    },
  ]
}
