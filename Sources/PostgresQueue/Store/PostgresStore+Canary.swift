import FaultPoints
public import Foundation
import Mail
public import Queue
import Receipts

/// The letters that leave first, and the end of all others at the deadline.
extension PostgresStore {
  public func chooseCanary(
    in campaign: Int64, letters: Int, providers: [String: String]
  ) async throws -> CanaryRecord? {
    try await write { transaction in
      let connection = transaction.connection
      _ = try transaction.unpurged(campaign)
      if let kept = try connection.canary(in: campaign) { return kept }
      let tally = try connection.messageTally(of: campaign)
      let tried = tally.filter { ![.queued, .excluded, .cancelled].contains($0.key) }.values.reduce(0, +)
      let again = try connection.run(
        "SELECT id FROM messages WHERE campaign = $1 AND state = 'queued' AND resend = 1 LIMIT 1",
        [.integer(campaign)])
      guard letters > 0, tried == 0, again.first == nil, tally[.queued] ?? 0 > letters else { return nil }
      var choice = CanaryChoice(letters: letters, providers: providers)
      try connection.forEachUntried(in: campaign) { choice.count($1) }
      choice.rank()
      try connection.forEachUntried(in: campaign) { choice.offer($0, $1) }
      _ = try connection.run(
        choice.messages.map {
          PostgresStatement(
            "INSERT INTO canary_letters (campaign, message) VALUES ($1, $2)", [.integer(campaign), .integer($0)])
        })
      try connection.run(
        "INSERT INTO canaries (campaign, letters, state) VALUES ($1, $2, 'sending')",
        [.integer(campaign), .integer(choice.messages.count)])
      return CanaryRecord(letters: choice.messages.count)
    }
  }

  public func canary(in campaign: Int64) async throws -> CanaryRecord? {
    try await read { try $0.canary(in: campaign) }
  }

  public func canaryLetters(in campaign: Int64) async throws -> [CanaryLetter] {
    try await read { connection in
      try connection.run(
        """
        SELECT \(StoredMessage.canaryColumns)
        FROM canary_letters AS l JOIN messages AS m ON m.id = l.message JOIN customers AS c ON c.id = m.customer
        WHERE l.campaign = $1 ORDER BY l.message
        """, [.integer(campaign)]
      ).rows.map { try StoredMessage.canaryLetter($0) }
    }
  }

  public func setCanary(_ record: CanaryRecord, in campaign: Int64) async throws {
    try await write { transaction in
      let connection = transaction.connection
      _ = try transaction.unpurged(campaign)
      try connection.run(
        """
        UPDATE canaries SET state = $2, answered_at = $3, wait_until = $4 WHERE campaign = $1 AND state <> 'passed'
        """,
        [
          .integer(campaign), .text(record.state.rawValue), .time(record.answeredAt), .time(record.waitUntil),
        ])
      if try connection.canary(in: campaign) == nil {
        throw StoreError.invariant("campaign \(campaign) has no canary")
      }
    }
  }

  public func dueCanary(
    in campaign: Int64, at now: Date, after: DueCursor?, limit: Int
  ) async throws -> [DueMessage] {
    try await due(
      in: campaign, at: now, after: after, limit: limit,
      among: "AND m.id IN (SELECT message FROM canary_letters WHERE campaign = $1)")
  }

  public func nextDueCanary(in campaign: Int64, after moment: Date?) async throws -> Date? {
    try await read { connection in
      try connection.run(
        """
        SELECT min(m.due_at) FROM canary_letters AS l JOIN messages AS m ON m.id = l.message
        WHERE l.campaign = $1 AND m.state = 'deferred' AND m.due_at > $2
        """, [.integer(campaign), .integer(moment.map { Milliseconds($0).value } ?? .min)]
      ).first?.milliseconds(0)?.date
    }
  }

  public func expireAtDeadline(in campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      _ = try transaction.unpurged(campaign)
      let chain = try transaction.chain(of: campaign)
      let count = try Self.endWaiting(in: campaign, as: .expired, at: now, transaction) { row in
        try chain.append(.expired, at: now, message: row, ReceiptWords(reason: Receipt.deadlineReason))
      }
      if count > 0 { FaultPoint.expireUncommitted.reached() }
      return count
    }
    if count > 0 { FaultPoint.expireCommitted.reached() }
    return count
  }
}

extension PostgresConnection {
  fileprivate func canary(in campaign: Int64) throws -> CanaryRecord? {
    try run("SELECT \(CanaryRecord.columns) FROM canaries WHERE campaign = $1", [.integer(campaign)])
      .first.map { try CanaryRecord(row: $0, of: campaign) }
  }

  /// In the order in which they leave, with their domains.
  fileprivate func forEachUntried(
    in campaign: Int64, _ body: (_ message: Int64, _ domain: String) -> Void
  ) throws {
    try execute(
      """
      DECLARE untried NO SCROLL CURSOR FOR SELECT id, recipient FROM messages
      WHERE campaign = \(campaign) AND state = 'queued' AND resend = 0 ORDER BY priority, rank, id
      """)
    while true {
      let page = try run("FETCH 1000 FROM untried").rows
      if page.isEmpty { break }
      for row in page {
        body(row.integer(0), try StoredMessage.address(row.text(1), of: row.integer(0)).domain.ascii)
      }
    }
    try execute("CLOSE untried")
  }
}
