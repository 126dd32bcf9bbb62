import Foundation

/// The times at which the logs of a relay begin and end, and whether what they do not mention did not happen.
///
/// The rule and its reasons: `docs/decisions/0011-settled-by-the-relay-log.md`.
struct Coverage {
  /// How long before an attempt a log must have begun.
  static let before: TimeInterval = 60
  /// How long after it a log must continue: a relay may take what it has read after the client has gone.
  static let after: TimeInterval = 600
  /// Files of one log follow each other within this time; a longer pause may be a file that is missing.
  static let joint: TimeInterval = 120
  /// Differences between the log's times and ours vary by no more.
  static let clockSpread: TimeInterval = 120

  /// First and last time of one source in one file.
  struct Span: Hashable {
    var first: Date
    var last: Date
  }

  /// The log's evidence of a letter the relay accepted.
  struct Sighting {
    var acceptedAt: Date
    /// Source and time of the line that shows it was taken; nil when there is none.
    var found: (source: [UInt8], time: Date)?
  }

  private struct Source {
    var spans: [Span]
    /// The log's time minus ours: the least and the most.
    var least: TimeInterval
    var most: TimeInterval
  }

  private let sources: [Source]
  private let sightings: [Sighting]
  private let losses: [Date]

  /// - Parameter spans: The spans of every source, one per file, in any order.
  init(sightings: [Sighting], spans: [[UInt8]: [Span]], losses: [Date]) {
    self.sightings = sightings
    self.losses = losses
    var offsets: [[UInt8]: (least: TimeInterval, most: TimeInterval)] = [:]
    for sighting in sightings {
      guard let (source, time) = sighting.found else { continue }
      let offset = time.timeIntervalSince(sighting.acceptedAt)
      let known = offsets[source] ?? (offset, offset)
      offsets[source] = (min(known.least, offset), max(known.most, offset))
    }
    sources = offsets.map { source, offset in
      Source(spans: Self.joined(spans[source] ?? []), least: offset.least, most: offset.most)
    }
  }

  /// Nil when the logs show everything the relay took between `begin` and `end`.
  func gap(from begin: Date, to end: Date) -> LogGap? {
    guard !sightings.isEmpty else { return .noOtherLetters }
    guard !sources.isEmpty else { return .notThisRelay(letters: sightings.count) }
    let from = begin.addingTimeInterval(-Self.before)
    let to = end.addingTimeInterval(Self.after)
    var covering: [Span] = []
    for source in sources {
      let spread = source.most - source.least
      guard spread <= Self.clockSpread else { return .clocks(spread: spread) }
      let wanted = window(from, to, source)
      guard let span = source.spans.first(where: { $0.first <= wanted.first && wanted.last <= $0.last }) else {
        return .notCovered(from: from, to: to)
      }
      if losses.contains(where: { wanted.first <= $0 && $0 <= wanted.last }) { return .linesLost }
      covering.append(
        Span(
          first: span.first.addingTimeInterval(-source.least), last: span.last.addingTimeInterval(-source.most)))
    }
    // A letter that lies within the reach of every log is in one of them.
    let expected = sightings.filter { sighting in
      covering.allSatisfy { $0.first <= sighting.acceptedAt && sighting.acceptedAt <= $0.last }
    }
    let missing = expected.count { $0.found == nil }
    return missing == 0 ? nil : .incomplete(missing: missing, letters: expected.count)
  }

  /// Whether a line of that time may belong to an attempt; false when no clock is known.
  func mayBelong(_ time: Date, from begin: Date, to end: Date) -> Bool {
    sources.contains {
      let wanted = window(
        begin.addingTimeInterval(-Self.slack), end.addingTimeInterval(Self.after), $0)
      return wanted.first <= time && time <= wanted.last
    }
  }

  /// A moment of the log by our clock, the latest it may be.
  func ours(_ time: Date) -> Date {
    time.addingTimeInterval(-(sources.map(\.least).min() ?? 0))
  }

  /// True when every clock is known and keeps its distance to ours.
  var hasOneClock: Bool { !sources.isEmpty && sources.allSatisfy { $0.most - $0.least <= Self.clockSpread } }

  /// The number of letters that were found.
  var found: Int { sightings.count { $0.found != nil } }

  /// Allows for stamps without fractions, and for the moment between claim and first byte.
  private static let slack: TimeInterval = 2

  /// A span of our clock as the source's clock may show it, at its widest.
  private func window(_ from: Date, _ to: Date, _ source: Source) -> Span {
    Span(first: from.addingTimeInterval(source.least), last: to.addingTimeInterval(source.most))
  }

  /// Spans that overlap, or follow each other closely, are one.
  static func joined(_ spans: [Span]) -> [Span] {
    var result: [Span] = []
    for span in spans.sorted(by: { ($0.first, $0.last) < ($1.first, $1.last) }) {
      if let last = result.last, span.first.timeIntervalSince(last.last) <= joint {
        result[result.count - 1].last = max(last.last, span.last)
      } else {
        result.append(span)
      }
    }
    return result
  }
}
