import Campaigns
import Delivery
import Foundation
import TestSupport
import Testing

/// Places that are given back, settled, spread, and counted by a host's clock.
@Suite struct LimitPlacesTests {
  private let start = Date(timeIntervalSince1970: 1_800_000_000)

  private func berlin() throws -> TimeZone { try #require(TimeZone(identifier: "Europe/Berlin")) }

  private func date(_ text: String) throws -> Date {
    let date = ISO8601DateFormatter().date(from: text)
    return try #require(date)
  }

  /// Sends as fast as the limiter lets it, until `end`.
  private func sent(
    _ limiter: inout RateLimiter, from begin: Date, until end: Date, takes seconds: TimeInterval = 0,
    late: (Int) -> TimeInterval = { _ in 0 }
  ) -> [Date] {
    var sent: [Date] = []
    var now = begin
    while true {
      now = max(now, limiter.next(at: now)).addingTimeInterval(late(sent.count))
      guard now < end else { return sent }
      let place = limiter.take(at: now)
      limiter.settle(place, at: now.addingTimeInterval(seconds))
      sent.append(now)
    }
  }

  @Test func aPlaceThatIsGivenBackIsFreeAtOnce() {
    var limiter = RateLimiter(limits: [RateLimit(count: 2, window: .seconds(3600))])
    let first = limiter.take(at: start)
    _ = limiter.take(at: start)
    #expect(limiter.next(at: start) > start)
    limiter.giveBack(first)
    #expect(limiter.next(at: start) == start)
    _ = limiter.take(at: start)
    #expect(limiter.next(at: start) >= start.addingTimeInterval(3600))
  }

  /// Whatever is given back, what was used is in no window more than its limit; and all of it can be used.
  @Test(arguments: 1...20) func whatIsGivenBackCountsInNoWindow(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let limits = [
      RateLimit(count: Int.random(in: 1...9, using: &random), window: .seconds(10)),
      RateLimit(count: Int.random(in: 10...100, using: &random), window: .seconds(600)),
    ]
    var limiter = RateLimiter(limits: limits, spread: seed % 2 == 0)
    var used: [Date] = []
    var now = start
    for _ in 0..<3000 {
      now = limiter.next(at: now)
      let place = limiter.take(at: now)
      if Int.random(in: 0..<3, using: &random) == 0 {
        limiter.giveBack(place)
      } else {
        used.append(now)
        limiter.settle(place, at: now.addingTimeInterval(Double.random(in: 0...0.02, using: &random)))
      }
    }
    for limit in limits where used.count > limit.count {
      for first in 0..<(used.count - limit.count) {
        #expect(used[first + limit.count].timeIntervalSince(used[first]) >= limit.window.seconds)
      }
    }
    let span = now.timeIntervalSince(start)
    let allowed = limits.map { Double($0.count) * span / $0.window.seconds }.min() ?? 0
    #expect(Double(used.count) >= 0.98 * allowed - 1)
  }

  @Test(arguments: [(3, 1), (300, 3600), (5000, 86_400), (20, 60), (10, 1)], [false, true])
  func atLeast98of100PlacesAreUsed(_ limit: (count: Int, window: Int), spread: Bool) {
    var limiter = RateLimiter(
      limits: [RateLimit(count: limit.count, window: .seconds(limit.window))], spread: spread)
    let windows = 20.0
    let end = start.addingTimeInterval(windows * Double(limit.window))
    // Each letter takes a while, and timers are late by a millisecond.
    let sent = sent(&limiter, from: start, until: end, takes: 0.3, late: { $0 % 3 == 0 ? 0.001 : 0 })
    #expect(Double(sent.count) >= 0.98 * windows * Double(limit.count))
  }

  @Test func lettersThatAreSpreadLeaveEvenly() {
    let limits = [RateLimit(count: 300, window: .seconds(3600)), RateLimit(count: 10, window: .seconds(1))]
    var limiter = RateLimiter(limits: limits, spread: true)
    let sent = sent(&limiter, from: start, until: start.addingTimeInterval(7200))
    let gaps = zip(sent.dropFirst(), sent).map { $0.timeIntervalSince($1) }
    #expect(sent.first == start)
    #expect(gaps.allSatisfy { $0 > 11.9 && $0 < 12.3 })
    // After a while without letters there is no burst.
    let pause = start.addingTimeInterval(20_000)
    _ = limiter.take(at: limiter.next(at: pause))
    _ = limiter.take(at: limiter.next(at: pause))
    #expect(limiter.next(at: pause).timeIntervalSince(pause) > 11)
    // Nor after a restart.
    var next = RateLimiter(limits: limits, spread: true, past: [start])
    #expect(next.next(at: start.addingTimeInterval(1)).timeIntervalSince(start) > 11.9)
  }

  /// A relay that counts what it accepts sees a slow letter later than a fast one.
  @Test func aSlowLetterCountsFromItsAnswer() {
    var limiter = RateLimiter(limits: [RateLimit(count: 1, window: .seconds(3600))])
    let place = limiter.take(at: start)
    limiter.settle(place, at: start.addingTimeInterval(12))
    #expect(limiter.next(at: start) >= start.addingTimeInterval(3612))
  }

  @Test func aLetterThatLeavesLateHasAnotherPlace() {
    var limiter = RateLimiter(limits: [RateLimit(count: 1, window: .seconds(60))])
    let place = limiter.take(at: start)
    let moved = limiter.move(place, to: start.addingTimeInterval(9))
    #expect(limiter.next(at: start) >= start.addingTimeInterval(69))
    limiter.giveBack(moved)
    #expect(limiter.next(at: start.addingTimeInterval(9)) == start.addingTimeInterval(9))
  }

  /// Ten million places in a day need no more memory than some thousands, and stay exact enough.
  @Test func largeLimitsAreKeptInFewEntries() {
    var limiter = RateLimiter(limits: [RateLimit(count: 1_000_000, window: .seconds(86_400))])
    for number in 0..<1_000_000 { _ = limiter.take(at: start.addingTimeInterval(Double(number) * 0.05)) }
    let next = limiter.next(at: start.addingTimeInterval(50_000))
    #expect(next >= start.addingTimeInterval(86_400) && next < start.addingTimeInterval(86_460))
    #expect(MemoryLayout<RateLimiter>.size < 200)
  }

  // MARK: By the host's clock

  /// How many letters a host counts in each of its windows, by what its clock shows.
  private func counted(_ sent: [Date], _ limit: RateLimit, _ start: WindowStart, skew: TimeInterval) -> [Int: Int] {
    var counted: [Int: Int] = [:]
    for moment in sent {
      let shown = moment.addingTimeInterval(skew)
      let local = shown.timeIntervalSince1970 + Double(start.zone.secondsFromGMT(for: shown))
      counted[Int(((local - Double(start.minutes) * 60) / limit.window.seconds).rounded(.down)), default: 0] += 1
    }
    return counted
  }

  /// Over the days on which clocks change, by a host whose clock is a little wrong.
  @Test(arguments: ["2026-10-24T10:00:00Z", "2027-03-27T10:00:00Z", "2026-11-23T10:00:00Z"], [0, 150, 180, 1439])
  func noDayOfTheHostHasMoreThanItsLimit(_ day: String, _ minutes: Int) throws {
    let start = try WindowStart(minutes: minutes, zone: berlin())
    let limit = RateLimit(count: 500, window: .seconds(86_400), start: start)
    var limiter = RateLimiter(limits: [limit])
    let begin = try date(day)
    // One every 20 seconds is more than the limit allows.
    let sent = sent(&limiter, from: begin, until: begin.addingTimeInterval(4 * 86_400), takes: 0.5, late: { _ in 20 })
    for skew in [-2.5, 0, 2.5] {
      let counted = counted(sent, limit, start, skew: skew)
      #expect((counted.values.max() ?? 0) <= 500)
      #expect(counted.values.sorted().dropFirst(2).allSatisfy { $0 >= 490 }, "\(counted)")
    }
  }

  @Test func noHourOfTheHostHasMoreThanItsLimit() throws {
    let start = try WindowStart(minutes: 15, zone: berlin())
    let limit = RateLimit(count: 30, window: .seconds(3600), start: start)
    var limiter = RateLimiter(limits: [limit])
    let begin = try date("2026-10-24T20:00:00Z")
    let sent = sent(&limiter, from: begin, until: begin.addingTimeInterval(12 * 3600), takes: 0.5)
    for skew in [-2.5, 0, 2.5] {
      #expect((counted(sent, limit, start, skew: skew).values.max() ?? 0) <= 30)
    }
    // The hour that is there twice is one; of the thirteen touched, all the others are used.
    #expect(sent.count >= 12 * 30)
  }

  /// A letter that is on its way over the boundary may be counted after it.
  @Test func aLetterOverTheBoundaryCountsOnBothSides() throws {
    let start = try WindowStart(minutes: 0, zone: berlin())
    var limiter = RateLimiter(limits: [RateLimit(count: 1, window: .seconds(3600), start: start)])
    let boundary = try date("2026-11-23T11:00:00Z")
    let place = limiter.take(at: boundary.addingTimeInterval(-30))
    // Nobody knows yet.
    #expect(limiter.next(at: boundary.addingTimeInterval(10)) > boundary.addingTimeInterval(10))
    limiter.settle(place, at: boundary.addingTimeInterval(11))
    #expect(limiter.next(at: boundary.addingTimeInterval(12)) >= boundary.addingTimeInterval(3600))
    var other = RateLimiter(limits: [RateLimit(count: 1, window: .seconds(3600), start: start)])
    other.settle(other.take(at: boundary.addingTimeInterval(-30)), at: boundary.addingTimeInterval(-29))
    #expect(other.next(at: boundary.addingTimeInterval(12)) == boundary.addingTimeInterval(12))
  }

  @Test func aClockThatIsSetFreesNoPlace() throws {
    let start = try WindowStart(minutes: 0, zone: berlin())
    var limiter = RateLimiter(limits: [RateLimit(count: 2, window: .seconds(86_400), start: start)])
    let noon = try date("2026-11-23T11:00:00Z")
    for _ in 0..<2 { limiter.settle(limiter.take(at: limiter.next(at: noon)), at: noon) }
    let later = noon.addingTimeInterval(60)
    #expect(limiter.next(at: later, wallAhead: 86_400) > later.addingTimeInterval(3600))
    #expect(limiter.next(at: later, wallAhead: -86_400) > later.addingTimeInterval(3600))
  }
}

/// When letters may leave.
@Suite struct SendingHoursTests {
  private func hours(_ from: Int, _ until: Int) throws -> SendingHours {
    SendingHours(from: from, until: until, zone: try #require(TimeZone(identifier: "Europe/Berlin")))
  }

  private func date(_ text: String) throws -> Date { try #require(ISO8601DateFormatter().date(from: text)) }

  @Test func duringTheDay() throws {
    let hours = try hours(420, 1200)
    #expect(try hours.contains(date("2026-11-23T06:00:00Z")))
    #expect(try hours.contains(date("2026-11-23T18:59:59Z")))
    #expect(try hours.opening(at: date("2026-11-23T19:00:00Z")) == date("2026-11-24T06:00:00Z"))
    #expect(try hours.opening(at: date("2026-11-23T05:59:59Z")) == date("2026-11-23T06:00:00Z"))
    #expect(try hours.beginning(at: date("2026-11-23T12:00:00Z")) == date("2026-11-23T06:00:00Z"))
    #expect(try hours.beginning(at: date("2026-11-23T22:00:00Z")) == nil)
  }

  @Test func pastMidnight() throws {
    let hours = try hours(1320, 360)
    #expect(try hours.contains(date("2026-11-23T21:00:00Z")))
    #expect(try hours.contains(date("2026-11-24T04:59:00Z")))
    #expect(try hours.opening(at: date("2026-11-24T05:00:00Z")) == date("2026-11-24T21:00:00Z"))
    #expect(try hours.beginning(at: date("2026-11-24T01:00:00Z")) == date("2026-11-23T21:00:00Z"))
    #expect(try hours.contains(date("2026-11-23T22:59:59Z")) && hours.contains(date("2026-11-23T23:00:00Z")))
  }

  @Test func untilMidnightAndAllDay() throws {
    #expect(try hours(420, 1440).contains(date("2026-11-23T22:59:59Z")))
    #expect(try !hours(420, 1440).contains(date("2026-11-23T23:00:00Z")))
    #expect(try hours(420, 420).contains(date("2026-11-23T23:00:00Z")))
    #expect(try hours(0, 1440).opening(at: date("2026-10-25T01:00:00Z")) == nil)
  }

  /// Clocks are set forward at 2:00 to 3:00, back at 3:00 to 2:00: the hours are as short as they can be meant.
  @Test func whenClocksChange() throws {
    let early = try hours(150, 240)
    #expect(try early.opening(at: date("2027-03-28T00:00:00Z")) == date("2027-03-28T01:30:00Z"))
    #expect(try early.opening(at: date("2026-10-24T23:00:00Z")) == date("2026-10-25T01:30:00Z"))
    let late = try hours(60, 150)
    #expect(try late.contains(date("2026-10-25T00:29:59Z")))
    #expect(try !late.contains(date("2026-10-25T00:30:00Z")))
    // The day after, everything is as usual.
    #expect(try hours(420, 1200).opening(at: date("2026-10-25T05:00:00Z")) == date("2026-10-25T06:00:00Z"))
    #expect(try hours(420, 1200).opening(at: date("2027-03-28T04:00:00Z")) == date("2027-03-28T05:00:00Z"))
  }
}
