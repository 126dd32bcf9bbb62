import Delivery
import Foundation

/// A clock that stands still: who waits for a later moment waits until it is cancelled.
struct StuckClock: DeliveryClock {
  let now = Date(timeIntervalSince1970: 1_800_000_000)
  var monotonicNow: Date { now }

  func sleep(until moment: Date) async throws {
    guard moment > now else { return }
    // Longer than any test may take.
    try await Task.sleep(for: .seconds(86_400))
  }
}
