import Foundation

/// The times at which the logs of a relay begin and end, and whether what they do not mention did not happen.
///
/// The rule and its reasons: `docs/decisions/0011-settled-by-the-relay-log.md` and `0024-a-line-needs-an-identity.md`.
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
    /// When the first and the last letter found in it were accepted, by our clock.
    var earliest: Date
    var latest: Date

    /// A span of our clock as the source's clock may show it, at its widest.
    func window(_ from: Date, _ to: Date) -> Span {
      Span(first: from.addingTimeInterval(least), last: to.addingTimeInterval(most))
    }
  }

  private let sources: [[UInt8]: Source]
  private let sightings: [Sighting]
  private let losses: [Date]

  /// - Parameter spans: The spans of every source, one per file, in any order.
  init(sightings: [Sighting], spans: [[UInt8]: [Span]], losses: [Date]) {
    self.sightings = sightings
    self.losses = losses
    var sources: [[UInt8]: Source] = [:]
    for sighting in sightings {
      guard let (name, time) = sighting.found else { continue }
      let (offset, at) = (time.timeIntervalSince(sighting.acceptedAt), sighting.acceptedAt)
      var source =
        sources[name]
        ?? Source(spans: Self.joined(spans[name] ?? []), least: offset, most: offset, earliest: at, latest: at)
      (source.least, source.most) = (min(source.least, offset), max(source.most, offset))
      (source.earliest, source.latest) = (min(source.earliest, at), max(source.latest, at))
      sources[name] = source
    }
    self.sources = sources
  }

  /// Nil when the logs show everything the relay took of an attempt between `begin` and `end`, and of what it began to
  /// read until `last`.
  func gap(from begin: Date, to end: Date, last: Date) -> LogGap? {
    guard !sightings.isEmpty else { return .noOtherLetters }
    guard !sources.isEmpty else { return .notThisRelay(letters: sightings.count) }
    let from = begin.addingTimeInterval(-Self.before)
    let to = max(end, last).addingTimeInterval(Self.after)
    var covering: [Span] = []
    for source in sources.values {
      let spread = source.most - source.least
      guard spread <= Self.clockSpread else { return .clocks(spread: spread) }
      let wanted = source.window(from, to)
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
    guard missing == 0 else { return .incomplete(missing: missing, letters: expected.count) }
    // A log of which the middle was cut out, or which ended and began again, has none on one side.
    guard sources.values.allSatisfy({ $0.earliest <= begin }) else { return .noLetterBefore }
    guard sources.values.allSatisfy({ $0.latest >= end }) else { return .noLetterAfter }
    return nil
  }

  /// Whether a line of that time may belong to an attempt. Where no letter was found in the source, its clock may be in
  /// any time zone. Without a source, the clocks of all sources count.
  func mayBelong(_ time: Date, in source: [UInt8]? = nil, from begin: Date, to end: Date) -> Bool {
    let (from, to) = (begin.addingTimeInterval(-Self.slack), end.addingTimeInterval(Self.after))
    let known = source.map { sources[$0].map { [$0] } ?? [] } ?? Array(sources.values)
    guard !known.isEmpty, hasOneClock else {
      return from.addingTimeInterval(-Self.anyZone) <= time && time <= to.addingTimeInterval(Self.anyZone)
    }
    return known.contains {
      let window = $0.window(from, to)
      return window.first <= time && time <= window.last
    }
  }

  /// A moment of the log by our clock, the latest it may be.
  func ours(_ time: Date) -> Date {
    time.addingTimeInterval(-(sources.values.map(\.least).min() ?? 0))
  }

  /// True when every clock is known and keeps its distance to ours.
  var hasOneClock: Bool { !sources.isEmpty && sources.values.allSatisfy { $0.most - $0.least <= Self.clockSpread } }

  /// The number of letters that were found.
  var found: Int { sightings.count { $0.found != nil } }

  /// Allows for stamps without fractions, and for the moment between claim and first byte.
  static let slack: TimeInterval = 2
  /// The most that two time zones differ.
  private static let anyZone: TimeInterval = 26 * 3600

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
