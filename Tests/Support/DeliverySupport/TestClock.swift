public import Delivery
public import Foundation
import Synchronization

/// A clock that stands still until somebody waits, and then is there at once.
public final class TestClock: DeliveryClock {
  private let moment: Mutex<Date>
  /// What the wall clock is off by, for a clock that jumps.
  private let jump = Mutex<TimeInterval>(0)

  public init(_ start: Date = Date(timeIntervalSince1970: 1_800_000_000)) { moment = Mutex(start) }

  public var now: Date { monotonicNow.addingTimeInterval(jump.withLock { $0 }) }
  public var monotonicNow: Date { moment.withLock { $0 } }

  public func setWallClock(by seconds: TimeInterval) { jump.withLock { $0 = seconds } }

  /// Lets time pass on both clocks.
  public func advance(by seconds: TimeInterval) { moment.withLock { $0 = $0.addingTimeInterval(seconds) } }

  public func sleep(until target: Date) async throws {
    try Task.checkCancellation()
    moment.withLock { $0 = max($0, target) }
    await Task.yield()
  }
}
