import Foundation
import Synchronization

/// How far the wall clock has been behind the monotonic one at most since a delivery began.
///
/// First attempts are recorded by the wall clock; if it was set back since the delivery began, they look older than they
/// are, and letters are given up as much later. All schedulers of a delivery share it: a letter that the canary has tried
/// while the clock was set back is given up by a later one.
final class ClockSetback: Sendable {
  private let most = Mutex<TimeInterval>(0)

  /// In whole seconds.
  var seconds: TimeInterval { most.withLock { $0 } }

  /// The clocks as they were at one moment.
  func note(wall: Date, monotonic: Date) {
    let behind = monotonic.timeIntervalSince(wall)
    // The clocks are never read at the same moment: less than a second says nothing.
    guard behind > 1 else { return }
    most.withLock { $0 = max($0, behind.rounded(.up)) }
  }
}
