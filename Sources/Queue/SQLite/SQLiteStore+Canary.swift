import FaultPoints
public import Foundation
import GRDB
import Mail
import Receipts

/// The letters that leave first, and the end of all others at the deadline.
extension SQLiteStore {
  public func chooseCanary(
    in campaign: Int64, letters: Int, providers: [String: String]
  ) async throws -> CanaryRecord? {
    if let kept = try await canary(in: campaign) { return kept }
    return try await write { transaction in
      let database = transaction.database
      _ = try Self.unpurged(campaign, database)
      let tally = try Self.messageTally(of: campaign, database)
      let tried = tally.filter { ![.queued, .excluded, .cancelled].contains($0.key) }.values.reduce(0, +)
      let again = try Int.fetchOne(
        database, sql: "SELECT 1 FROM messages WHERE campaign = ? AND state = 'queued' AND resend = 1 LIMIT 1",
        arguments: [campaign])
      guard letters > 0, tried == 0, again == nil, tally[.queued] ?? 0 > letters else { return nil }
      var choice = CanaryChoice(letters: letters, providers: providers)
      try Self.forEachUntried(in: campaign, database) { choice.count($1) }
      choice.rank()
      try Self.forEachUntried(in: campaign, database) { choice.offer($0, $1) }
      let insert = try PreparedStatement(
        "INSERT OR ROLLBACK INTO canary_letters (campaign, message) VALUES (?1, ?2)", in: database)
      insert.bind(campaign, at: 1)
      for message in choice.messages {
        insert.bind(message, at: 2)
        try insert.run()
      }
      try database.execute(
        sql: "INSERT INTO canaries (campaign, letters, state) VALUES (?, ?, 'sending')",
        arguments: [campaign, choice.messages.count])
      return CanaryRecord(letters: choice.messages.count)
    }
  }

  /// In the order in which they leave, with their domains.
  private static func forEachUntried(
    in campaign: Int64, _ database: Database, _ body: (_ message: Int64, _ domain: String) -> Void
  ) throws {
    let select = try PreparedStatement(
      """
      SELECT id, recipient FROM messages WHERE campaign = ?1 AND state = 'queued' AND resend = 0
      ORDER BY priority, rank, id
      """, in: database)
    select.bind(campaign, at: 1)
    defer { select.reset() }
    while try select.step() {
      body(select.integer(0), try StoredMessage.address(select.text(1), of: select.integer(0)).domain.ascii)
    }
  }

  public func canary(in campaign: Int64) async throws -> CanaryRecord? {
    try await read { database in
      let select = try PreparedStatement(
        "SELECT \(CanaryRecord.columns) FROM canaries WHERE campaign = ?1", in: database)
      select.bind(campaign, at: 1)
      return try select.step() ? CanaryRecord(row: select, of: campaign) : nil
    }
  }

  public func canaryLetters(in campaign: Int64) async throws -> [CanaryLetter] {
    try await read { database in
      let select = try PreparedStatement(
        """
        SELECT \(StoredMessage.canaryColumns)
        FROM canary_letters AS l CROSS JOIN messages AS m ON m.id = l.message
          CROSS JOIN customers AS c ON c.id = m.customer
        WHERE l.campaign = ?1 ORDER BY l.message
        """, in: database)
      select.bind(campaign, at: 1)
      var letters: [CanaryLetter] = []
      while try select.step() { letters.append(try StoredMessage.canaryLetter(select)) }
      return letters
    }
  }

  public func setCanary(_ record: CanaryRecord, in campaign: Int64) async throws {
    try await write { transaction in
      _ = try Self.unpurged(campaign, transaction.database)
      try transaction.database.execute(
        sql: "UPDATE canaries SET state = ?, answered_at = ?, wait_until = ? WHERE campaign = ? AND state <> 'passed'",
        arguments: [
          record.state.rawValue, record.answeredAt.map { Milliseconds($0).value },
          record.waitUntil.map { Milliseconds($0).value }, campaign,
        ])
      let exists = try Int.fetchOne(
        transaction.database, sql: "SELECT 1 FROM canaries WHERE campaign = ?", arguments: [campaign])
      if exists == nil { throw StoreError.invariant("campaign \(campaign) has no canary") }
    }
  }

  public func dueCanary(
    in campaign: Int64, at now: Date, after: DueCursor?, limit: Int
  ) async throws -> [DueMessage] {
    try await due(in: campaign, at: now, after: after, limit: limit, among: Self.isCanary)
  }

  private static let isCanary = "AND m.id IN (SELECT message FROM canary_letters WHERE campaign = ?1)"

  public func nextDueCanary(in campaign: Int64, after moment: Date?) async throws -> Date? {
    try await read { database in
      let select = try PreparedStatement(
        """
        SELECT min(m.due_at) FROM canary_letters AS l CROSS JOIN messages AS m ON m.id = l.message
        WHERE l.campaign = ?1 AND m.state = 'deferred' AND m.due_at > ?2
        """, in: database)
      select.bind(campaign, at: 1)
      select.bind(moment.map { Milliseconds($0).value } ?? .min, at: 2)
      return try select.step() ? select.milliseconds(0)?.date : nil
    }
  }

  public func expireAtDeadline(in campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      _ = try Self.unpurged(campaign, transaction.database)
      let expire = try PreparedStatement(
        """
        UPDATE OR ROLLBACK messages SET state = 'expired', fence = fence + 1, resend = 0, due_at = NULL, changed_at = ?2
        WHERE id = ?1 AND state IN ('queued', 'deferred')
        """, in: transaction.database)
      expire.bind(now, at: 2)
      // In the order in which they would have left.
      var count = 0
      for range in DueRange.all {
        count += try Self.forEach(range.sql("m.id", limit: 1000), [campaign], transaction) { message in
          _ = try transaction.change(message, by: expire) { row in
            try transaction.chain(of: campaign).append(.expired, at: now, message: row, reason: Receipt.deadlineReason)
          }
        }
      }
      if count > 0 { FaultPoint.expireUncommitted.reached() }
      return count
    }
    if count > 0 { FaultPoint.expireCommitted.reached() }
    return count
  }
}
