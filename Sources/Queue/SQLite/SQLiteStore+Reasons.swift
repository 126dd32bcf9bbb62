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
        SELECT relay, state, since, until, trouble, phase, code, enhanced, words, class, scope, words_since, words_at
        FROM relay_conditions WHERE campaign = ?1 ORDER BY relay
        """, in: database)
      select.bind(campaign, at: 1)
      var conditions: [RelayCondition] = []
      while try select.step() {
        guard let relay = select.text(0), let state = select.text(1).flatMap(RelayCondition.State.init) else {
          throw StoreError.invariant("the condition of a relay cannot be read")
        }
        var condition = RelayCondition(
          relay: relay, state: state, since: select.milliseconds(2)?.date, until: select.milliseconds(3)?.date,
          trouble: select.text(4))
        if let phase = select.text(5), let text = select.text(8) {
          condition.words = .init(
            phase: phase, code: select.isNull(6) ? nil : Int(select.integer(6)), enhanced: select.text(7), text: text,
            class: select.text(9), scope: select.text(10), since: Milliseconds(select.integer(11)).date,
            at: Milliseconds(select.integer(12)).date)
        }
        conditions.append(condition)
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
        guard let state = select.text(1).flatMap(MessageState.init) else {
          throw StoreError.invariant("a message has no state")
        }
        try body(
          UnacceptedMessage(
            customer: select.text(0) ?? "", state: state, recipient: select.text(2) ?? "", relay: select.text(3),
            phase: select.text(4), code: select.isNull(5) ? nil : Int(select.integer(5)), enhanced: select.text(6),
            reply: select.text(7),
            exclusion: select.text(8).flatMap { ExclusionReason(kind: $0, detail: select.text(9)) }))
      }
    }
  }

  /// A read of all messages, in the order of their rows: they are in plan order.
  static let selectUnaccepted = """
    SELECT (SELECT ref FROM customers WHERE customers.id = m.customer), m.state, m.recipient, m.relay, m.phase, m.code,
      m.enhanced, substr(m.reply, 1, 2000), m.exclusion, m.exclusion_detail
    FROM messages AS m
    WHERE m.campaign = ?1 AND m.state IN ('deferred', 'refused', 'expired', 'uncertain', 'excluded')
    ORDER BY m.id
    """
}
