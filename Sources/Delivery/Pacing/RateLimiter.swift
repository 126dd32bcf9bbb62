public import Campaigns
public import Foundation

/// Keeps a relay's limits: no window of a limit's length holds more messages than the limit allows.
///
/// Pure value: callers ask for the next moment, wait for it, and take it. It owns the times of the last sendings, as
/// many as the largest limit counts, and starts with those the store remembers, so a restart gains nothing.
public struct RateLimiter: Sendable {
  private let limits: [Window]
  private var times: [Date]
  private let kept: Int

  private struct Window {
    var count: Int
    var length: TimeInterval
  }

  /// The relay counts a message when it arrives there, a little after it was counted here: windows are lengthened
  /// by 2 %, by a second at most.
  private static func padded(_ length: TimeInterval) -> TimeInterval { length + min(1, length * 0.02) }

  /// - Parameter past: times of earlier sendings, ascending.
  public init(limits: [RateLimit], past: [Date] = []) {
    self.limits = limits.map { Window(count: $0.count, length: Self.padded($0.window.seconds)) }
    kept = limits.map(\.count).max() ?? 0
    times = Array(past.suffix(kept))
  }

  /// The longest window: sendings before it no longer count.
  public static func memory(of limits: [RateLimit]) -> TimeInterval {
    limits.map { padded($0.window.seconds) }.max() ?? 0
  }

  /// Counts one message at `moment`, which is not before ``next(at:)``.
  public mutating func take(at moment: Date) {
    guard kept > 0 else { return }
    times.append(moment)
    // Cut rarely: removing from the front moves the rest.
    if times.count > 2 * kept { times.removeFirst(times.count - kept) }
  }

  /// The earliest moment, `now` or later, at which one more message may go.
  public func next(at now: Date) -> Date {
    var moment = max(now, times.last ?? now)
    for limit in limits where times.count >= limit.count {
      moment = max(moment, times[times.count - limit.count].addingTimeInterval(limit.length))
    }
    return moment
  }
}
