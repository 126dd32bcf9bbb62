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
          try body(WaitingMessage(select))
        }
      }
    }
  }

  /// In the order in which they leave, each part from its own index.
  static let selectWaiting = [
    "campaign = ?1 AND state = 'queued' AND resend = 0 ORDER BY priority, rank, id",
    "campaign = ?1 AND state = 'queued' AND resend = 1 ORDER BY id",
    "campaign = ?1 AND state = 'deferred' ORDER BY due_at, id",
  ].map { part in
    """
    SELECT \(WaitingMessage.columns), substr(recipient, instr(recipient, '@') + 1) FROM messages
    WHERE \(part)
    """
  }
}
