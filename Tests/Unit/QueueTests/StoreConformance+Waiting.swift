import Campaigns
import Foundation
import Queue
import Receipts
import Synchronization
import Testing

/// Deferred messages: when they are due. And the last message that a relay took.
extension StoreConformance {
  static let waiting: [Case<any MessageStore>] = [
    Case(name: "deferred letters are made due, all or one customer's, and their give-up time begins anew") { store in
      let campaign = try await store.deferredSample(letters: 3, until: [50, 60, 70])
      let other = try await store.deferredSample("other", letters: 1, until: [50])
      let receipts = try await store.receiptValues(of: campaign)
      #expect(try await store.makeDue(in: campaign, customer: "K3", at: Sample.time(10)) == 1)
      var due = try await store.due(in: campaign, at: Sample.time(10), after: nil, limit: 9)
      #expect(due.map(\.customer) == ["K3"] && due.map(\.turn) == [.deferred(until: Sample.time(10))])
      #expect(due[0].firstAttemptAt == Sample.time(1) && due[0].giveUpFrom == Sample.time(10) && due[0].attempts == 1)
      #expect(try await store.makeDue(in: campaign, customer: "K9", at: Sample.time(10)) == 0)
      #expect(try await store.makeDue(in: campaign, customer: "P1", at: Sample.time(10)) == 0)
      // What is due already stays where it is in the list; its give-up time begins anew too.
      #expect(try await store.makeDue(in: campaign, customer: nil, at: Sample.time(55)) == 3)
      due = try await store.due(in: campaign, at: Sample.time(55), after: nil, limit: 9)
      #expect(due.map(\.customer) == ["K3", "K1", "K2"])
      #expect(
        due.map(\.turn)
          == [Sample.time(10), Sample.time(50), Sample.time(55)].map { .deferred(until: $0) })
      #expect(due.allSatisfy { $0.giveUpFrom == Sample.time(55) })
      #expect(try await store.expire(in: campaign, firstAttemptUntil: Sample.time(54), at: Sample.time(99)) == 0)
      #expect(try await store.receiptValues(of: campaign) == receipts, "nobody's state has changed")
      #expect(try await store.nextDue(in: other, after: nil) == Sample.time(50))
      // The claim that was read before still counts.
      #expect(try await store.commit([Sample.claim(due[0], at: 56)]).compactMap(\.claim).count == 1)
      #expect(try await store.makeDue(in: campaign, customer: nil, at: Sample.time(57)) == 2)
    },
    Case(name: "letters are read by their numbers as they are now, if they are due") { store in
      let campaign = try await store.deferredSample(letters: 3, until: [50, 60, 70])
      let other = try await store.deferredSample("other", letters: 1, until: [50])
      let all = try await store.due(in: campaign, at: Sample.time(99), after: nil, limit: 9)
      let foreign = try await store.due(in: other, at: Sample.time(99), after: nil, limit: 9)
      let ids = (all + foreign).map(\.message) + [999_999, -1]
      let due = try await store.due(ids, in: campaign, at: Sample.time(60))
      #expect(due.sorted { $0.cursor < $1.cursor } == Array(all.prefix(2)))
      #expect(try await store.due([], in: campaign, at: Sample.time(99)).isEmpty)
      #expect(try await store.commit([Sample.claim(all[0], at: 61)]).compactMap(\.claim).count == 1)
      #expect(try await store.due(ids, in: campaign, at: Sample.time(60)).map(\.message) == [all[1].message])
    },
    Case(name: "a deferred letter comes with the relay's answer, however it is read; a queued one with none") { store in
      let campaign = try await store.freezeSample(letters: 2)
      let queued = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 9)
      let claims = try await store.commit([Sample.claim(queued[0], at: 1)]).compactMap(\.claim)
      let outcome = Sample.deferred(until: 50)
      _ = try await store.commit(claims.map { .record($0, outcome) })
      let due = try await store.due(in: campaign, at: Sample.time(99), after: nil, limit: 9)
      let answer = LastAnswer(phase: outcome.phase, code: 451, text: outcome.reply, at: outcome.at)
      #expect(due.map(\.message) == [queued[1], queued[0]].map(\.message))
      #expect(due.map(\.lastAnswer) == [nil, answer])
      #expect(try await store.due(due.map(\.message), in: campaign, at: Sample.time(99)) == due)
    },
    Case(name: "where mail goes is kept for the campaign, and replaced") { store in
      let campaign = try await store.deferredSample(letters: 1, until: [50])
      let other = try await store.deferredSample("other", letters: 1, until: [50])
      let places = [
        MailPlace(
          domain: "a.example", exchangers: ["mx1.provider.example", "mx2.provider.example"], at: Sample.time(1)),
        MailPlace(domain: "b.example", exchangers: [], at: Sample.time(2)),
        MailPlace(domain: "c.example", exchangers: nil, at: Sample.time(3)),
      ]
      try await store.keep(places, in: campaign)
      #expect(try await store.mailPlaces(in: campaign) == places)
      #expect(try await store.mailPlaces(in: other).isEmpty)
      let found = MailPlace(domain: "c.example", exchangers: ["mx.c.example"], at: Sample.time(9))
      try await store.keep([found], in: campaign)
      #expect(try await store.mailPlaces(in: campaign) == places.dropLast() + [found])
    },
    Case(name: "only deferred letters are made due") { store in
      let campaign = try await store.everyOutcomeSample()
      let before = try await store.customerRecords(of: campaign)
      #expect(try await store.makeDue(in: campaign, customer: nil, at: Sample.time(100)) == 0)
      #expect(try await store.customerRecords(of: campaign) == before)
    },
    Case(name: "a changed retry schedule gives deferred letters other times, once, and knows the one before") { store in
      let campaign = try await store.deferredSample(letters: 3, until: [50, 60, 70])
      let other = try await store.deferredSample("other", letters: 1, until: [50])
      let (slow, fast) = (Sample.schedule(1800, 3600), Sample.schedule(60))
      let calls = Mutex<[DeferredMessage]>([])
      let olds = Mutex<[RetrySchedule?]>([])
      func reschedule(_ schedule: RetrySchedule, by seconds: Double) async throws -> Int {
        try await store.reschedule(in: campaign, by: schedule) { message, old in
          calls.withLock { $0.append(message) }
          olds.withLock { $0.append(old) }
          // The second one keeps its time.
          return message.dueAt == Sample.time(60) ? message.dueAt : message.dueAt.addingTimeInterval(seconds)
        }
      }
      #expect(try await reschedule(slow, by: 1000) == 2)
      #expect(olds.withLock { $0 } == [nil, nil, nil])
      #expect(
        Set(calls.withLock { $0 })
          == Set(
            [50, 60, 70].map {
              DeferredMessage(
                attempts: 1, dueAt: Sample.time($0), deferredAt: Sample.time(2), giveUpFrom: Sample.time(1))
            }))
      #expect(try await reschedule(slow, by: 1000) == 0)
      #expect(calls.withLock { $0.count } == 3, "it is the same schedule")
      #expect(try await store.makeDue(in: campaign, customer: "K3", at: Sample.time(10)) == 1)
      #expect(try await reschedule(fast, by: -100) == 2)
      #expect(olds.withLock { $0.suffix(3) } == [slow, slow, slow])
      #expect(calls.withLock { $0.filter { $0.giveUpFrom == Sample.time(10) }.map(\.dueAt) } == [Sample.time(10)])
      let due = try await store.due(in: campaign, at: Sample.time(5000), after: nil, limit: 9)
      #expect(due.map(\.customer) == ["K3", "K2", "K1"])
      #expect(due.map(\.turn) == [-90, 60, 950].map { .deferred(until: Sample.time($0)) })
      #expect(try await store.nextDue(in: other, after: nil) == Sample.time(50))
    },
    Case(name: "a relay's last acceptance is its own reply, in this campaign") { store in
      let campaign = try await store.freezeSample(letters: 4)
      let other = try await store.freezeSample("other", letters: 1)
      #expect(try await store.lastAcceptance(through: "main", in: campaign) == nil)
      let claims = try await store.claimAll(in: campaign)
      let later = try await store.claimAll(in: other)
      _ = try await store.commit([
        .record(claims[0], Sample.refused(at: 3)), .record(claims[1], Sample.uncertain(at: 4)),
        .record(later[0], Sample.accepted(at: 90)),
      ])
      _ = try await store.resolve(in: campaign, customer: nil, as: .accepted, evidence: nil, at: Sample.time(80))
      #expect(try await store.lastAcceptance(through: "main", in: campaign) == nil, "the operator said so")
      _ = try await store.commit([
        .record(claims[2], Sample.accepted(at: 7)), .record(claims[3], Sample.accepted(at: 6)),
      ])
      #expect(try await store.lastAcceptance(through: "main", in: campaign) == Sample.time(7))
      #expect(try await store.lastAcceptance(through: "reserve", in: campaign) == nil)
      #expect(try await store.lastAcceptance(through: "main", in: other) == Sample.time(90))
    },
    Case(name: "letters are counted by the relay that answered them") { store in
      let campaign = try await store.freezeSample(letters: 7)
      #expect(try await store.relayTally(in: campaign).isEmpty, "none was tried")
      let claims = try await store.claimAll(in: campaign)
      #expect(try await store.relayTally(in: campaign).isEmpty, "nothing was answered")
      _ = try await store.commit([
        .record(claims[0], Sample.accepted(at: 3)), .record(claims[1], Sample.accepted(at: 4)),
        .record(claims[2], Sample.refused(at: 3)), .record(claims[3], Sample.uncertain(at: 4)),
        .record(claims[4], Sample.deferred(until: 90, at: 5)),
      ])
      func tally() async throws -> Set<RelayTally> { Set(try await store.relayTally(in: campaign)) }
      #expect(
        try await tally() == [
          .init(relay: "main", state: .accepted, count: 2), .init(relay: "main", state: .refused, count: 1),
          .init(relay: "main", state: .uncertain, count: 1), .init(relay: "main", state: .deferred, count: 1),
        ])
      _ = try await store.resolve(in: campaign, customer: nil, as: .accepted, evidence: nil, at: Sample.time(80))
      #expect(
        try await tally() == [
          .init(relay: "main", state: .accepted, count: 2), .init(relay: "main", state: .refused, count: 1),
          .init(relay: "main", state: .deferred, count: 1),
        ], "the operator's word is not the relay's")
    },
  ]
}

extension Sample {
  /// Four days, with these delays in seconds.
  static func schedule(_ delays: Int...) -> RetrySchedule {
    RetrySchedule(delays: delays.map { .seconds($0) }, giveUpAfter: .seconds(4 * 86_400))
  }
}

extension MessageStore {
  /// Letters that were all deferred, each until its moment.
  func deferredSample(_ name: String = "passwords", letters: Int, until moments: [Double]) async throws -> Int64 {
    let campaign = try await freezeSample(name, letters: letters)
    let claims = try await claimAll(in: campaign)
    _ = try await commit(zip(claims, moments).map { .record($0, Sample.deferred(until: $1)) })
    return campaign
  }
}
