import FaultPoints
public import Foundation
public import Queue
public import Receipts

extension PostgresStore {
  public func setState(_ state: CampaignState, of campaign: Int64, at now: Date) async throws {
    let now = Milliseconds(now)
    try await write { transaction in
      try Self.setState(state, of: campaign, at: now, transaction)
      FaultPoint.stateUncommitted.reached()
    }
    FaultPoint.stateCommitted.reached()
  }

  private static func setState(
    _ state: CampaignState, of campaign: Int64, at now: Milliseconds, _ transaction: PostgresTransaction
  ) throws {
    let record = try transaction.locked(campaign)
    let figures = try transaction.connection.messageTally(of: campaign)
    guard try record.becomes(state, with: figures) else { return }
    try transaction.connection.run(
      """
      UPDATE campaigns SET state = $1, started_at = coalesce(started_at, CASE $1 WHEN 'running' THEN $2 END),
        finished_at = CASE WHEN $3 = 1 THEN $2 END
      WHERE id = $4
      """, [.text(state.rawValue), .time(now), .integer(state.isFinished ? 1 : 0), .integer(campaign)])
    guard let event = state.event(after: record.state) else { return }
    try transaction.chain(of: campaign).append(event, at: now) { line in
      line.field("figures", figures: MessageState.allCases.map { ($0.rawValue, figures[$0] ?? 0) })
    }
  }

  public func heartbeat(worker: String, leaseUntil: Date) async throws {
    try await write { transaction in
      _ = try transaction.connection.run(
        "UPDATE messages SET lease_until = $1 WHERE worker = $2 AND state = 'sending'",
        [.time(leaseUntil), .text(worker)])
    }
  }

  public func recover(campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      let chain = try transaction.chain(of: campaign)
      let count = try transaction.changeAll(
        "SELECT id FROM messages WHERE campaign = $1 AND state = 'sending' ORDER BY id", [.integer(campaign)],
        by: """
          UPDATE messages SET state = 'uncertain', fence = fence + 1, worker = NULL, lease_until = NULL, changed_at = $2,
            reply = $3
          WHERE id = ANY($1) AND state = 'sending' \(PostgresChain.returning)
          """, [.time(now), .text(StoredMessage.lostWords)]
      ) { row in
        try chain.append(.uncertain, at: now, message: row, ReceiptWords(reply: StoredMessage.lostWords))
      }
      try transaction.connection.run(
        """
        UPDATE messages SET give_up_from = $2
        WHERE campaign = $1 AND state = 'deferred' AND due_at < changed_at + \(Milliseconds.atOnce)
        """, [.integer(campaign), .time(now)])
      FaultPoint.recoverUncommitted.reached()
      return count
    }
    FaultPoint.recoverCommitted.reached()
    return count
  }

  public func expire(
    in campaign: Int64, firstAttemptUntil limit: Date, triedSince: Date?, at now: Date
  ) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      let chain = try transaction.chain(of: campaign)
      let count = try transaction.changeAll(
        """
        SELECT id FROM messages
        WHERE campaign = $1 AND state = 'deferred' AND coalesce(give_up_from, first_attempt_at) <= $2
          AND ($3 IS NULL OR last_attempt_at >= $3)
        ORDER BY coalesce(give_up_from, first_attempt_at), id
        """, [.integer(campaign), .time(limit), .time(triedSince)],
        by: """
          UPDATE messages SET state = 'expired', fence = fence + 1, due_at = NULL, changed_at = $2
          WHERE id = ANY($1) AND state = 'deferred' \(PostgresChain.returningMessage)
          """, [.time(now)]
      ) { row in try chain.append(.expired, at: now, message: row) }
      if count > 0 { FaultPoint.expireUncommitted.reached() }
      return count
    }
    if count > 0 { FaultPoint.expireCommitted.reached() }
    return count
  }

  public func cancel(campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      let chain = try transaction.chain(of: campaign)
      let count = try Self.endWaiting(
        in: campaign, as: .cancelled, at: now, transaction
      ) { row in try chain.append(.cancelled, at: now, message: row) }
      try Self.setState(.cancelled, of: campaign, at: now, transaction)
      FaultPoint.cancelUncommitted.reached()
      return count
    }
    FaultPoint.cancelCommitted.reached()
    return count
  }

  /// What is queued or deferred becomes `state`, in the order in which it would have left. Returns the number of messages.
  static func endWaiting(
    in campaign: Int64, as state: MessageState, at now: Milliseconds, _ transaction: PostgresTransaction,
    _ body: (PostgresRow) throws -> Void
  ) throws -> Int {
    var count = 0
    for range in DueRange.all {
      count += try transaction.changeAll(
        "SELECT m.id FROM messages AS m WHERE m.campaign = $1 AND \(range.conditions) ORDER BY \(range.order)",
        [.integer(campaign)],
        by: """
          UPDATE messages SET state = '\(state.rawValue)', fence = fence + 1, resend = 0, due_at = NULL, changed_at = $2
          WHERE id = ANY($1) AND state IN ('queued', 'deferred') \(PostgresChain.returningMessage)
          """, [.time(now)], body)
    }
    return count
  }

  public func request(_ request: ControlRequest?, of campaign: Int64, at now: Date) async throws {
    try await writeBeside { transaction in
      let connection = transaction.connection
      let record = try connection.record(of: campaign)
      if let request {
        try record.requireUnpurged()
        try connection.run(
          """
          INSERT INTO control (campaign, request, at) VALUES ($1, $2, $3)
          ON CONFLICT (campaign) DO UPDATE SET request = excluded.request, at = excluded.at
          """, [.integer(campaign), .text(request.rawValue), .time(now)])
      } else {
        try connection.run("DELETE FROM control WHERE campaign = $1", [.integer(campaign)])
      }
      FaultPoint.requestUncommitted.reached()
    }
    FaultPoint.requestCommitted.reached()
  }
}
