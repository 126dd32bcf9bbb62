public import Foundation
public import Queue

/// The clock of a delivery: the only way it learns the time and the only way it waits.
///
/// Two times, because they answer different questions. `now` is the wall clock, for records people read; it may jump.
/// `monotonicNow` starts at the wall clock and then counts evenly, so that a clock set forward hurries no retry and
/// breaks no quota: every due time, lease and limit is measured on it.
public protocol DeliveryClock: Sendable {
  var now: Date { get }
  var monotonicNow: Date { get }
  /// What moments of `monotonicNow` mean to another process; with the wall clock as it is now.
  var base: ClockBase { get }
  /// Returns at `moment` on the monotonic clock or later; throws `CancellationError` when the task is cancelled
  /// meanwhile.
  func sleep(until moment: Date) async throws
  /// A short real wait between two checks for what others may have requested; it takes part in no decision, and a clock
  /// that skips its sleeps waits here all the same. Throws `CancellationError` when the task is cancelled meanwhile.
  func pause(for duration: Duration) async throws
}

extension DeliveryClock {
  /// Where nothing is known of the machine's start.
  public var base: ClockBase {
    let even = Date(timeIntervalSince1970: 0)
    return ClockBase(boot: nil, even: even, wall: even.addingTimeInterval(now.timeIntervalSince(monotonicNow)))
  }

  public func pause(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
