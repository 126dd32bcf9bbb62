import Campaigns
import Foundation
import Mail
import Queue
import Receipts
import Testing

/// What every store must do, whatever it is made of. A store's test target calls ``run(_:)`` with a way to make one.
///
/// Each case gets a fresh store; the names tell the promise that is broken when one fails.
struct StoreConformance: Sendable {
  struct Case<Store: Sendable>: Sendable, CustomTestStringConvertible {
    var name: String
    var body: @Sendable (Store) async throws -> Void
    var testDescription: String { name }
  }

  static let all: [Case<any MessageStore>] =
    freezing + delivering + settling + reopening + waiting + limits + reasons + reading + letters + privacy

  // MARK: Freezing

  static let freezing: [Case<any MessageStore>] = [
    Case(name: "a frozen plan is read back as it was") { store in
      let plan = Sample.plan()
      try await store.freeze(plan, customers: try Sample.customers(letters: 3, phones: 2), at: Sample.time(0))
      let record = try #require(try await store.campaign(named: "passwords"))
      #expect(record.plan == plan)
      #expect(record.state == .draft)
      #expect(record.createdAt == Sample.time(0))
      #expect(try await store.campaigns() == [record])
      #expect(try await store.campaign(named: "other") == nil)
      let snapshot = try await store.snapshot(of: record.id)
      #expect(snapshot.customers == [.letter: 3, .phone: 2, .none: 0])
      #expect(snapshot.messages[.queued] == 3)
      #expect(snapshot.messages.values.reduce(0, +) == 3)
      #expect(snapshot.messages.count == MessageState.allCases.count)
    },
    Case(name: "a name is taken once and the second plan leaves nothing behind") { store in
      let campaign = try await store.freezeSample(letters: 2)
      let again = try Sample.customers(letters: 1)
      await #expect(throws: StoreError.campaignExists("passwords")) {
        try await store.freeze(Sample.plan(), customers: again, at: Sample.time(1))
      }
      #expect(try await store.campaigns().count == 1)
      #expect(try await store.receiptValues(of: campaign).count == 1)
    },
    Case(name: "a customer twice, or a letter without a message, freezes nothing") { store in
      let twice = [try Sample.letter(1), try Sample.letter(1)]
      await #expect(throws: StoreError.invalidPlan("customer K1 is in it twice")) {
        try await store.freeze(Sample.plan(), customers: twice, at: Sample.time(0))
      }
      var lost = try Sample.letter(1)
      lost.messages = []
      let without = [try Sample.letter(2), lost]
      await #expect(throws: StoreError.self) {
        try await store.freeze(Sample.plan(), customers: without, at: Sample.time(0))
      }
      #expect(try await store.campaigns().isEmpty)
      // The store is not harmed by it.
      _ = try await store.freezeSample(letters: 1)
    },
    Case(
      name: "a plan's approvals are kept, with a receipt each right after the plan's; one alone, or one twice, is none"
    ) {
      store in
      var plan = Sample.plan()
      for names in [["Anna"], ["Anna", "anna"]] {
        plan.approvals = try names.map(Sample.approval)
        let refused = plan
        await #expect(throws: StoreError.self) {
          try await store.freeze(refused, customers: try Sample.customers(letters: 1), at: Sample.time(0))
        }
        #expect(try await store.campaigns().isEmpty)
      }
      plan.approvals = try ["Anna „die“ Erste", "Bernd", "Ćwikła"].map(Sample.approval)
      try await store.freeze(plan, customers: try Sample.customers(letters: 1), at: Sample.time(0))
      let record = try #require(try await store.campaign(named: "passwords"))
      #expect(record.plan == plan)
      let other = try await store.freezeSample("another", letters: 1)
      try await store.setState(.running, of: record.id, at: Sample.time(1))
      #expect(try await store.campaign(named: "passwords")?.plan == plan)
      #expect(try await store.snapshot(of: other).campaign.plan.approvals == [])
      let receipts = try await store.receiptValues(of: record.id)
      #expect(receipts.map(\.event) == [.planFrozen, .approved, .approved, .approved, .started])
      #expect(receipts[1...3].map(\.approval) == plan.approvals)
      #expect(receipts[1...3].allSatisfy { $0.plan == receipts[0].plan && $0.at == Sample.time(0) })
    },
    Case(name: "a plan whose customers cannot be read freezes nothing and throws their error") { store in
      struct Unreadable: Error {}
      let feed = Feed(try Sample.customers(letters: 2))
      await #expect(throws: Unreadable.self) {
        try await store.freeze(
          Sample.plan(),
          next: {
            guard let customer = feed.next() else { throw Unreadable() }
            return customer
          }, at: Sample.time(0))
      }
      #expect(try await store.campaigns().isEmpty)
    },
    Case(name: "a campaign's state changes as drawn, with a receipt each, and completes only when all is settled") {
      store in
      let campaign = try await store.freezeSample(letters: 1)
      await #expect(throws: StoreError.self) { try await store.setState(.paused, of: campaign, at: Sample.time(1)) }
      try await store.setState(.running, of: campaign, at: Sample.time(1))
      try await store.setState(.paused, of: campaign, at: Sample.time(2))
      try await store.setState(.paused, of: campaign, at: Sample.time(3))
      try await store.setState(.running, of: campaign, at: Sample.time(4))
      await #expect(throws: StoreError.self) { try await store.setState(.completed, of: campaign, at: Sample.time(5)) }
      let claims = try await store.claimAll(in: campaign, at: 6)
      _ = try await store.commit([.record(claims[0], Sample.accepted(at: 7))])
      try await store.setState(.completed, of: campaign, at: Sample.time(8))
      let record = try #require(try await store.campaign(named: "passwords"))
      #expect(record.state == .completed)
      #expect(record.startedAt == Sample.time(1))
      #expect(record.finishedAt == Sample.time(8))
      #expect(
        try await store.receiptValues(of: campaign).map(\.event)
          == [.planFrozen, .started, .paused, .resumed, .attempt, .accepted, .completed])
    },
  ]

  // MARK: Delivering

  static let delivering: [Case<any MessageStore>] = [
    Case(name: "due messages come in plan order, a page at a time, never tried before tried") { store in
      let campaign = try await store.freezeSample(letters: 5)
      let first = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 2)
      #expect(first.map(\.customer) == ["K1", "K2"])
      #expect(first[0].payload == Data("{\"n\":1}".utf8))
      #expect(first[0].recipient == (try EmailAddress("Kunde1@kanzlei1.example")))
      #expect(first[0].firstAttemptAt == nil)
      let second = try await store.due(in: campaign, at: Sample.time(1), after: first[1].cursor, limit: 2)
      #expect(second.map(\.customer) == ["K3", "K4"])
      let claims = try await store.commit([Sample.claim(first[0])]).compactMap(\.claim)
      _ = try await store.commit([.record(claims[0], Sample.deferred(until: 100))])
      #expect(try await store.nextDue(in: campaign, after: nil) == Sample.time(100))
      #expect(try await store.nextDue(in: campaign, after: Sample.time(99)) == Sample.time(100))
      #expect(try await store.nextDue(in: campaign, after: Sample.time(100)) == nil)
      #expect(
        try await store.due(in: campaign, at: Sample.time(99), after: nil, limit: 9).map(\.customer)
          == ["K2", "K3", "K4", "K5"])
      let later = try await store.due(in: campaign, at: Sample.time(100), after: nil, limit: 9)
      #expect(later.map(\.customer) == ["K2", "K3", "K4", "K5", "K1"])
      #expect(later[4].relay == "main")
      #expect(later[4].attempts == 1)
      #expect(later[4].firstAttemptAt == Sample.time(1))
    },
    Case(name: "queued messages are due whatever the clock says") { store in
      let campaign = try await store.freezeSample(letters: 1)
      #expect(try await store.due(in: campaign, at: Sample.time(-864_000), after: nil, limit: 9).count == 1)
    },
    Case(name: "a claim is won once; the second one is stale and changes nothing") { store in
      let campaign = try await store.freezeSample(letters: 1)
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 1)
      let results = try await store.commit([
        Sample.claim(due[0], worker: "w1"), Sample.claim(due[0], at: 2, worker: "w2"),
      ])
      let claim = try #require(results[0].claim)
      #expect(claim.attempt == 1)
      #expect(claim.fence != due[0].fence)
      #expect(results[1] == .stale)
      #expect(try await store.receiptValues(of: campaign).map(\.event) == [.planFrozen, .attempt])
    },
    Case(name: "a stale claim cannot record, neither after recovery nor twice") { store in
      let campaign = try await store.freezeSample(letters: 2)
      let claims = try await store.claimAll(in: campaign)
      #expect(try await store.commit([.record(claims[0], Sample.accepted())]) == [.done])
      #expect(try await store.commit([.record(claims[0], Sample.refused())]) == [.stale])
      #expect(try await store.recover(campaign: campaign, at: Sample.time(9)) == 1)
      #expect(try await store.commit([.record(claims[1], Sample.accepted())]) == [.stale])
      let snapshot = try await store.snapshot(of: campaign)
      #expect(snapshot.messages[.accepted] == 1)
      #expect(snapshot.messages[.uncertain] == 1)
      // A new claim of the same message leaves the old right void.
      _ = try await store.resolve(in: campaign, customer: nil, as: .resend, evidence: nil, at: Sample.time(10))
      let again = try await store.claimAll(in: campaign, at: 11)
      #expect(again.map(\.attempt) == [2])
      #expect(try await store.commit([.record(claims[1], Sample.refused())]) == [.stale])
      #expect(try await store.commit([.record(again[0], Sample.accepted())]) == [.done])
    },
    Case(name: "steps of one commit have their results in order, and see each other") { store in
      let campaign = try await store.freezeSample(letters: 3)
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 3)
      let claims = try await store.commit(due[..<2].map { Sample.claim($0) }).compactMap(\.claim)
      let results = try await store.commit([
        .record(claims[0], Sample.refused()), Sample.claim(due[2]), .record(claims[1], Sample.deferred(until: 60)),
        .exclude(message: due[2].message, fence: due[2].fence, reason: .noSMTPUTF8, at: Sample.time(3)),
      ])
      #expect(results[0] == .done)
      #expect(results[1].claim != nil)
      #expect(results[2] == .done)
      #expect(results[3] == .stale)
    },
    Case(name: "an impossible record changes nothing, not even what stood before it in the commit") { store in
      let campaign = try await store.freezeSample(letters: 2)
      let claims = try await store.claimAll(in: campaign)
      var lie = Sample.accepted()
      lie.code = nil
      let steps: [StoreChange] = [.record(claims[0], Sample.accepted()), .record(claims[1], lie)]
      await #expect(throws: StoreError.self) { try await store.commit(steps) }
      #expect(try await store.snapshot(of: campaign).messages[.sending] == 2)
      #expect(try await store.receiptValues(of: campaign).count == 3)
    },
    Case(name: "an excluded message is taken out, with its reason in the store and in the receipt") { store in
      let campaign = try await store.freezeSample(letters: 1)
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 1)
      #expect(
        try await store.commit([
          .exclude(message: due[0].message, fence: due[0].fence, reason: .noSMTPUTF8, at: Sample.time(2))
        ]) == [.done])
      let customer = try #require(try await store.customerRecords(of: campaign).first)
      #expect(customer.messages.first?.state == .excluded)
      #expect(customer.messages.first?.exclusion == .noSMTPUTF8)
      #expect(
        try await store.receiptValues(of: campaign).last?.reason
          == "no relay in use takes international addresses (SMTPUTF8)")
    },
  ]

  // MARK: Reading

  static let reading: [Case<any MessageStore>] = [
    Case(name: "every customer is read in plan order with its message's state and the relay's own words") { store in
      _ = try await store.freezeSample("before", letters: 2)
      let campaign = try await store.freezeSample(letters: 2, phones: 1)
      _ = try await store.freezeSample("after", letters: 1)
      let claims = try await store.claimAll(in: campaign, limit: 1)
      _ = try await store.commit([.record(claims[0], Sample.deferred(until: 60))])
      let records = try await store.customerRecords(of: campaign)
      #expect(records.map(\.id) == ["K1", "K2", "P1"])
      #expect(records.map(\.kind) == [.letter, .letter, .phone])
      #expect(records.map(\.reasons) == [[], [], [.noAddress, .segment("zentrales Postfach")]])
      let message = try #require(records[0].messages.first)
      #expect(message.reply == "4.7.1 <kunde1@kanzlei1.example>: greylisted")
      #expect(message.phase == "rcpt")
      #expect(message.code == 451)
      #expect(message.enhanced == "4.7.1")
      #expect(message.dueAt == Sample.time(60))
      #expect(message.changedAt == Sample.time(2))
      #expect(message.sha256 == SHA256.digest(of: Array("K1".utf8)))
      #expect(records[1].messages.first?.dueAt == nil)
      #expect(records[2].messages.isEmpty)
    },
    Case(name: "the pace counts outcomes of the last minute before the newest") { store in
      let campaign = try await store.freezeSample(letters: 4)
      #expect(try await store.snapshot(of: campaign).lastOutcomeAt == nil)
      let claims = try await store.claimAll(in: campaign)
      for (claim, at) in zip(claims, [10.0, 65, 66, 100]) {
        _ = try await store.commit([.record(claim, Sample.accepted(at: at))])
      }
      let snapshot = try await store.snapshot(of: campaign)
      #expect(snapshot.lastOutcomeAt == Sample.time(100))
      #expect(snapshot.outcomesInLastMinute == 3)
    },
    Case(name: "a request is left, read and taken back") { store in
      let campaign = try await store.freezeSample(letters: 1)
      #expect(try await store.pendingRequest(of: campaign) == nil)
      try await store.request(.pause, of: campaign, at: Sample.time(1))
      #expect(try await store.pendingRequest(of: campaign) == .pause)
      try await store.request(.cancel, of: campaign, at: Sample.time(2))
      #expect(try await store.pendingRequest(of: campaign) == .cancel)
      try await store.request(nil, of: campaign, at: Sample.time(3))
      #expect(try await store.pendingRequest(of: campaign) == nil)
    },
    Case(name: "a campaign that is not there is an error") { store in
      await #expect(throws: StoreError.noSuchCampaign(99)) { try await store.snapshot(of: 99) }
      await #expect(throws: StoreError.noSuchCampaign(99)) {
        try await store.setState(.running, of: 99, at: Sample.time(0))
      }
      await #expect(throws: StoreError.noSuchCampaign(99)) { try await store.forEachCustomer(in: 99) { _ in } }
    },
    Case(name: "receipts are numbered from 1 in each campaign and chained; pages go on where they ended") { store in
      let one = try await store.freezeSample("one", letters: 3)
      let two = try await store.freezeSample("two", letters: 1)
      _ = try await store.claimAll(in: one)
      _ = try await store.claimAll(in: two)
      for campaign in [one, two] {
        var prev = String(repeating: "0", count: 64)
        for (index, line) in try await store.receipts(of: campaign, after: 0, limit: 99).enumerated() {
          let receipt = try Receipt(line: line.bytes)
          #expect(receipt.seq == Int64(index + 1))
          #expect(line.seq == receipt.seq)
          #expect(receipt.prev.hex == prev)
          prev = SHA256.digest(of: line.bytes).hex
        }
      }
      #expect(try await store.receipts(of: one, after: 2, limit: 1).map(\.seq) == [3])
      #expect(try await store.receipts(of: one, after: 4, limit: 9).isEmpty)
    },
  ]
}

extension MessageStore {
  func customerRecords(of campaign: Int64) async throws -> [CustomerRecord] {
    let box = Box()
    try await forEachCustomer(in: campaign) { box.records.append($0) }
    return box.records
  }

  /// A campaign all of whose messages are uncertain.
  func uncertainSample(letters: Int) async throws -> Int64 {
    let campaign = try await freezeSample(letters: letters, phones: 0)
    let claims = try await claimAll(in: campaign)
    _ = try await commit(claims.map { .record($0, Sample.uncertain()) })
    return campaign
  }
}

/// Filled by one stream at a time and read after its end, hence `@unchecked`.
private final class Box: @unchecked Sendable {
  var records: [CustomerRecord] = []
}
