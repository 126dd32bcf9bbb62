import Delivery
import Foundation
import Synchronization

/// A clock that stands still until somebody waits, and then is there at once.
final class TestTimekeeper: Timekeeper {
  private let moment: Mutex<Date>
  /// What the wall clock is off by, for a clock that jumps.
  private let jump = Mutex<TimeInterval>(0)

  init(_ start: Date = Date(timeIntervalSince1970: 1_800_000_000)) { moment = Mutex(start) }

  var now: Date { steady.addingTimeInterval(jump.withLock { $0 }) }
  var steady: Date { moment.withLock { $0 } }

  func setWallClock(by seconds: TimeInterval) { jump.withLock { $0 = seconds } }

  func sleep(until target: Date) async throws {
    try Task.checkCancellation()
    moment.withLock { $0 = max($0, target) }
    await Task.yield()
  }
}
