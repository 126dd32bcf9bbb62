import Delivery
import Foundation
import Synchronization

/// The clock of a rehearsal: every wait for a retry or a limit is over at once, and the clock shows what it would have
/// shown. A campaign of two days is rehearsed in seconds, with the times it would really have had.
final class SkippingTimekeeper: Timekeeper {
  private let base = SystemTimekeeper()
  private let skipped = Mutex<TimeInterval>(0)

  var now: Date { base.now.addingTimeInterval(ahead) }
  var steady: Date { base.steady.addingTimeInterval(ahead) }

  private var ahead: TimeInterval { skipped.withLock { $0 } }

  func sleep(until moment: Date) async throws {
    try Task.checkCancellation()
    skipped.withLock { $0 = max($0, moment.timeIntervalSince(base.steady)) }
    await Task.yield()
  }
}
