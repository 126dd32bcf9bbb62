import Foundation
import Queue

/// The pace a relay was found to allow: none until it throttles, then a little less than what it took.
///
/// Pure value. What a throttle has taught is believed for a while: the pace stays just below it, then rises beyond it,
/// slowly at first and faster the longer the relay says nothing. A relay that throttles again at about the same pace is
/// believed for twice as long; one that takes much more has changed its mind, and is not believed for long.
struct LearnedPace: Sendable {
  /// The pace at which the relay throttled last, in letters per second; nil when nothing is known.
  private(set) var ceiling: Double?
  /// When it did.
  private var throttledAt = Date.distantPast
  /// Seconds for which the ceiling is believed.
  private var belief = Self.shortestBelief
  /// The last moments at which the relay took a letter.
  private var accepted: [Date] = []
  private var last: Date?

  private static let kept = 4096
  /// The slowest pace: one letter a minute.
  private static let slowest = 1.0 / 60
  private static let shortestBelief: TimeInterval = 15
  private static let longestBelief: TimeInterval = 60

  init() {}

  /// As it was left, by this process or another: what it has taught is believed as if that had gone on.
  init(_ learned: LearnedLimits.Learned<Double>?) {
    guard let learned else { return }
    ceiling = max(Self.slowest, learned.value)
    throttledAt = learned.at
    belief = min(max(learned.lasts, Self.shortestBelief), Self.longestBelief)
  }

  /// What is to be remembered.
  var learned: LearnedLimits.Learned<Double>? { ceiling.map { .init($0, at: throttledAt, lasts: belief) } }

  /// Letters per second; nil when nothing is known.
  func rate(at now: Date) -> Double? {
    guard let ceiling else { return nil }
    let beyond = max(0, now.timeIntervalSince(throttledAt) - belief) / Self.shortestBelief
    return max(Self.slowest, ceiling * (0.96 + beyond * beyond * beyond))
  }

  /// The earliest moment for the next letter.
  func next(at now: Date) -> Date {
    guard let rate = rate(at: now), let last else { return now }
    return max(now, last.addingTimeInterval(1 / rate))
  }

  mutating func take(at moment: Date) { last = moment }

  mutating func noteAccepted(at now: Date) {
    accepted.append(now)
    if accepted.count > 2 * Self.kept { accepted.removeFirst(accepted.count - Self.kept) }
  }

  mutating func throttle(at now: Date) {
    if let ceiling, let rate = rate(at: now) {
      let passed = now.timeIntervalSince(throttledAt)
      // Before the belief's end the whole time since was too much, pauses and all. Beyond it, only the last seconds were.
      let taken =
        passed > belief ? max(ceiling, self.taken(in: 10, before: now)) : self.taken(in: max(1, passed), before: now)
      belief = rate <= ceiling * 1.25 ? min(belief * 2, Self.longestBelief) : Self.shortestBelief
      // What was found before is not forgotten for a pause.
      self.ceiling = max(Self.slowest, min(rate, max(taken, min(rate, ceiling) / 2)))
    } else {
      // Of longer windows nobody knows whether there were letters all the time.
      let taken = [1, 10].map { self.taken(in: $0, before: now) }.max() ?? 0
      ceiling = taken > 0 ? max(Self.slowest, taken) : nil
    }
    throttledAt = now
  }

  /// Letters per second that the relay took in the last `window` seconds.
  private func taken(in window: TimeInterval, before now: Date) -> Double {
    Double(accepted.reversed().prefix { $0 > now.addingTimeInterval(-window) }.count) / window
  }
}
