import Foundation

/// How long a relay in trouble is left alone before the next try: doubling at first, then a share of the time that the
/// trouble has lasted, so that no return is noticed much later than it could be, and no trouble is asked after often.
///
/// Pure value.
struct Patience: Sendable {
  /// Seconds after the first failure.
  let first: TimeInterval
  /// Seconds up to which the waits double.
  let early: TimeInterval
  /// Of the time the trouble has lasted.
  let share: Double
  /// Seconds at most.
  let most: TimeInterval
  private(set) var failures = 0
  /// When the trouble began.
  private(set) var since: Date?
  private var lastFailure: Date?

  init(first: TimeInterval, early: TimeInterval, share: Double, most: TimeInterval) {
    self.first = first
    self.early = early
    self.share = share
    self.most = most
  }

  /// Counts one more failure and returns the moment of the next try.
  mutating func fail(at now: Date) -> Date {
    // Of a time in which nobody tried, nobody knows whether the trouble lasted.
    if let lastFailure, now.timeIntervalSince(lastFailure) > 2 * most + 60 { since = nil }
    lastFailure = now
    let since = since ?? now
    self.since = since
    let wait = max(min(early, first * pow(2, Double(min(failures, 30)))), now.timeIntervalSince(since) * share)
    failures += 1
    return now.addingTimeInterval(min(most, wait))
  }

  /// It has ended for now: the next time counts from its own beginning, and is believed sooner.
  mutating func noteEnd() { since = nil }

  mutating func succeed() {
    failures = 0
    since = nil
  }
}
