import Foundation
import GRDB
import Receipts

/// What a forecast of the delivery reads.
extension SQLiteStore {
  public func forEachWaiting(
    in campaign: Int64, _ body: @Sendable (WaitingMessage) throws -> Void
  ) async throws {
    try await stream { database in
      for part in Self.selectWaiting {
        let select = try PreparedStatement(part, in: database)
        select.bind(campaign, at: 1)
        defer { select.reset() }
        while try select.step() {
          try Task.checkCancellation()
          try body(
            WaitingMessage(
              customer: select.integer(0), priority: Int(select.integer(1)), attempts: Int(select.integer(2)),
              dueAt: select.milliseconds(3)?.date, relay: select.text(4), lastAnswer: Self.lastAnswer(from: select),
              domain: select.text(5) ?? ""))
        }
      }
    }
  }

  private static func lastAnswer(from row: PreparedStatement) -> LastAnswer? {
    guard let due = row.milliseconds(3), let phase = row.text(6), !row.isNull(7) else { return nil }
    return LastAnswer(
      phase: phase, code: Int(row.integer(7)), text: row.text(8) ?? "", at: row.milliseconds(9)?.date ?? due.date)
  }

  /// In the order in which they leave, each part from its own index.
  static let selectWaiting = [
    "campaign = ?1 AND state = 'queued' AND resend = 0 ORDER BY priority, rank, id",
    "campaign = ?1 AND state = 'queued' AND resend = 1 ORDER BY id",
    "campaign = ?1 AND state = 'deferred' ORDER BY due_at, id",
  ].map { part in
    """
    SELECT customer, priority, attempts, due_at, relay, substr(recipient, instr(recipient, '@') + 1), phase, code,
      substr(reply, 1, 2000), changed_at FROM messages
    WHERE \(part)
    """
  }
}
