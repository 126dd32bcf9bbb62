public import Foundation
public import Queue

/// Who has changed the password, and how that came about over time, as the report has it.
public struct PasswordSummary: Sendable, Hashable, Encodable {
  public var figures: MailboxFigures
  /// How many mailboxes had another password, over time: each by its newest change that an export has.
  public var changes: AcceptanceHistory

  public init(_ book: MailboxBook, calls: [String: CallHistory], deadline: Date) {
    figures = MailboxFigures(book, calls: calls)
    var curve = AcceptanceCurve(deadline: deadline)
    for mailbox in book.mailboxes {
      if let at = mailbox.changedAt { curve.add(at) }
    }
    changes = curve.history
  }

  private enum CodingKeys: String, CodingKey { case figures, changes }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(figures, forKey: .figures)
    try container.encode(Changes(changes), forKey: .changes)
  }

  /// The curve, in the words of changes.
  private struct Changes: Encodable {
    struct Point: Encodable {
      let at: Date
      let changed: Int
    }

    let first: Date?
    let last: Date?
    let byDeadline: Int
    let afterDeadline: Int
    let points: [Point]

    init(_ history: AcceptanceHistory) {
      (first, last) = (history.first, history.last)
      (byDeadline, afterDeadline) = (history.byDeadline, history.afterDeadline)
      points = history.points.map { Point(at: $0.at, changed: $0.accepted) }
    }

    private enum CodingKeys: String, CodingKey {
      case first, last, points
      case byDeadline = "by_deadline"
      case afterDeadline = "after_deadline"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(first, forKey: .first)
      try container.encode(last, forKey: .last)
      try container.encode(byDeadline, forKey: .byDeadline)
      try container.encode(afterDeadline, forKey: .afterDeadline)
      try container.encode(points, forKey: .points)
    }
  }
}
