import Campaigns
import Delivery
import Foundation
import Testing

@Suite struct RetryScheduleTests {
  private let schedule = RetrySchedule(
    delays: [.seconds(1800)] + Array(repeating: .seconds(3600), count: 3)
      + Array(repeating: .seconds(14_400), count: 6),
    giveUpAfter: .seconds(4 * 86_400))
  private let start = Date(timeIntervalSince1970: 1_800_000_000)

  @Test func followsTheSchedule() {
    let delays = (1...12).map { schedule.delay(after: $0, jitter: 0) }
    #expect(
      delays == [1800, 3600, 3600, 3600, 14_400, 14_400, 14_400, 14_400, 14_400, 14_400, 14_400, 14_400])
  }

  @Test func jitterLengthensByATenthAtMost() {
    #expect(schedule.delay(after: 1, jitter: 0.5) == 1800 * 1.05)
    #expect(schedule.delay(after: 1, jitter: 0.999_999) < 1800 * 1.1)
  }

  @Test func neverGoesBeyondTheGiveUpTime() {
    let late = start.addingTimeInterval(4 * 86_400 - 60)
    #expect(
      schedule.next(after: 9, at: late, firstAttemptAt: start, jitter: 0.9) == start.addingTimeInterval(4 * 86_400))
  }

  /// Followed to the end, the attempts span the give-up time and stop there.
  @Test func endsAtTheGiveUpTime() {
    var now = start
    var attempts = 0
    while now < schedule.expiry(firstAttemptAt: start) {
      attempts += 1
      now = schedule.next(after: attempts, at: now, firstAttemptAt: start, jitter: 0.3)
    }
    #expect(now == schedule.expiry(firstAttemptAt: start))
    #expect((20...40).contains(attempts))
  }
}
