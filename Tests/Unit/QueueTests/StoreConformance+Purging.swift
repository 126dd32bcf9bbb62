import Foundation
import Mail
import Queue
import Receipts
import Testing

/// A purge: what a store refuses before, what is gone and what stays after it.
extension StoreConformance {
  private static func isRefused(_ campaign: Int64, _ store: any PurgeableStore, _ reason: String) async throws {
    await #expect(throws: StoreError.cannotPurge(campaign: "passwords", reason: reason)) {
      try await store.beginPurge(of: campaign, files: 0, at: Sample.time(50))
    }
    #expect(try await store.campaign(named: "passwords")?.plan.hashKey == Sample.hashKey)
    #expect(try await store.customerRecords(of: campaign).count == 3)
  }

  static let purging: [Case<any PurgeableStore>] = [
    Case(name: "a purge is refused while the campaign is not over, and changes nothing") { store in
      let campaign = try await store.freezeSample(letters: 2)
      try await isRefused(campaign, store, "it is draft, not over")
      try await store.setState(.running, of: campaign, at: Sample.time(0))
      try await isRefused(campaign, store, "it is running, not over")
      try await store.setState(.paused, of: campaign, at: Sample.time(1))
      try await isRefused(campaign, store, "it is paused, not over")
      try await store.setState(.aborted, of: campaign, at: Sample.time(1))
      try await isRefused(campaign, store, "it is aborted, not over")
      try await store.setState(.running, of: campaign, at: Sample.time(1))
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit([.record(claims[0], Sample.accepted()), .record(claims[1], Sample.uncertain())])
      try await store.setState(.completed, of: campaign, at: Sample.time(3))
      try await isRefused(campaign, store, "1 of its messages are uncertain")
      _ = try await store.resolve(in: campaign, customer: nil, as: .resend, evidence: nil, at: Sample.time(4))
      try await isRefused(campaign, store, "1 of its messages have no outcome yet")
      await #expect(throws: StoreError.cannotPurge(campaign: "passwords", reason: "no purge has begun")) {
        try await store.finishPurge(of: campaign, at: Sample.time(5))
      }
    },
    Case(name: "a purge takes customers and key, leaves figures and receipts, and is the campaign's last receipt") {
      store in
      let campaign = try await store.completedSample()
      let before = try await store.snapshot(of: campaign)
      let lines = try await store.lines(of: campaign)
      let said = RelayCondition.Words(
        phase: "rcpt", code: 550, enhanced: nil, text: "no such user", class: nil, scope: nil, since: Sample.time(3),
        at: Sample.time(3))
      try await store.note([RelayCondition(relay: "main", words: said)], in: campaign)
      try await store.beginPurge(of: campaign, files: 4, at: Sample.time(50))
      let begun = try #require(try await store.campaign(named: "passwords"))
      #expect(begun.purge == .init(begunAt: Sample.time(50), finishedAt: nil, files: 4))
      #expect(begun.plan.hashKey.isEmpty && begun.plan.inputs == before.campaign.plan.inputs)
      #expect(begun.plan.planHash == before.campaign.plan.planHash)
      #expect(try await store.customerRecords(of: campaign).isEmpty)
      #expect(try await store.conditions(in: campaign).isEmpty)
      #expect(try await store.lines(of: campaign) == lines)
      // Begun a second time, as after a crash: nothing changes.
      try await store.beginPurge(of: campaign, files: 0, at: Sample.time(60))
      #expect(try await store.campaign(named: "passwords") == begun)

      try await store.finishPurge(of: campaign, at: Sample.time(70))
      let after = try await store.snapshot(of: campaign)
      #expect(after.customers == before.customers && after.messages == before.messages)
      #expect(after.campaign.purge == .init(begunAt: Sample.time(50), finishedAt: Sample.time(70), files: 4))
      let receipts = try await store.receiptValues(of: campaign)
      #expect(receipts.count == lines.count + 1)
      #expect(receipts.last?.event == .purged && receipts.last?.at == Sample.time(70))
      #expect(receipts.last?.figures == ["customers": 3, "letters": 2, "files": 4])
      try await store.finishPurge(of: campaign, at: Sample.time(80))
      #expect(try await store.receiptValues(of: campaign) == receipts)
    },
    Case(name: "a purge cannot be taken back: the campaign does not go on, and its name stays taken") { store in
      let campaign = try await store.completedSample()
      try await store.beginPurge(of: campaign, files: 0, at: Sample.time(50))
      for isFinished in [false, true] {
        if isFinished { try await store.finishPurge(of: campaign, at: Sample.time(51)) }
        await #expect(throws: StoreError.purged(campaign: "passwords")) {
          try await store.setState(.running, of: campaign, at: Sample.time(52))
        }
        await #expect(throws: StoreError.purged(campaign: "passwords")) {
          _ = try await store.resolve(in: campaign, customer: nil, as: .resend, evidence: nil, at: Sample.time(52))
        }
        await #expect(throws: StoreError.purged(campaign: "passwords")) {
          try await store.request(.pause, of: campaign, at: Sample.time(52))
        }
        await #expect(throws: StoreError.campaignExists("passwords")) { try await store.freezeSample(letters: 1) }
        #expect(try await store.due(in: campaign, at: Sample.time(99), after: nil, limit: 9).isEmpty)
      }
    },
    Case(name: "a purge leaves other campaigns as they are, and numbers of messages are not given again") { store in
      let other = try await store.freezeSample("winter", letters: 2)
      let campaign = try await store.completedSample()
      let numbers = try await store.receiptValues(of: campaign).compactMap(\.message)
      let kept = try await store.customerRecords(of: other)
      let record = try await store.campaign(named: "winter")
      try await store.beginPurge(of: campaign, files: 0, at: Sample.time(50))
      try await store.finishPurge(of: campaign, at: Sample.time(51))
      #expect(try await store.customerRecords(of: other) == kept)
      #expect(try await store.campaign(named: "winter") == record)
      #expect(try await store.snapshot(of: other).messages[.queued] == 2)
      try await store.setState(.running, of: other, at: Sample.time(52))
      #expect(try await store.claimAll(in: other, at: 53).count == 2)
      let later = try await store.freezeSample("spring", letters: 2)
      let newest = try await store.due(in: later, at: Sample.time(99), after: nil, limit: 9).map(\.message)
      #expect(newest.count == 2 && Set(newest).isDisjoint(with: numbers))
    },
  ]
}

extension MessageStore {
  /// Two letters, one accepted and one refused after an answer that names its recipient, and a customer who is called.
  func completedSample() async throws -> Int64 {
    let campaign = try await freezeSample(letters: 2)
    try await setState(.running, of: campaign, at: Sample.time(0))
    let claims = try await claimAll(in: campaign)
    _ = try await commit([.record(claims[0], Sample.deferred(until: 30)), .record(claims[1], Sample.refused())])
    let again = try await claimAll(in: campaign, at: 30)
    _ = try await commit([.record(again[0], Sample.accepted(at: 31))])
    try await setState(.completed, of: campaign, at: Sample.time(40))
    return campaign
  }
}
