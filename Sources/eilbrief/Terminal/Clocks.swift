import Delivery
import Foundation
import Queue
import Receipts
import Synchronization

/// The machine's clocks: the wall clock for records, the monotonic one for waiting.
struct SystemClock: DeliveryClock {
  private let startedAt = Milliseconds(Date()).date
  private let start = ContinuousClock.now
  private static let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)

  /// Records keep milliseconds; a time that is read back must be the time that was used.
  var now: Date { Milliseconds(Date()).date }

  var monotonicNow: Date { startedAt.addingTimeInterval((ContinuousClock.now - start).seconds) }

  func sleep(until moment: Date) async throws {
    let wait = moment.timeIntervalSince(monotonicNow)
    if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
  }

  var base: ClockBase {
    var up = timespec()
    clock_gettime(CLOCK_BOOTTIME, &up)
    let seconds = -(Double(up.tv_sec) + Double(up.tv_nsec) / 1e9)
    return ClockBase(
      boot: Self.boot, even: monotonicNow.addingTimeInterval(seconds), wall: now.addingTimeInterval(seconds))
  }
}

/// The clock of a rehearsal: every wait for a retry or a limit is over at once, and the clock shows what it would have
/// shown. A campaign of two days is rehearsed in seconds, with the times it would really have had.
final class SkippingClock: DeliveryClock {
  private let machine = SystemClock()
  private let skipped = Mutex<TimeInterval>(0)

  var now: Date { machine.now.addingTimeInterval(ahead) }
  var monotonicNow: Date { machine.monotonicNow.addingTimeInterval(ahead) }
  private var ahead: TimeInterval { skipped.withLock { $0 } }

  func sleep(until moment: Date) async throws {
    try Task.checkCancellation()
    skipped.withLock { $0 = max($0, moment.timeIntervalSince(machine.monotonicNow)) }
    await Task.yield()
  }
}
