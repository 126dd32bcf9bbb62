import Campaigns
import Foundation
import Queue
import Receipts
import Testing

/// The use of limits is remembered by what they are of, on clocks that another process can read.
extension StoreConformance {
  private static let main = LimitScope.formerRelay(named: "main")
  private static let other = LimitScope.destination(.domain("other.example"))

  private static func base(_ boot: String? = "boot", even: Double = 0, wall: Double = 0) -> ClockBase {
    ClockBase(boot: boot, even: Sample.time(even), wall: Sample.time(wall))
  }

  private static func use(_ seconds: Double, clock: Int64, of scope: LimitScope = main) -> LimitUse {
    LimitUse(scope: scope, clock: clock, at: Sample.time(seconds))
  }

  static let limits: [Case<any MessageStore>] = [
    Case(name: "places in limits are counted with the claim, over campaigns, each scope its own") { store in
      let one = try await store.freezeSample("one", letters: 2)
      let two = try await store.freezeSample("two", letters: 1)
      let dueOne = try await store.due(in: one, at: Sample.time(1), after: nil, limit: 2)
      let dueTwo = try await store.due(in: two, at: Sample.time(1), after: nil, limit: 1)
      let clock = try await store.openUse(on: base(), keeping: [:], at: Sample.time(1))
      _ = try await store.commit([
        Sample.claim(dueOne[0], at: 5, counts: [use(5, clock: clock), use(5, clock: clock, of: other)]),
        Sample.claim(dueOne[1], at: 6), Sample.claim(dueTwo[0], at: 5, counts: [use(5, clock: clock)]),
        // A claim that comes too late counts nothing.
        Sample.claim(dueOne[0], at: 7, counts: [use(7, clock: clock)]),
      ])
      #expect(try await store.use(of: main, since: Sample.time(0), on: base()) == [Sample.time(5), Sample.time(5)])
      #expect(try await store.use(of: main, since: Sample.time(6), on: base()).isEmpty)
      #expect(try await store.use(of: other, since: Sample.time(0), on: base()) == [Sample.time(5)])
      #expect(try await store.use(of: .formerRelay(named: "x"), since: Sample.time(0), on: base()).isEmpty)
    },
    Case(name: "places are given back with the outcome, one each, and by no outcome that is stale") { store in
      let campaign = try await store.freezeSample(letters: 3)
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 3)
      let clock = try await store.openUse(on: base(), keeping: [:], at: Sample.time(1))
      let uses = [use(5, clock: clock), use(5, clock: clock), use(6, clock: clock)]
      let claims = try await store.commit(zip(due, uses).map { Sample.claim($0, at: 5, counts: [$1]) }).compactMap(
        \.claim)
      var refused = Sample.refused(at: 7)
      refused.givesBack = [uses[0]]
      #expect(try await store.commit([.record(claims[0], refused)]) == [.done])
      #expect(try await store.use(of: main, since: Sample.time(0), on: base()) == [Sample.time(5), Sample.time(6)])
      #expect(try await store.commit([.record(claims[0], refused)]) == [.stale])
      #expect(try await store.use(of: main, since: Sample.time(0), on: base()).count == 2)
      // Taken and given back in one transaction; and a place that nobody has.
      let later = use(9, clock: clock)
      #expect(try await store.commit([.count([later], insteadOf: [uses[2]])]) == [.done])
      #expect(try await store.use(of: main, since: Sample.time(0), on: base()) == [Sample.time(5), Sample.time(9)])
      _ = try await store.commit([.count([], insteadOf: [use(8, clock: clock)]), .count([], insteadOf: [later])])
      #expect(try await store.use(of: main, since: Sample.time(0), on: base()) == [Sample.time(5)])
    },
    Case(name: "test letters have places in the limits, when there is one, and are no message") { store in
      let campaign = try await store.freezeSample(letters: 1)
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 9)
      let clock = try await store.openUse(on: base(), keeping: [:], at: Sample.time(1))
      _ = try await store.commit([Sample.claim(due[0], at: 5, counts: [use(5, clock: clock)])])
      let before = try await store.snapshot(of: campaign)
      // Another process, which has begun when the wall clock stood ten seconds further on.
      let there = base(even: 10, wall: 10)
      #expect(
        try await store.takePlace(of: [main], at: Sample.time(16), since: Sample.time(0), on: there) {
          $0 == [Sample.time(15)]
        })
      #expect(
        try await !store.takePlace(of: [other, main], at: Sample.time(17), since: Sample.time(0), on: there) {
          $0.count < 2
        })
      #expect(
        try await store.takePlace(of: [main], at: Sample.time(14), since: Sample.time(16), on: there) { $0.count < 2 })
      #expect(try await store.use(of: main, since: Sample.time(0), on: base()) == [4, 5, 6].map { Sample.time($0) })
      #expect(try await store.use(of: main, since: Sample.time(6), on: base()) == [Sample.time(6)])
      let counted = try await store.testLetters(of: main, after: 0, on: base())
      #expect(counted.map(\.at) == [Sample.time(6), Sample.time(4)])
      #expect(try await store.testLetters(of: main, after: counted[0].number, on: base()) == [counted[1]])
      #expect(try await store.testLetters(of: other, after: 0, on: base()).isEmpty)
      #expect(try await store.snapshot(of: campaign) == before)
    },
    Case(name: "nothing is claimed or moved by whoever does not know of a test letter") { store in
      let campaign = try await store.freezeSample(letters: 1)
      let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 1)
      let clock = try await store.openUse(on: base(), keeping: [:], at: Sample.time(1))
      for scope in [main, other] {
        #expect(
          try await store.takePlace(of: [scope], at: Sample.time(2), since: Sample.time(0), on: base()) { _ in true })
      }
      let last = try #require(try await store.testLetters(of: main, after: 0, on: base()).last?.number)
      func claim(_ last: Int64) -> StoreChange {
        guard case .claim(var request) = Sample.claim(due[0], at: 5, counts: [use(5, clock: clock)]) else {
          preconditionFailure("a claim")
        }
        request.knowing = KnownTestLetters(scope: main, last: last)
        return .claim(request)
      }
      let moved = StoreChange.count(
        [use(6, clock: clock)], insteadOf: [], knowing: KnownTestLetters(scope: main, last: last - 1))
      #expect(try await store.commit([claim(last - 1), moved]) == [.behind, .behind])
      #expect(try await store.use(of: main, since: Sample.time(0), on: base()) == [Sample.time(2)])
      #expect(try await store.snapshot(of: campaign).messages[.queued] == 1)
      #expect(try await store.commit([claim(last)]).first?.claim != nil)
      #expect(try await store.use(of: main, since: Sample.time(0), on: base()).count == 2)
    },
    Case(name: "on the same start of the machine, use stays where it was however the wall clock was set") { store in
      let clock = try await store.openUse(on: base(even: 0, wall: 0), keeping: [:], at: Sample.time(1))
      _ = try await store.commit([.count([use(100, clock: clock)], insteadOf: [])])
      // The wall clock was set forward by an hour, back by two, between the processes.
      for jump in [3600.0, -7200] {
        let later = base(even: jump, wall: jump)
        #expect(
          try await store.use(of: main, since: .distantPast, on: later) == [Sample.time(100 + jump)])
        #expect(try await store.use(of: main, since: Sample.time(101 + jump), on: later).isEmpty)
      }
    },
    Case(name: "after another start of the machine the wall clock is all there is, as it was set last") { store in
      let clock = try await store.openUse(on: base(even: 0, wall: 0), keeping: [:], at: Sample.time(1))
      _ = try await store.commit([.count([use(100, clock: clock)], insteadOf: [])])
      let later = base("other", even: 500, wall: 500)
      #expect(try await store.use(of: main, since: .distantPast, on: later) == [Sample.time(100)])
      // It had been set forward by a minute while the first process ran.
      try await store.keep([], clock: clock, as: base(even: 0, wall: 60))
      #expect(try await store.use(of: main, since: .distantPast, on: later) == [Sample.time(160)])
      for unknown in [nil, "other"] as [String?] {
        #expect(
          try await store.use(of: main, since: .distantPast, on: base(unknown, even: 7, wall: 7)) == [Sample.time(160)])
      }
    },
    Case(name: "use is kept for as long as the longest window that was asked for") { store in
      let day = 86_400.0
      let clock = try await store.openUse(on: base(), keeping: [main: 30 * day], at: Sample.time(1))
      _ = try await store.commit([
        .count([use(0, clock: clock), use(0, clock: clock, of: other), use(1, clock: clock, of: other)], insteadOf: [])
      ])
      _ = try await store.openUse(on: base(), keeping: [main: 3600], at: Sample.time(29 * day))
      #expect(try await store.use(of: main, since: .distantPast, on: base()).count == 1)
      #expect(try await store.use(of: other, since: .distantPast, on: base()).isEmpty)
      _ = try await store.openUse(on: base(), keeping: [:], at: Sample.time(31 * day))
      #expect(try await store.use(of: main, since: .distantPast, on: base()).isEmpty)
    },
    Case(name: "what was learned is kept in place of what was known before, with its times") { store in
      let clock = try await store.openUse(on: base(), keeping: [:], at: Sample.time(1))
      #expect(try await store.learned(of: main, on: base()) == nil)
      let first = LearnedLimits(
        scope: main, pace: .init(2.5, at: Sample.time(10), lasts: 15.25),
        connections: .init(3, at: Sample.time(11), lasts: 60))
      let second = LearnedLimits(scope: other, letters: .init(20, at: Sample.time(12), lasts: 3600))
      try await store.keep([first, second], clock: clock, as: base())
      #expect(try await store.learned(of: main, on: base()) == first)
      #expect(try await store.learned(of: other, on: base(even: 100, wall: 100))?.letters?.at == Sample.time(112))
      try await store.keep([LearnedLimits(scope: main)], clock: clock, as: base())
      #expect(try await store.learned(of: main, on: base()) == LearnedLimits(scope: main))
    },
    Case(name: "letters that were not tried since a moment do not expire") { store in
      let campaign = try await store.deferredSample(letters: 1, until: [50])
      let since = Sample.time(2000)
      let limit = Sample.time(1000)
      #expect(
        try await store.expire(in: campaign, firstAttemptUntil: limit, triedSince: since, at: Sample.time(2001)) == 0)
      let claims = try await store.claimAll(in: campaign, at: 2002)
      _ = try await store.commit([.record(claims[0], Sample.deferred(until: 2003, at: 2003))])
      #expect(
        try await store.expire(in: campaign, firstAttemptUntil: limit, triedSince: since, at: Sample.time(2004)) == 1)
    },
  ]
}
