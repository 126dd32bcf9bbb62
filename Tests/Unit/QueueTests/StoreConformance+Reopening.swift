import Foundation
import Mail
import Queue
import Receipts
import Testing

/// Refused and expired messages that are opened again.
extension StoreConformance {
  static let reopening: [Case<any MessageStore>] = [
    Case(name: "refused and expired letters go back to the queue by the operator's word, and others do not") { store in
      let campaign = try await store.everyOutcomeSample()
      let before = try await store.snapshot(of: campaign).messages
      let reopened = try await store.resolve(
        in: campaign, customer: nil, as: .reopen, evidence: "operator", at: Sample.time(100))
      #expect(reopened == ["K2", "K3"])
      var after = before
      after[.refused] = 0
      after[.expired] = 0
      after[.queued] = 2
      #expect(try await store.snapshot(of: campaign).messages == after)
      let receipts = try await store.receiptValues(of: campaign).suffix(2)
      #expect(receipts.allSatisfy { $0.event == .resolved && $0.resolution == "reopen" && $0.evidence == "operator" })
      #expect(receipts.map(\.attempt) == [1, 1])
      // Until it is tried again it says why it was refused.
      let message = try #require(try await store.customerRecords(of: campaign)[1].messages.first)
      #expect(message.state == .queued && message.code == 550 && message.changedAt == Sample.time(100))
      #expect(!message.resent, "it was certainly not taken")
      let again = try await store.resolve(
        in: campaign, customer: nil, as: .reopen, evidence: nil, at: Sample.time(101))
      #expect(again.isEmpty)
    },
    Case(name: "one customer's refused letter is opened again, with its Message-ID, its first attempt and its attempts")
    {
      store in
      let campaign = try await store.refusedSample(letters: 3)
      let reopened = try await store.resolve(
        in: campaign, customer: "K2", as: .reopen, evidence: nil, at: Sample.time(5))
      #expect(reopened == ["K2"])
      let due = try await store.due(in: campaign, at: Sample.time(6), after: nil, limit: 9)
      #expect(due.map(\.customer) == ["K2"] && due.map(\.turn) == [.again])
      #expect(due[0].attempts == 1 && due[0].firstAttemptAt == Sample.time(1))
      #expect(due[0].giveUpFrom(claimedAt: Sample.time(7)) == Sample.time(7))
      #expect(due[0].messageID.description == "<passwords.2@kanzlei-it.example>")
      let claims = try await store.commit([Sample.claim(due[0], at: 7)]).compactMap(\.claim)
      #expect(claims.map(\.attempt) == [2])
      #expect(try await store.commit([.record(claims[0], Sample.accepted(at: 8))]) == [.done])
      let states = try await store.customerRecords(of: campaign).flatMap { $0.messages.map(\.state) }
      #expect(states == [.refused, .accepted, .refused])
    },
    Case(name: "a reopened letter can have every outcome, again and again, and keeps that it was sent twice") { store in
      let campaign = try await store.freezeSample(letters: 1)
      try await store.setState(.running, of: campaign, at: Sample.time(0))
      var clock = 1.0
      func attempt(_ outcome: AttemptOutcome) async throws {
        clock += 10
        let claims = try await store.claimAll(in: campaign, at: clock)
        #expect(try await store.commit(claims.map { .record($0, outcome) }) == [.done], "\(outcome)")
      }
      func decide(_ resolution: Resolution) async throws {
        clock += 10
        let settled = try await store.resolve(
          in: campaign, customer: "K1", as: resolution, evidence: nil, at: Sample.time(clock))
        #expect(settled == ["K1"], "\(resolution)")
      }
      func isResent() async throws -> Bool {
        try await store.customerRecords(of: campaign).flatMap(\.messages).contains { $0.resent }
      }
      try await attempt(Sample.refused())
      try await decide(.reopen)
      try await attempt(Sample.deferred(until: 0))
      try await attempt(Sample.deferred(until: 0))
      let expired = try await store.expire(
        in: campaign, firstAttemptUntil: Sample.time(clock), at: Sample.time(clock))
      #expect(expired == 1)
      try await decide(.reopen)
      #expect(try await !isResent())
      try await attempt(Sample.uncertain())
      try await decide(.resend)
      try await attempt(Sample.refused())
      try await decide(.reopen)
      #expect(try await isResent(), "it was uncertain once and sent again")
      try await attempt(Sample.uncertain())
      #expect(try await isResent())
      #expect(try await store.resendUncertain(in: campaign, at: Sample.time(clock)) == 0, "the policy does it once")
      try await decide(.resend)
      try await attempt(Sample.refused())
      try await decide(.reopen)
      try await attempt(Sample.uncertain())
      try await decide(.accepted)
      let end = try #require(try await store.customerRecords(of: campaign).first?.messages.first)
      #expect(end.state == .accepted && end.resent && end.attempts == 8)
      try await store.setState(.completed, of: campaign, at: Sample.time(clock))
      try await store.requireSoundReceipts(of: campaign)
    },
    Case(name: "the give-up time of a letter that is queued again counts from its next attempt") { store in
      let campaign = try await store.everyOutcomeSample()
      _ = try await store.resolve(in: campaign, customer: nil, as: .reopen, evidence: nil, at: Sample.time(100))
      _ = try await store.resolve(in: campaign, customer: nil, as: .resend, evidence: nil, at: Sample.time(110))
      var claims = try await store.claimAll(in: campaign, at: 120, limit: 2)
      claims += try await store.claimAll(in: campaign, at: 130)
      #expect(claims.count == 3)
      _ = try await store.commit(claims.map { .record($0, Sample.deferred(until: 150, at: 131)) })
      let due = try await store.due(in: campaign, at: Sample.time(150), after: nil, limit: 9)
      #expect(due.map(\.customer) == ["K2", "K3", "K4"])
      #expect(due.allSatisfy { $0.firstAttemptAt == Sample.time(1) })
      #expect(due.map(\.giveUpFrom) == [Sample.time(120), Sample.time(120), Sample.time(130)])
      #expect(due[0].giveUpFrom(claimedAt: Sample.time(150)) == Sample.time(120))
      // The next attempt is not the first since then.
      claims = try await store.commit([Sample.claim(due[2], at: 150)]).compactMap(\.claim)
      _ = try await store.commit([.record(claims[0], Sample.deferred(until: 180, at: 151))])
      for (limit, count) in [(119.9, 0), (120, 2), (129.9, 0), (130, 1)] {
        let expired = try await store.expire(
          in: campaign, firstAttemptUntil: Sample.time(limit), at: Sample.time(200))
        #expect(expired == count, "until \(limit)")
      }
    },
    Case(name: "each reopened letter has its own evidence and fence; what has moved on is left alone") { store in
      let campaign = try await store.refusedSample(letters: 2)
      let fences: [Int64] = [1, 1]  // Each was claimed once.
      let settlements = fences.enumerated().map {
        Settlement(message: Int64($0 + 1), fence: $1, resolution: .reopen, evidence: "word \($0)")
      }
      _ = try await store.resolve(in: campaign, customer: "K2", as: .reopen, evidence: nil, at: Sample.time(5))
      #expect(try await store.settle(settlements, in: campaign, at: Sample.time(6)) == [1])
      #expect(try await store.receiptValues(of: campaign).last?.evidence == "word 0")
      #expect(try await store.settle(settlements, in: campaign, at: Sample.time(7)) == [])
    },
    Case(name: "the program reopens a refusal with exactly its fence, and nothing else") { store in
      let campaign = try await store.everyOutcomeSample()
      let before = try await store.receiptValues(of: campaign)
      // The message's numbers are those of the plan, and each was claimed once; expiring raised the fence.
      let others = (Int64(1)...6).flatMap { message in (Int64(0)...3).map { (message, $0) } }
        .filter { $0 != (2, 1) }
        .map { StoreChange.reopen(message: $0.0, fence: $0.1, at: Sample.time(100)) }
      #expect(try await store.commit(others) == others.map { _ in .stale })
      #expect(try await store.receiptValues(of: campaign) == before)
      let change = StoreChange.reopen(message: 2, fence: 1, at: Sample.time(100))
      #expect(try await store.commit([change, change]) == [.done, .stale])
      let receipt = try #require(try await store.receiptValues(of: campaign).last)
      #expect(receipt.event == .resolved && receipt.resolution == "reopen" && receipt.message == 2)
      #expect(receipt.evidence == "policy: the relay's refusals were not about the customers")
      let due = try await store.due(in: campaign, at: Sample.time(101), after: nil, limit: 9)
      #expect(due.map(\.message) == [2] && due.map(\.turn) == [.again])
      #expect(due[0].fence == 2)
    },
    Case(name: "a refusal is recorded and reopened in one commit") { store in
      let campaign = try await store.freezeSample(letters: 2)
      let claims = try await store.claimAll(in: campaign)
      let results = try await store.commit([
        .record(claims[0], Sample.refused()),
        .reopen(message: claims[0].message, fence: claims[0].fence, at: Sample.time(3)),
        .reopen(message: claims[1].message, fence: claims[1].fence, at: Sample.time(3)),
      ])
      #expect(results == [.done, .done, .stale])
      let events = try await store.receiptValues(of: campaign).map(\.event)
      #expect(events == [.planFrozen, .attempt, .attempt, .refused, .resolved])
      try await store.requireSoundReceipts(of: campaign)
    },
    Case(name: "the program makes a deferred letter due with exactly its fence, and nothing else") { store in
      let campaign = try await store.freezeSample(letters: 3)
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit([
        .record(claims[0], Sample.deferred(until: 500)), .record(claims[1], Sample.deferred(until: 500)),
        .record(claims[2], Sample.refused()),
      ])
      let before = try await store.receiptValues(of: campaign)
      #expect(try await store.due(in: campaign, at: Sample.time(100), after: nil, limit: 9).isEmpty)
      let changes = [0, 2].map { index in
        StoreChange.makeDue(message: claims[index].message, fence: claims[index].fence, at: Sample.time(100))
      }
      let late = StoreChange.makeDue(message: claims[1].message, fence: claims[1].fence - 1, at: Sample.time(100))
      #expect(try await store.commit(changes + [late]) == [.done, .stale, .stale])
      let due = try await store.due(in: campaign, at: Sample.time(100), after: nil, limit: 9)
      #expect(due.map(\.message) == [claims[0].message] && due[0].fence == claims[0].fence)
      // The give-up time and the receipts stay.
      #expect(due[0].giveUpFrom(claimedAt: Sample.time(100)) == Sample.time(1))
      #expect(try await store.receiptValues(of: campaign) == before)
      // It is never later than it was.
      let later = StoreChange.makeDue(message: claims[0].message, fence: claims[0].fence, at: Sample.time(900))
      #expect(try await store.commit([later]) == [.done])
      #expect(try await store.due(in: campaign, at: Sample.time(100), after: nil, limit: 9).count == 1)
    },
    Case(name: "what was broken off is not given up for the time in which nobody tried it") { store in
      let campaign = try await store.freezeSample(letters: 2)
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit([
        .record(claims[0], Sample.deferred(until: 2, at: 2)), .record(claims[1], Sample.deferred(until: 60, at: 2)),
      ])
      #expect(try await store.recover(campaign: campaign, at: Sample.time(1000)) == 0)
      #expect(
        try await store.expire(in: campaign, firstAttemptUntil: Sample.time(900), at: Sample.time(1000)) == 1)
      let due = try await store.due(in: campaign, at: Sample.time(1000), after: nil, limit: 9)
      #expect(due.map(\.message) == [claims[0].message])
      #expect(due.first?.giveUpFrom(claimedAt: Sample.time(1000)) == Sample.time(1000))
      #expect(
        try await store.expire(in: campaign, firstAttemptUntil: Sample.time(1000), at: Sample.time(2000)) == 1)
    },
    Case(name: "a completed campaign continues with a reopened letter; a cancelled one never does") { store in
      let campaign = try await store.refusedSample(letters: 1)
      try await store.setState(.running, of: campaign, at: Sample.time(3))
      try await store.setState(.completed, of: campaign, at: Sample.time(4))
      _ = try await store.resolve(in: campaign, customer: "K1", as: .reopen, evidence: nil, at: Sample.time(5))
      #expect(try await store.campaigns().first?.state == .completed)
      try await store.setState(.running, of: campaign, at: Sample.time(6))
      await #expect(throws: StoreError.self) { try await store.setState(.completed, of: campaign, at: Sample.time(7)) }
      let claims = try await store.claimAll(in: campaign, at: 8)
      _ = try await store.commit([.record(claims[0], Sample.refused(at: 9))])
      #expect(try await store.cancel(campaign: campaign, at: Sample.time(10)) == 0)
      let before = try await store.receiptValues(of: campaign)
      await #expect(throws: StoreError.self) {
        try await store.resolve(in: campaign, customer: "K1", as: .reopen, evidence: nil, at: Sample.time(11))
      }
      await #expect(throws: StoreError.self) {
        try await store.settle(
          [Settlement(message: 1, fence: claims[0].fence, resolution: .reopen, evidence: "")], in: campaign,
          at: Sample.time(11))
      }
      let change = StoreChange.reopen(message: 1, fence: claims[0].fence, at: Sample.time(11))
      #expect(try await store.commit([change]) == [.stale])
      #expect(try await store.receiptValues(of: campaign) == before)
      try await store.requireSoundReceipts(of: campaign)
    },
    Case(name: "a reopened letter that is cancelled is not sent, and one that waits can be excluded") { store in
      let campaign = try await store.refusedSample(letters: 2)
      _ = try await store.resolve(in: campaign, customer: nil, as: .reopen, evidence: nil, at: Sample.time(5))
      let due = try await store.due(in: campaign, at: Sample.time(6), after: nil, limit: 9)
      let exclude = StoreChange.exclude(
        message: due[0].message, fence: due[0].fence, reason: .noSMTPUTF8, at: Sample.time(6))
      #expect(try await store.commit([exclude]) == [.done])
      try await store.setState(.running, of: campaign, at: Sample.time(7))
      #expect(try await store.cancel(campaign: campaign, at: Sample.time(8)) == 1)
      let states = try await store.customerRecords(of: campaign).flatMap { $0.messages.map(\.state) }
      #expect(states == [.excluded, .cancelled])
      try await store.requireSoundReceipts(of: campaign)
    },
  ]
}

extension MessageStore {
  /// Letters that are all refused.
  func refusedSample(letters: Int) async throws -> Int64 {
    let campaign = try await freezeSample(letters: letters)
    let claims = try await claimAll(in: campaign)
    _ = try await commit(claims.map { .record($0, Sample.refused()) })
    return campaign
  }

  /// Six letters: accepted, refused, expired, uncertain, excluded and on the wire, in a campaign that is running.
  func everyOutcomeSample() async throws -> Int64 {
    let campaign = try await freezeSample(letters: 6)
    try await setState(.running, of: campaign, at: Sample.time(0))
    let due = try await due(in: campaign, at: Sample.time(1), after: nil, limit: 9)
    let claims = try await commit(due.filter { $0.customer != "K5" }.map { Sample.claim($0) }).compactMap(\.claim)
    _ = try await commit([
      .record(claims[0], Sample.accepted()), .record(claims[1], Sample.refused()),
      .record(claims[2], Sample.deferred(until: 60)), .record(claims[3], Sample.uncertain()),
      .exclude(message: due[4].message, fence: due[4].fence, reason: .noSMTPUTF8, at: Sample.time(2)),
    ])
    _ = try await expire(in: campaign, firstAttemptUntil: Sample.time(1), at: Sample.time(70))
    return campaign
  }

  /// The receipts so far are what the verifier takes for true.
  func requireSoundReceipts(of campaign: Int64) async throws {
    var judge = ReceiptJudge(checkpoint: nil)
    for line in try await receipts(of: campaign, after: 0, limit: .max) { try judge.take(ReceiptLink(line.bytes)) }
    try judge.finish()
  }
}
