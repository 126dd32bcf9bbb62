public import Foundation
import GRDB
import Receipts

/// Why letters wait, and why they were not accepted.
extension SQLiteStore {
  public func deferredFigures(in campaign: Int64, at now: Date) async throws -> DeferredFigures {
    let now = Milliseconds(now)
    return try await read { database in
      // Both from the index of deferred messages alone.
      let select = try PreparedStatement(
        """
        SELECT (SELECT count(*) FROM messages WHERE campaign = ?1 AND state = 'deferred' AND due_at <= ?2),
          (SELECT due_at FROM messages WHERE campaign = ?1 AND state = 'deferred' ORDER BY due_at DESC LIMIT 1)
        """, in: database)
      select.bind(campaign, at: 1)
      select.bind(now, at: 2)
      guard try select.step() else { return DeferredFigures() }
      return DeferredFigures(due: Int(select.integer(0)), lastDue: select.milliseconds(1)?.date)
    }
  }

  public func note(_ conditions: [RelayCondition], in campaign: Int64) async throws {
    try await write { transaction in
      let database = transaction.database
      let names = conditions.map(\.relay)
      let kept = try String.fetchAll(
        database, sql: "SELECT relay FROM relay_conditions WHERE campaign = ?", arguments: [campaign])
      for relay in kept where !names.contains(relay) {
        try database.execute(
          sql: "DELETE FROM relay_conditions WHERE campaign = ? AND relay = ?", arguments: [campaign, relay])
      }
      for condition in conditions {
        let words = condition.words
        func milliseconds(_ date: Date?) -> Int64? { date.map { Milliseconds($0).value } }
        try database.execute(
          sql: """
            INSERT INTO relay_conditions (campaign, relay, state, since, until, trouble, phase, code, enhanced, words,
              class, scope, words_since, words_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET state = excluded.state, since = excluded.since, until = excluded.until,
              trouble = excluded.trouble
            """,
          arguments: [
            campaign, condition.relay, condition.state.rawValue, milliseconds(condition.since),
            milliseconds(condition.until), condition.trouble, words?.phase, words?.code, words?.enhanced, words?.text,
            words?.class, words?.scope, milliseconds(words?.since), milliseconds(words?.at),
          ])
        guard let words else { continue }
        try database.execute(
          sql: """
            UPDATE relay_conditions SET phase = ?, code = ?, enhanced = ?, words = ?, class = ?, scope = ?,
              words_since = ?, words_at = ?
            WHERE campaign = ? AND relay = ?
            """,
          arguments: [
            words.phase, words.code, words.enhanced, words.text, words.class, words.scope, milliseconds(words.since),
            milliseconds(words.at), campaign, condition.relay,
          ])
      }
    }
  }

  public func conditions(in campaign: Int64) async throws -> [RelayCondition] {
    try await read { database in
      let select = try PreparedStatement(
        """
        SELECT \(RelayCondition.columns) FROM relay_conditions WHERE campaign = ?1 ORDER BY relay
        """, in: database)
      select.bind(campaign, at: 1)
      var conditions: [RelayCondition] = []
      while try select.step() {
        conditions.append(try RelayCondition(row: select))
      }
      return conditions
    }
  }

  public func forEachUnaccepted(
    in campaign: Int64, _ body: @Sendable (UnacceptedMessage) throws -> Void
  ) async throws {
    try await stream { database in
      let select = try PreparedStatement(Self.selectUnaccepted, in: database)
      select.bind(campaign, at: 1)
      defer { select.reset() }
      while try select.step() {
        try Task.checkCancellation()
        try body(try StoredMessage.unaccepted(select))
      }
    }
  }

  /// A read of all messages, in the order of their rows: they are in plan order.
  static let selectUnaccepted = """
    SELECT (SELECT ref FROM customers WHERE customers.id = m.customer), \(StoredMessage.unacceptedColumns)
    FROM messages AS m
    WHERE m.campaign = ?1 AND m.state IN ('deferred', 'refused', 'expired', 'uncertain', 'excluded')
    ORDER BY m.id
    """
}
