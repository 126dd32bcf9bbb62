public import Campaigns
public import Foundation
public import Queue
import Receipts

extension PostgresStore {
  public func makeDue(in campaign: Int64, customer: String?, at now: Date) async throws -> Int {
    try await write { transaction in
      _ = try transaction.unpurged(campaign)
      return try transaction.connection.run(
        """
        UPDATE messages SET due_at = least(due_at, $2), give_up_from = $2
        WHERE campaign = $1 AND state = 'deferred'
          AND ($3 IS NULL OR customer = (SELECT id FROM customers WHERE campaign = $1 AND ref = $3))
        """, [.integer(campaign), .time(now), .text(customer)]
      ).changed
    }
  }

  public func reschedule(
    in campaign: Int64, by schedule: RetrySchedule,
    _ due: @escaping @Sendable (_ message: DeferredMessage, _ old: RetrySchedule?) -> Date
  ) async throws -> Int {
    try await write { transaction in
      let connection = transaction.connection
      _ = try transaction.unpurged(campaign)
      let text = StoredRetrySchedule.text(schedule)
      let kept = try connection.run("SELECT retry FROM campaigns WHERE id = $1", [.integer(campaign)]).first?.text(0)
      if kept == text { return 0 }
      try connection.run("UPDATE campaigns SET retry = $2 WHERE id = $1", [.integer(campaign), .text(text)])
      let old = kept.flatMap(StoredRetrySchedule.read)
      return try Self.forEachDeferred(in: campaign, connection) { message in due(message, old) }
    }
  }

  /// Gives every deferred message the due time that `due` returns. Returns the number of those that had another.
  private static func forEachDeferred(
    in campaign: Int64, _ connection: PostgresConnection, _ due: (DeferredMessage) -> Date
  ) throws -> Int {
    var changed = 0
    var last: Int64 = 0
    while true {
      let page = try connection.run(
        """
        SELECT id, attempts, due_at, changed_at, coalesce(give_up_from, first_attempt_at) FROM messages
        WHERE id > $2 AND campaign = $1 AND state = 'deferred' ORDER BY id LIMIT 1000
        """, [.integer(campaign), .integer(last)]
      ).rows
      let results = try connection.run(
        page.map { row in
          let message = DeferredMessage(
            attempts: Int(row.integer(1)), dueAt: Milliseconds(row.integer(2)).date,
            deferredAt: Milliseconds(row.integer(3)).date, giveUpFrom: Milliseconds(row.integer(4)).date)
          return PostgresStatement(
            "UPDATE messages SET due_at = $2 WHERE id = $1 AND due_at <> $2",
            [.integer(row.integer(0)), .time(due(message))])
        })
      changed += results.reduce(0) { $0 + $1.changed }
      guard let end = page.last else { return changed }
      last = end.integer(0)
    }
  }

  public func mailPlaces(in campaign: Int64) async throws -> [MailPlace] {
    try await read { connection in
      try connection.run(
        "SELECT domain, exchangers, at FROM mail_places WHERE campaign = $1 ORDER BY domain", [.integer(campaign)]
      ).rows.map { row in
        MailPlace(
          domain: row.text(0) ?? "", exchangers: row.text(1)?.split(separator: " ").map(String.init),
          at: Milliseconds(row.integer(2)).date)
      }
    }
  }

  public func keep(_ places: [MailPlace], in campaign: Int64) async throws {
    try await write { transaction in
      _ = try transaction.unpurged(campaign)
      _ = try transaction.connection.run(
        places.map { place in
          PostgresStatement(
            """
            INSERT INTO mail_places (campaign, domain, exchangers, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (campaign, domain) DO UPDATE SET exchangers = excluded.exchangers, at = excluded.at
            """,
            [
              .integer(campaign), .text(place.domain), .text(place.exchangers?.joined(separator: " ")),
              .time(place.at),
            ])
        })
    }
  }

  public func forEachWaiting(in campaign: Int64, _ body: @Sendable (WaitingMessage) throws -> Void) async throws {
    let queries = DueRange.all.map { range in
      """
      SELECT \(WaitingMessage.columns), substring(recipient from '[^@]*$')
      FROM messages AS m WHERE m.campaign = \(campaign) AND \(range.conditions) ORDER BY \(range.order)
      """
    }
    try await stream(queries) { try body(WaitingMessage($0)) }
  }
}
