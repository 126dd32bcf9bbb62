package import Foundation
import Receipts

/// A part of the list of due messages that one index gives in its order.
///
/// The list is in three parts, each with an index of its own: what was never tried, what is sent again, what was
/// deferred. A page begins in the middle of equals: first come those of the cursor's own priority and rank, or moment,
/// after it, then the others. A comparison of the tuple (`priority`, `rank`, `id`) would look at every message before the
/// cursor again.
package struct DueRange: Sendable {
  package enum List: Sendable { case untried, again, deferred }

  package let list: List
  /// Conditions beyond the list's own; ?2 and those after it are `values`.
  private let condition: String
  package let values: [Int64]

  private init(_ list: List, _ condition: String = "", _ values: [Int64] = []) {
    self.list = list
    self.condition = condition
    self.values = values
  }

  /// Everything that is still to be sent, whenever it is due.
  package static let all = [DueRange(.untried), DueRange(.again), DueRange(.deferred)]

  /// Everything that is due at `now` after the cursor, one part after the other.
  package static func ranges(after cursor: DueCursor?, until now: Date) -> [DueRange] {
    let now = Milliseconds(now).value
    let due = DueRange(.deferred, "AND m.due_at <= ?2", [now])
    guard let cursor else { return [DueRange(.untried), DueRange(.again), due] }
    switch cursor.turn {
    case .untried(let priority, let rank):
      let (priority, rank) = (Int64(priority), Int64(rank))
      return [
        DueRange(
          .untried, "AND m.priority = ?2 AND m.rank = ?3 AND m.id > ?4", [priority, rank, cursor.message]),
        DueRange(.untried, "AND m.priority = ?2 AND m.rank > ?3", [priority, rank]),
        DueRange(.untried, "AND m.priority > ?2", [priority]), DueRange(.again), due,
      ]
    case .again:
      return [DueRange(.again, "AND m.id > ?2", [cursor.message]), due]
    case .deferred(let moment):
      let moment = Milliseconds(moment).value
      // The clock may have been set back since the cursor's page.
      let equals =
        moment <= now ? [DueRange(.deferred, "AND m.due_at = ?2 AND m.id > ?3", [moment, cursor.message])] : []
      return equals + [DueRange(.deferred, "AND m.due_at > ?2 AND m.due_at <= ?3", [moment, now])]
    }
  }

  /// The messages of campaign ?1 in this part. `columns` are those of the message `m` and its customer `c`; `others` is
  /// one more condition.
  func sql(_ columns: String, limit: Int, among others: String = "") -> String {
    """
    SELECT \(columns) FROM messages AS m CROSS JOIN customers AS c ON c.id = m.customer
    WHERE m.campaign = ?1 AND \(conditions) \(others) ORDER BY \(order) LIMIT \(max(limit, 0))
    """
  }

  /// What messages `m` of the part have in common; ?2 and those after it are ``values``.
  package var conditions: String { "\(state) \(condition)" }

  private var state: String {
    switch list {
    case .untried: "m.state = 'queued' AND m.resend = 0"
    case .again: "m.state = 'queued' AND m.resend = 1"
    case .deferred: "m.state = 'deferred'"
    }
  }

  /// The order in which they leave.
  package var order: String {
    switch list {
    case .untried: "m.priority, m.rank, m.id"
    case .again: "m.id"
    case .deferred: "m.due_at, m.id"
    }
  }
}
