import Foundation
import Receipts

/// The calls of a campaign as a few acts of its timeline: each for itself while there are few, else those of an hour, a
/// day or longer together.
///
/// At most ``most`` spans, whatever the number of calls.
struct CallSpans: Sendable, Hashable {
  struct Span: Sendable, Hashable {
    var first: Date
    var last: Date
    var outcomes: [CallOutcome: Int]
  }

  static let most = 40

  /// Seconds; 0 while only calls of the same moment are together.
  private var width: TimeInterval = 0
  private let zone: TimeZone
  private var spans: [TimeInterval: Span] = [:]

  /// - Parameter zone: In which an hour and a day begin.
  init(zone: TimeZone) { self.zone = zone }

  mutating func add(_ call: CallReceipt) {
    insert(Span(first: call.at, last: call.at, outcomes: [call.outcome: 1]))
    while spans.count > Self.most { widen() }
  }

  /// In the order of time.
  var inOrder: [Span] { spans.sorted { $0.key < $1.key }.map(\.value) }

  private mutating func widen() {
    let hour: TimeInterval = 3600
    width = width < hour ? hour : width < 24 * hour ? 24 * hour : 2 * width
    let narrow = spans.values
    spans = [:]
    for span in narrow { insert(span) }
  }

  private mutating func insert(_ span: Span) {
    let local = span.first.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: span.first))
    let key = width == 0 ? local : (local / width).rounded(.down)
    guard let other = spans[key] else {
      spans[key] = span
      return
    }
    spans[key] = Span(
      first: min(other.first, span.first), last: max(other.last, span.last),
      outcomes: other.outcomes.merging(span.outcomes, uniquingKeysWith: +))
  }
}
