import Campaigns
import Delivery
import Foundation
import TestSupport
import Testing

@Suite struct RateLimiterTests {
  private let start = Date(timeIntervalSince1970: 1_800_000_000)

  @Test func noLimitNeverWaits() {
    var limiter = RateLimiter(limits: [])
    for _ in 0..<1000 {
      #expect(limiter.next(at: start) == start)
      limiter.take(at: start)
    }
  }

  @Test func aBurstThenOneWindow() {
    var limiter = RateLimiter(limits: [RateLimit(count: 300, window: .seconds(3600))])
    for _ in 0..<300 {
      #expect(limiter.next(at: start) == start)
      limiter.take(at: start)
    }
    let next = limiter.next(at: start)
    #expect(next >= start.addingTimeInterval(3600) && next <= start.addingTimeInterval(3601))
  }

  @Test func useBeforeARestartCounts() {
    let past = (0..<300).map { start.addingTimeInterval(Double($0)) }
    var limiter = RateLimiter(limits: [RateLimit(count: 300, window: .seconds(3600))], past: past)
    #expect(limiter.next(at: start.addingTimeInterval(400)) >= start.addingTimeInterval(3600))
  }

  @Test func whatIsLeftIsWhatMayStillGo() throws {
    var free = RateLimiter(limits: [])
    #expect(free.left(at: start) == nil)
    var limiter = RateLimiter(limits: ["300/h", "5/min"].map { RateLimit($0)! }, past: [start, start])
    #expect(limiter.left(at: start) == 3)
    for _ in 0..<3 { limiter.take(at: start) }
    #expect(limiter.left(at: start) == 0)
    #expect(limiter.left(at: start.addingTimeInterval(90)) == 5, "the minute is over, the hour is not the tightest")
    var hour = RateLimiter(limits: [RateLimit("300/h")!], past: [start, start])
    #expect(
      hour.left(at: start.addingTimeInterval(3500)) == 298 && hour.left(at: start.addingTimeInterval(3700)) == 300)
    // By the host's clock: 1,800,000,000 is 08:00 UTC.
    var day = RateLimiter(limits: [RateLimit("10/d@00:00 UTC")!], past: [start.addingTimeInterval(-86_400), start])
    #expect(day.left(at: start) == 9 && day.left(at: start.addingTimeInterval(17 * 3600)) == 10)
  }

  @Test func memoryIsTheLongestWindow() {
    let limits = [RateLimit(count: 1, window: .seconds(3600)), RateLimit(count: 9, window: .seconds(86_400))]
    // A place counts from the relay's answer, by 0.5 % of the window at most.
    #expect(abs(RateLimiter.memory(of: limits) - 86_401 * 1.005) < 1e-6)
  }

  /// In every sliding window of every limit, over arrivals of all kinds and a restart in the middle.
  @Test(arguments: 1...20) func noWindowHoldsMoreThanItsLimit(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let limits = [
      RateLimit(count: Int.random(in: 1...5, using: &random), window: .seconds(1)),
      RateLimit(count: Int.random(in: 5...50, using: &random), window: .seconds(60)),
      RateLimit(count: Int.random(in: 50...400, using: &random), window: .seconds(3600)),
    ]
    var limiter = RateLimiter(limits: limits)
    var now = start
    var sent: [Date] = []
    for number in 0..<2000 {
      now += Double.random(in: 0...1, using: &random) < 0.1 ? Double.random(in: 0...120, using: &random) : 0
      let moment = limiter.next(at: now)
      limiter.take(at: moment)
      #expect(moment >= now && moment >= sent.last ?? moment)
      sent.append(moment)
      if number == 1000 { limiter = RateLimiter(limits: limits, past: sent) }
    }
    for limit in limits where sent.count > limit.count {
      for first in 0..<(sent.count - limit.count) {
        #expect(sent[first + limit.count].timeIntervalSince(sent[first]) >= limit.window.seconds)
      }
    }
  }
}
