import Foundation

/// The pace a relay was found to allow: none until it throttles, then a little less than what it took.
///
/// Pure value. Each throttling lowers the pace to nine tenths of the fastest that the relay kept up over a second, ten
/// seconds, a minute or five; from then on it rises slowly towards the pace at which it was throttled, and beyond that
/// more slowly still.
struct LearnedPace: Sendable {
  /// Letters per second; nil when nothing is known.
  private(set) var rate: Double?
  /// The pace at which the relay throttled last.
  private var ceiling = Double.infinity
  private var accepted: [Date] = []
  private var last: Date?
  private var raisedAt: Date?

  private static let windows: [TimeInterval] = [1, 10, 60, 300]
  private static let kept = 4096
  /// The slowest pace: one letter a minute.
  private static let slowest = 1.0 / 60

  /// The earliest moment for the next letter.
  func next(at now: Date) -> Date {
    guard let rate, let last else { return now }
    return max(now, last.addingTimeInterval(1 / rate))
  }

  mutating func take(at moment: Date) {
    last = moment
    raise(at: moment)
  }

  mutating func noteAccepted(at now: Date) {
    accepted.append(now)
    if accepted.count > 2 * Self.kept { accepted.removeFirst(accepted.count - Self.kept) }
  }

  mutating func throttle(at now: Date) {
    let taken =
      Self.windows.map { window in
        Double(accepted.reversed().prefix { $0 > now.addingTimeInterval(-window) }.count) / window
      }.max() ?? 0
    if let rate {
      ceiling = rate
      // What was found before is not forgotten for a burst.
      self.rate = max(Self.slowest, min(rate * 0.9, max(taken * 0.9, rate * 0.5)))
    } else if taken > 0 {
      rate = max(Self.slowest, taken * 0.9)
    }
    raisedAt = now
  }

  /// Up to nine tenths and a half of the ceiling by 2 % a second, beyond it by 2 % a minute.
  private mutating func raise(at now: Date) {
    guard let rate, let raisedAt else { return }
    let seconds = now.timeIntervalSince(raisedAt)
    guard seconds >= 1 else { return }
    self.raisedAt = now
    let limit = ceiling * 0.95
    self.rate = rate < limit ? min(limit, rate * pow(1.02, seconds)) : rate * pow(1.02, seconds / 60)
  }
}
