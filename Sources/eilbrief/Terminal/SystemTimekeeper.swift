import Delivery
import Foundation

/// The machine's clocks: the wall clock for records, the steady one for waiting.
struct SystemTimekeeper: Timekeeper {
  private let startedAt = Self.wholeMilliseconds(Date())
  private let start = ContinuousClock.now

  var now: Date { Self.wholeMilliseconds(Date()) }

  var steady: Date { startedAt.addingTimeInterval((ContinuousClock.now - start).seconds) }

  func sleep(until moment: Date) async throws {
    let wait = moment.timeIntervalSince(steady)
    if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
  }

  /// Records keep milliseconds; a time that is read back must be the time that was used.
  private static func wholeMilliseconds(_ date: Date) -> Date {
    Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded(.down) / 1000)
  }
}
