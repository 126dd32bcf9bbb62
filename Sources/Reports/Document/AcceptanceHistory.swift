public import Foundation

/// How many letters the relays had accepted, over time.
public struct AcceptanceHistory: Sendable, Hashable, Encodable {
  public struct Point: Sendable, Hashable, Encodable {
    public var at: Date
    /// All letters accepted before this moment.
    public var accepted: Int

    public init(at: Date, accepted: Int) { (self.at, self.accepted) = (at, accepted) }
  }

  public var first: Date?
  public var last: Date?
  public var byDeadline = 0
  public var afterDeadline = 0
  /// At most ``AcceptanceCurve/mostPoints``, at the ends of spans of one length, beginning with none.
  public var points: [Point] = []

  public init() {}

  public var accepted: Int { byDeadline + afterDeadline }

  private enum CodingKeys: String, CodingKey {
    case first, last, points
    case byDeadline = "by_deadline"
    case afterDeadline = "after_deadline"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(first, forKey: .first)
    try container.encode(last, forKey: .last)
    try container.encode(byDeadline, forKey: .byDeadline)
    try container.encode(afterDeadline, forKey: .afterDeadline)
    try container.encode(points, forKey: .points)
  }

  /// The points a table shows: at most `most` spans of a length that people count in, of those without a letter only
  /// the last before one with some.
  func steps(most: Int = 14) -> [Point] {
    guard let start = points.first, let end = points.last, end.at > start.at else { return points }
    let span = end.at.timeIntervalSince(start.at)
    let width = Self.widths.first { span / $0 <= Double(most - 2) } ?? span / Double(most - 2)
    var steps: [Point] = []
    var next = 0
    var edge = (start.at.timeIntervalSince1970 / width).rounded(.down) * width
    while edge < end.at.timeIntervalSince1970 + width {
      while next + 1 < points.count, points[next + 1].at.timeIntervalSince1970 <= edge { next += 1 }
      let accepted = points[next].at.timeIntervalSince1970 <= edge ? points[next].accepted : 0
      if let count = steps.count > 1 ? steps[steps.count - 2].accepted : nil, count == steps.last?.accepted,
        count == accepted
      {
        steps.removeLast()
      }
      steps.append(Point(at: Date(timeIntervalSince1970: edge), accepted: accepted))
      edge += width
    }
    return steps
  }

  private static let widths: [TimeInterval] = [
    1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  ]
}

/// Counts moments in spans of one length, which doubles when there would be more than ``mostPoints``.
public struct AcceptanceCurve: Sendable {
  public static let mostPoints = 400

  private let deadline: Date
  private var width: TimeInterval = 1
  /// By the number of the span since 1970.
  private var spans: [Int: Int] = [:]
  private var first = Int.max
  private var last = Int.min
  private var counted = AcceptanceHistory()

  public init(deadline: Date) { self.deadline = deadline }

  public mutating func add(_ moment: Date) {
    // The operator's promise is kept at the deadline itself no more.
    if moment < deadline { counted.byDeadline += 1 } else { counted.afterDeadline += 1 }
    counted.first = min(counted.first ?? moment, moment)
    counted.last = max(counted.last ?? moment, moment)
    // A clock that was wrong by centuries is no reason to fail.
    let seconds = min(max(moment.timeIntervalSince1970, 0), 253_402_300_799)
    let span = Int(seconds / width)
    spans[span, default: 0] += 1
    first = min(first, span)
    last = max(last, span)
    while last - first >= Self.mostPoints - 1 { widen() }
  }

  private mutating func widen() {
    width *= 2
    var wider: [Int: Int] = [:]
    for (span, count) in spans { wider[span / 2, default: 0] += count }
    spans = wider
    first /= 2
    last /= 2
  }

  public var history: AcceptanceHistory {
    var history = counted
    guard first <= last else { return history }
    var accepted = 0
    history.points = [.init(at: Date(timeIntervalSince1970: Double(first) * width), accepted: 0)]
    for span in first...last {
      guard let count = spans[span] else { continue }
      // The line is flat until the span begins.
      let start = Date(timeIntervalSince1970: Double(span) * width)
      if let end = history.points.last, end.at < start { history.points.append(.init(at: start, accepted: accepted)) }
      accepted += count
      history.points.append(.init(at: start.addingTimeInterval(width), accepted: accepted))
    }
    return history
  }
}
