import Delivery
import Foundation
import Synchronization

/// The machine's clocks: the wall clock for records, the monotonic one for waiting.
struct SystemClock: DeliveryClock {
  private let startedAt = Self.wholeMilliseconds(Date())
  private let start = ContinuousClock.now

  var now: Date { Self.wholeMilliseconds(Date()) }

  var monotonicNow: Date { startedAt.addingTimeInterval((ContinuousClock.now - start).seconds) }

  func sleep(until moment: Date) async throws {
    let wait = moment.timeIntervalSince(monotonicNow)
    if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
  }

  /// Records keep milliseconds; a time that is read back must be the time that was used.
  private static func wholeMilliseconds(_ date: Date) -> Date {
    Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded(.down) / 1000)
  }
}

/// The clock of a rehearsal: every wait for a retry or a limit is over at once, and the clock shows what it would have
/// shown. A campaign of two days is rehearsed in seconds, with the times it would really have had.
final class SkippingClock: DeliveryClock {
  private let base = SystemClock()
  private let skipped = Mutex<TimeInterval>(0)

  var now: Date { base.now.addingTimeInterval(ahead) }
  var monotonicNow: Date { base.monotonicNow.addingTimeInterval(ahead) }
  private var ahead: TimeInterval { skipped.withLock { $0 } }

  func sleep(until moment: Date) async throws {
    try Task.checkCancellation()
    skipped.withLock { $0 = max($0, moment.timeIntervalSince(base.monotonicNow)) }
    await Task.yield()
  }
}
