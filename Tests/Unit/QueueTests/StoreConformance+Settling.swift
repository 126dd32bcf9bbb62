import Foundation
import Mail
import Queue
import Receipts
import Testing

/// Uncertain, expired and cancelled messages: what becomes of them.
extension StoreConformance {
  static let settling: [Case<any MessageStore>] = [
    Case(name: "what a lost process left in sending becomes uncertain, in this campaign only") { store in
      let one = try await store.freezeSample("one", letters: 3)
      let two = try await store.freezeSample("two", letters: 1)
      _ = try await store.claimAll(in: one, limit: 2)
      _ = try await store.claimAll(in: two)
      try await store.heartbeat(worker: "w1", leaseUntil: Sample.time(500))
      #expect(try await store.recover(campaign: one, at: Sample.time(9)) == 2)
      #expect(try await store.recover(campaign: one, at: Sample.time(9)) == 0)
      #expect(try await store.snapshot(of: one).messages[.uncertain] == 2)
      #expect(try await store.snapshot(of: two).messages[.sending] == 1)
      let last = try #require(try await store.receiptValues(of: one).last)
      #expect(last.event == .uncertain)
      #expect(last.attempt == 1)
    },
    Case(name: "uncertain is settled as accepted, for good") { store in
      let campaign = try await store.uncertainSample(letters: 2)
      #expect(
        try await store.resolve(
          in: campaign, customer: "K2", as: .accepted, evidence: "log: to=<Kunde2@kanzlei2.example> sent",
          at: Sample.time(5)) == ["K2"])
      #expect(
        try await store.resolve(in: campaign, customer: "K2", as: .resend, evidence: nil, at: Sample.time(6)).isEmpty)
      let states = try await store.customerRecords(of: campaign).flatMap { $0.messages.map(\.state) }
      #expect(states == [.uncertain, .accepted])
      let receipt = try #require(try await store.receiptValues(of: campaign).last)
      #expect(receipt.event == .resolved)
      #expect(receipt.resolution == "accepted")
      #expect(receipt.evidence == "log: to=<address> sent")
    },
    Case(name: "uncertain is settled as resend: queued again, marked, with the same Message-ID and first attempt") {
      store in
      let campaign = try await store.uncertainSample(letters: 1)
      #expect(
        try await store.resolve(in: campaign, customer: nil, as: .resend, evidence: nil, at: Sample.time(5)) == ["K1"])
      let due = try await store.due(in: campaign, at: Sample.time(6), after: nil, limit: 9)
      #expect(due.count == 1)
      #expect(due[0].attempts == 1)
      #expect(due[0].firstAttemptAt == Sample.time(1))
      #expect(due[0].messageID.description == "<passwords.1@kanzlei-it.example>")
      let claims = try await store.commit([Sample.claim(due[0], at: 7)]).compactMap(\.claim)
      #expect(try await store.commit([.record(claims[0], Sample.accepted(at: 8))]) == [.done])
      let message = try #require(try await store.customerRecords(of: campaign).first?.messages.first)
      #expect(message.resent)
      #expect(message.state == .accepted)
      #expect(message.attempts == 2)
      #expect(message.firstAttemptAt == Sample.time(1))
      #expect(message.lastAttemptAt == Sample.time(7))
    },
    Case(name: "each uncertain message is settled on its own evidence, and only if it was not attempted since") {
      store in
      let campaign = try await store.uncertainSample(letters: 4)
      let other = try await store.freezeSample("other", letters: 1)
      let found = try await store.uncertain(in: campaign)
      #expect(found.map(\.customer) == ["K1", "K2", "K3", "K4"])
      #expect(found[0].attempts == 1 && found[0].relay == "main" && found[0].attemptedAt == Sample.time(1))
      #expect(found[0].messageID.description == "<passwords.1@kanzlei-it.example>")
      #expect(try await store.uncertain(in: other) == [])
      // The fourth is sent again, and is uncertain again, before the log is read to its end.
      _ = try await store.resolve(in: campaign, customer: "K4", as: .resend, evidence: nil, at: Sample.time(5))
      let claims = try await store.claimAll(in: campaign, at: 6)
      _ = try await store.commit([.record(claims[0], Sample.uncertain(at: 7))])
      let evidence = "log\nmail.log:7: from=<kunde1@kanzlei1.example> id=passwords.1@kanzlei-it.example kunde1"
      let settled = try await store.settle(
        [
          Settlement(message: found[0].message, fence: found[0].fence, resolution: .accepted, evidence: evidence),
          Settlement(message: found[1].message, fence: found[1].fence, resolution: .resend, evidence: "not there"),
          Settlement(message: found[3].message, fence: found[3].fence, resolution: .accepted, evidence: "too late"),
          Settlement(message: found[0].message, fence: found[0].fence, resolution: .resend, evidence: "twice"),
        ], in: campaign, at: Sample.time(8))
      #expect(settled == [found[0].message, found[1].message])
      #expect(try await store.uncertain(in: campaign).map(\.customer) == ["K3", "K4"])
      let receipts = try await store.receiptValues(of: campaign).suffix(2)
      #expect(receipts.map(\.resolution) == ["accepted", "resend"])
      #expect(
        receipts.first?.evidence == "log\nmail.log:7: from=<address> id=passwords.1@kanzlei-it.example <address>")
      let snapshot = try await store.snapshot(of: campaign)
      #expect(snapshot.messages[.accepted] == 1 && snapshot.messages[.queued] == 1)
    },
    Case(name: "the policy resends once, not twice") { store in
      let campaign = try await store.uncertainSample(letters: 1)
      #expect(try await store.resendUncertain(in: campaign, at: Sample.time(5)) == 1)
      let claims = try await store.claimAll(in: campaign, at: 6)
      _ = try await store.commit([.record(claims[0], Sample.uncertain(at: 7))])
      #expect(try await store.resendUncertain(in: campaign, at: Sample.time(8)) == 0)
      #expect(try await store.snapshot(of: campaign).messages[.uncertain] == 1)
      // The operator still may.
      #expect(
        try await store.resolve(in: campaign, customer: nil, as: .accepted, evidence: nil, at: Sample.time(9)) == ["K1"]
      )
    },
    Case(name: "deferred messages expire by their first attempt; cancelling takes out what was not sent") { store in
      let campaign = try await store.freezeSample(letters: 4)
      let claims = try await store.claimAll(in: campaign, at: 1, limit: 2)
      _ = try await store.commit([
        .record(claims[0], Sample.deferred(until: 50)), .record(claims[1], Sample.deferred(until: 60)),
      ])
      #expect(try await store.expire(in: campaign, firstAttemptUntil: Sample.time(0.999), at: Sample.time(90)) == 0)
      #expect(try await store.cancel(campaign: campaign, at: Sample.time(91)) == 4)
      #expect(try await store.cancel(campaign: campaign, at: Sample.time(92)) == 0)
      let other = try await store.freezeSample("other", letters: 1)
      let claim = try await store.claimAll(in: other, at: 1)
      _ = try await store.commit([.record(claim[0], Sample.deferred(until: 50))])
      #expect(try await store.expire(in: other, firstAttemptUntil: Sample.time(1), at: Sample.time(90)) == 1)
      #expect(try await store.receiptValues(of: other).last?.event == .expired)
      #expect(try await store.nextDue(in: other, after: nil) == nil)
    },
    Case(name: "a campaign ends together with its letters when it is cancelled") { store in
      let campaign = try await store.freezeSample(letters: 3)
      try await store.setState(.running, of: campaign, at: Sample.time(1))
      let claims = try await store.claimAll(in: campaign, at: 1, limit: 1)
      _ = try await store.commit([.record(claims[0], Sample.accepted())])
      #expect(try await store.cancel(campaign: campaign, at: Sample.time(5)) == 2)
      let record = try #require(try await store.campaigns().first)
      #expect(record.state == .cancelled && record.finishedAt == Sample.time(5))
      let receipts = try await store.receiptValues(of: campaign)
      let last = try #require(receipts.last)
      #expect(last.event == .cancelled && last.message == nil)
      #expect(last.figures?["cancelled"] == 2 && last.figures?["accepted"] == 1)
      #expect(try await store.cancel(campaign: campaign, at: Sample.time(6)) == 0)
      #expect(try await store.receiptValues(of: campaign).count == receipts.count)
    },
    Case(name: "a completed campaign cannot be cancelled, and none of its letters is") { store in
      let campaign = try await store.uncertainSample(letters: 2)
      try await store.setState(.running, of: campaign, at: Sample.time(3))
      try await store.setState(.completed, of: campaign, at: Sample.time(4))
      _ = try await store.resolve(in: campaign, customer: "K1", as: .resend, evidence: nil, at: Sample.time(5))
      await #expect(throws: StoreError.self) { try await store.cancel(campaign: campaign, at: Sample.time(6)) }
      #expect(try await store.snapshot(of: campaign).messages[.queued] == 1)
      #expect(try await store.receiptValues(of: campaign).last?.event == .resolved)
    },
    Case(name: "our own words in a receipt are not taken for a customer's name") { store in
      let words = ["operator", "policy", "relay"]
      let customers = try words.map { word in
        var customer = try Sample.letter(words.firstIndex(of: word)! + 1)  // It is one of them.
        customer.messages[0].recipient = try EmailAddress("\(word)@kanzlei.example")
        return customer
      }
      try await store.freeze(Sample.plan(), customers: customers, at: Sample.time(0))
      let campaign = try #require(try await store.campaign(named: "passwords")).id
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 9)
      _ = try await store.commit([
        .exclude(message: due[2].message, fence: due[2].fence, reason: .noSMTPUTF8, at: Sample.time(1))
      ])
      #expect(try await store.receiptValues(of: campaign).last?.reason == ExclusionReason.noSMTPUTF8.text)
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit(claims.map { .record($0, Sample.uncertain()) })
      _ = try await store.resolve(
        in: campaign, customer: "K1", as: .accepted, evidence: "operator", at: Sample.time(5))
      #expect(try await store.receiptValues(of: campaign).last?.evidence == "operator")
      _ = try await store.resendUncertain(in: campaign, at: Sample.time(6))
      #expect(try await store.receiptValues(of: campaign).last?.evidence == "policy uncertain: resend")
    },
  ]
}
