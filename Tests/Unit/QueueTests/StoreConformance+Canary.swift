import Campaigns
import Foundation
import Mail
import Queue
import Receipts
import Testing

/// The letters that leave before all others, and the end of what was not accepted by the deadline.
extension StoreConformance {
  static let canary: [Case<any MessageStore>] = [
    Case(name: "a canary takes the domains in turn, those with the most letters first, and is chosen once") { store in
      // kanzlei1 and kanzlei2 have three letters each, kanzlei0 two.
      let campaign = try await store.freezeSample(letters: 8)
      #expect(try await store.canary(in: campaign) == nil)
      #expect(try await store.canaryLetters(in: campaign).isEmpty)
      #expect(try await store.chooseCanary(in: campaign, letters: 4) == CanaryRecord(letters: 4))
      #expect(try await store.canaryLetters(in: campaign).map(\.customer) == ["K1", "K2", "K3", "K4"])
      let other = try await store.freezeSample("other", letters: 8)
      #expect(try await store.chooseCanary(in: other, letters: 2) == CanaryRecord(letters: 2))
      #expect(try await store.canaryLetters(in: other).map(\.customer) == ["K1", "K2"])
      // Whatever is asked for later.
      #expect(try await store.chooseCanary(in: campaign, letters: 6) == CanaryRecord(letters: 4))
      #expect(try await store.canaryLetters(in: campaign).count == 4)
    },
    Case(name: "a canary takes providers in turn where they are known, domains where they are not") { store in
      let campaign = try await store.freezeSample(letters: 8)
      let providers = ["kanzlei1.example": "provider.example", "kanzlei2.example": "provider.example"]
      let record = try await store.chooseCanary(in: campaign, letters: 3, providers: providers)
      #expect(record == CanaryRecord(letters: 3))
      // One of the provider's, one of the other domain, the provider's next one.
      #expect(try await store.canaryLetters(in: campaign).map(\.customer) == ["K1", "K2", "K3"])
      let other = try await store.freezeSample("other", letters: 8)
      _ = try await store.chooseCanary(
        in: other, letters: 2, providers: providers.merging(["kanzlei0.example": "provider.example"]) { $1 })
      #expect(try await store.canaryLetters(in: other).map(\.customer) == ["K1", "K2"])
      let third = try await store.freezeSample("third", letters: 8)
      _ = try await store.chooseCanary(in: third, letters: 2, providers: providers)
      #expect(try await store.canaryLetters(in: third).map(\.customer) == ["K1", "K3"])
    },
    Case(name: "there is no canary of all letters, nor once a letter was tried") { store in
      let campaign = try await store.freezeSample(letters: 4)
      #expect(try await store.chooseCanary(in: campaign, letters: 4) == nil)
      #expect(try await store.chooseCanary(in: campaign, letters: 9) == nil)
      #expect(try await store.canary(in: campaign) == nil)
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 1)
      _ = try await store.commit([Sample.claim(due[0])])
      #expect(try await store.chooseCanary(in: campaign, letters: 2) == nil)
    },
    Case(name: "of a canary its own letters are due, in their order, and no others") { store in
      let campaign = try await store.freezeSample(letters: 8)
      #expect(try await store.dueCanary(in: campaign, at: Sample.time(1), after: nil, limit: 9).isEmpty)
      _ = try await store.chooseCanary(in: campaign, letters: 3)
      var due = try await store.dueCanary(in: campaign, at: Sample.time(1), after: nil, limit: 2)
      #expect(due.map(\.customer) == ["K1", "K2"])
      let rest = try await store.dueCanary(in: campaign, at: Sample.time(1), after: due[1].cursor, limit: 2)
      #expect(rest.map(\.customer) == ["K3"])
      let claim = try #require(try await store.commit([Sample.claim(due[0])])[0].claim)
      _ = try await store.commit([.record(claim, Sample.deferred(until: 50))])
      // Another letter that waits is not the canary's.
      let others = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 9)
      let fourth = try #require(others.first { $0.customer == "K4" })
      let second = try #require(try await store.commit([Sample.claim(fourth)])[0].claim)
      _ = try await store.commit([.record(second, Sample.deferred(until: 40))])
      #expect(try await store.nextDueCanary(in: campaign, after: nil) == Sample.time(50))
      #expect(try await store.nextDueCanary(in: campaign, after: Sample.time(50)) == nil)
      due = try await store.dueCanary(in: campaign, at: Sample.time(49), after: nil, limit: 9)
      #expect(due.map(\.customer) == ["K2", "K3"])
      due = try await store.dueCanary(in: campaign, at: Sample.time(50), after: nil, limit: 9)
      #expect(due.map(\.customer) == ["K2", "K3", "K1"])
      let letters = try await store.canaryLetters(in: campaign)
      #expect(letters.map(\.state) == [.deferred, .queued, .queued])
      #expect(letters[0].code == 451 && letters[0].phase == "rcpt" && letters[0].attempts == 1)
      #expect(letters[0].reply?.contains("greylisted") == true && letters[0].recipient.contains("@"))
    },
    Case(name: "what has become of a canary is kept, and one that has passed stays so") { store in
      let campaign = try await store.freezeSample(letters: 8)
      await #expect(throws: StoreError.self) {
        try await store.setCanary(CanaryRecord(letters: 3, state: .passed), in: campaign)
      }
      _ = try await store.chooseCanary(in: campaign, letters: 3)
      let record = CanaryRecord(
        letters: 3, state: .waiting, answeredAt: Sample.time(4), waitUntil: Sample.time(904))
      for state in [CanaryRecord.State.waiting, .look, .passed] {
        var next = record
        next.state = state
        try await store.setCanary(next, in: campaign)
        #expect(try await store.canary(in: campaign) == next)
      }
      try await store.setCanary(record, in: campaign)
      #expect(try await store.canary(in: campaign)?.state == .passed)
    },
    Case(name: "at the deadline what is queued or deferred expires, with receipts that say so, and nothing else does") {
      store in
      let campaign = try await store.everyOutcomeSample()
      let other = try await store.freezeSample("deadline", letters: 3)
      try await store.setState(.running, of: other, at: Sample.time(0))
      let due = try await store.due(in: other, at: Sample.time(1), after: nil, limit: 9)
      let claims = try await store.commit([Sample.claim(due[0]), Sample.claim(due[1])]).compactMap(\.claim)
      _ = try await store.commit([.record(claims[0], Sample.deferred(until: 500))])
      let before = try await store.customerRecords(of: campaign)
      #expect(try await store.expireAtDeadline(in: other, at: Sample.time(100)) == 2)
      #expect(try await store.customerRecords(of: campaign) == before)
      let records = try await store.customerRecords(of: other).flatMap(\.messages)
      #expect(records.map(\.state) == [.expired, .sending, .expired])
      #expect(records.map(\.attempts) == [1, 1, 0] && records[0].dueAt == nil)
      #expect(records[2].changedAt == Sample.time(100))
      let receipts = try await store.receiptValues(of: other).suffix(2)
      #expect(receipts.map(\.event) == [.expired, .expired])
      #expect(receipts.allSatisfy { $0.reason == "not accepted by the deadline" })
      #expect(try await store.expireAtDeadline(in: other, at: Sample.time(101)) == 0)
      // What was on the wire is finished first, and then the campaign is over.
      _ = try await store.commit([.record(claims[1], Sample.accepted())])
      try await store.setState(.completed, of: other, at: Sample.time(102))
      try await store.requireSoundReceipts(of: other)
    },
    Case(name: "what expired unsent may be sent by the operator's word, in its turn") { store in
      let campaign = try await store.freezeSample(letters: 2)
      try await store.setState(.running, of: campaign, at: Sample.time(0))
      #expect(try await store.expireAtDeadline(in: campaign, at: Sample.time(100)) == 2)
      try await store.setState(.completed, of: campaign, at: Sample.time(101))
      let opened = try await store.resolve(
        in: campaign, customer: "K2", letter: nil, as: .reopen, evidence: "operator", at: Sample.time(102))
      #expect(opened == ["K2"])
      let due = try await store.due(in: campaign, at: Sample.time(103), after: nil, limit: 9)
      #expect(due.map(\.customer) == ["K2"] && due.map(\.turn) == [.untried(priority: 0)])
      try await store.setState(.running, of: campaign, at: Sample.time(103))
      let claim = try #require(try await store.commit([Sample.claim(due[0], at: 104)])[0].claim)
      _ = try await store.commit([.record(claim, Sample.accepted(at: 105))])
      try await store.setState(.completed, of: campaign, at: Sample.time(106))
      #expect(try await store.snapshot(of: campaign).messages[.expired] == 1)
      try await store.requireSoundReceipts(of: campaign)
    },
  ]
}
