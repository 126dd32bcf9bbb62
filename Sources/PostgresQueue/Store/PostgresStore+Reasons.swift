public import Foundation
public import Queue
import Receipts

/// Why letters wait, and why they were not accepted.
extension PostgresStore {
  public func deferredFigures(in campaign: Int64, at now: Date) async throws -> DeferredFigures {
    try await read { connection in
      let row = try connection.run(
        """
        SELECT (SELECT count(*) FROM messages WHERE campaign = $1 AND state = 'deferred' AND due_at <= $2),
          (SELECT due_at FROM messages WHERE campaign = $1 AND state = 'deferred' ORDER BY due_at DESC LIMIT 1)
        """, [.integer(campaign), .time(now)]
      ).first
      return DeferredFigures(due: Int(row?.integer(0) ?? 0), lastDue: row?.milliseconds(1)?.date)
    }
  }

  public func note(_ conditions: [RelayCondition], in campaign: Int64) async throws {
    try await write { transaction in
      let connection = transaction.connection
      try transaction.chain(of: campaign)
      let names = conditions.map(\.relay)
      let kept = try connection.run("SELECT relay FROM relay_conditions WHERE campaign = $1", [.integer(campaign)])
      for relay in kept.rows.compactMap({ $0.text(0) }) where !names.contains(relay) {
        try connection.run(
          "DELETE FROM relay_conditions WHERE campaign = $1 AND relay = $2", [.integer(campaign), .text(relay)])
      }
      for condition in conditions {
        let words = condition.words
        try connection.run(
          """
          INSERT INTO relay_conditions (campaign, relay, state, since, until, trouble, phase, code, enhanced, words,
            class, scope, words_since, words_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
          ON CONFLICT (campaign, relay) DO UPDATE SET state = excluded.state, since = excluded.since,
            until = excluded.until, trouble = excluded.trouble
          """,
          [
            .integer(campaign), .text(condition.relay), .text(condition.state.rawValue), .time(condition.since),
            .time(condition.until), .text(condition.trouble), .text(words?.phase), .integer(words?.code),
            .text(words?.enhanced), .text(words?.text), .text(words?.class), .text(words?.scope),
            .time(words?.since), .time(words?.at),
          ])
        guard let words else { continue }
        try connection.run(
          """
          UPDATE relay_conditions SET phase = $3, code = $4, enhanced = $5, words = $6, class = $7, scope = $8,
            words_since = $9, words_at = $10
          WHERE campaign = $1 AND relay = $2
          """,
          [
            .integer(campaign), .text(condition.relay), .text(words.phase), .integer(words.code),
            .text(words.enhanced), .text(words.text), .text(words.class), .text(words.scope), .time(words.since),
            .time(words.at),
          ])
      }
    }
  }

  public func conditions(in campaign: Int64) async throws -> [RelayCondition] {
    try await read { connection in
      try connection.run(
        "SELECT \(RelayCondition.columns) FROM relay_conditions WHERE campaign = $1 ORDER BY relay",
        [.integer(campaign)]
      ).rows.map { try RelayCondition(row: $0) }
    }
  }

  public func forEachUnaccepted(
    in campaign: Int64, _ body: @Sendable (UnacceptedMessage) throws -> Void
  ) async throws {
    let query = """
      SELECT c.ref, \(StoredMessage.unacceptedColumns) FROM messages AS m JOIN customers AS c ON c.id = m.customer
      WHERE m.campaign = \(campaign) AND m.state IN ('deferred', 'refused', 'expired', 'uncertain', 'excluded')
      ORDER BY m.id
      """
    try await stream([query]) { try body(try StoredMessage.unaccepted($0)) }
  }
}
