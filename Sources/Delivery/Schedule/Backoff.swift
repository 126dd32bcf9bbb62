import Foundation

/// Doubling waits: `first`, twice that, … up to `most`; success starts again.
struct Backoff: Sendable, Hashable {
  let first: TimeInterval
  let most: TimeInterval
  private(set) var failures = 0

  init(first: TimeInterval, most: TimeInterval) {
    self.first = first
    self.most = most
  }

  /// Counts one more failure and says how long to wait for it.
  mutating func fail() -> TimeInterval {
    defer { failures += 1 }
    return min(most, first * pow(2, Double(min(failures, 30))))
  }

  mutating func succeed() { failures = 0 }
}
