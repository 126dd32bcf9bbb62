import FaultPoints
import Foundation
import Mail
public import Queue
import Receipts

extension PostgresStore {
  public func commit(_ steps: [StoreChange]) async throws -> [StoreChangeResult] {
    if steps.isEmpty { return [] }
    return try await write { transaction in
      try transaction.lockCampaigns(of: steps.compactMap(\.message))
      if steps.contains(where: \.countsUse) { try transaction.lockLimits() }
      // Each is one statement, sent after another without waiting: they see each other.
      var behind: Set<Int> = []
      var statements: [PostgresStatement] = []
      var places: [Int] = []
      for (place, step) in steps.enumerated() {
        if let known = step.knowing, try transaction.isBehind(known) {
          behind.insert(place)
        } else if let statement = step.statement {
          places.append(place)
          statements.append(statement)
        }
      }
      let rows = Dictionary(
        uniqueKeysWithValues: zip(places, try transaction.connection.run(statements).map(\.first)))
      var results: [StoreChangeResult] = []
      results.reserveCapacity(steps.count)
      for (place, step) in steps.enumerated() {
        if behind.contains(place) {
          results.append(.behind)
        } else if case .count(let taken, let others, _) = step {
          transaction.count(taken, givingBack: others)
          results.append(.done)
        } else if case .some(.some(let row)) = rows[place] {
          results.append(try Self.finish(step, row, transaction))
        } else {
          results.append(.stale)
        }
      }
      FaultPoint.stepsUncommitted.reached()
      return results
    }
  }

  /// What follows from a change that the database has made.
  private static func finish(
    _ step: StoreChange, _ row: PostgresRow, _ transaction: PostgresTransaction
  ) throws -> StoreChangeResult {
    let campaign = row.integer(MessageColumn.campaign)
    let chain = try transaction.chain(of: campaign)
    switch step {
    case .claim(let request):
      try chain.append(.attempt, at: Milliseconds(request.at), message: row)
      transaction.count(request.counts)
      return .claimed(
        Claim(
          message: request.message, fence: row.integer(MessageColumn.fence),
          attempt: Int(row.integer(MessageColumn.attempts))))
    case .record(_, let record):
      // The event is named as the state is.
      guard let event = ReceiptEvent(rawValue: record.state.rawValue) else {
        throw StoreError.invariant("no receipt for \(record.state.rawValue)")
      }
      let at = Milliseconds(record.at)
      try chain.append(event, at: at, message: row, ReceiptWords(record: record))
      if record.state == .deferred {
        try transaction.excludeIfNeedless(row.integer(MessageColumn.id), in: campaign, at: at)
      }
      transaction.countOutcome(in: campaign, at: at)
      transaction.count(record.counts, givingBack: record.givesBack)
    case .exclude(_, _, let reason, let at):
      try chain.append(.excluded, at: Milliseconds(at), message: row, ReceiptWords(reason: reason.receiptText))
    case .reopen(_, _, let at):
      try chain.append(
        .resolved, at: Milliseconds(at), message: row,
        ReceiptWords(resolution: .reopen, evidence: StoreChange.reopenEvidence))
      try transaction.excludeIfNeedless(row.integer(MessageColumn.id), in: campaign, at: Milliseconds(at))
    case .makeDue, .count: break
    }
    return .done
  }
}

extension StoreChange {
  fileprivate var message: Int64? {
    switch self {
    case .claim(let request): request.message
    case .record(let claim, _): claim.message
    case .exclude(let message, _, _, _), .reopen(let message, _, _), .makeDue(let message, _, _): message
    case .count: nil
    }
  }

  fileprivate var knowing: KnownTestLetters? {
    switch self {
    case .claim(let request): request.knowing
    case .count(_, _, let known): known
    case .record, .exclude, .reopen, .makeDue: nil
    }
  }

  fileprivate var countsUse: Bool {
    switch self {
    case .claim(let request): request.knowing != nil || !request.counts.isEmpty
    case .record(_, let record): !record.counts.isEmpty || !record.givesBack.isEmpty
    case .count: true
    case .exclude, .reopen, .makeDue: false
    }
  }

  /// The one statement that decides whether the change is made, and makes it; nil for one that changes no message.
  fileprivate var statement: PostgresStatement? {
    switch self {
    case .claim(let request):
      PostgresStatement(
        """
        UPDATE messages SET state = 'sending', attempts = attempts + 1, fence = fence + 1, resend = 0, due_at = NULL,
          worker = $3, lease_until = $4, relay = $5, sha256 = $6, first_attempt_at = coalesce(first_attempt_at, $7),
          give_up_from = CASE WHEN resend = 1 THEN $7 ELSE give_up_from END, last_attempt_at = $7, changed_at = $7,
          phase = NULL, code = NULL, enhanced = NULL, reply = NULL
        WHERE id = $1 AND fence = $2 AND state IN ('queued', 'deferred')
        \(PostgresChain.returningMessage)
        """,
        [
          .integer(request.message), .integer(request.fence), .text(request.worker), .time(request.leaseUntil),
          .text(request.relay), .bytes(request.sha256.bytes), .time(request.at),
        ])
    case .record(let claim, let record):
      PostgresStatement(
        """
        UPDATE messages SET state = $3, worker = NULL, lease_until = NULL, changed_at = $4, phase = $5, code = $6,
          enhanced = $7, reply = $8, due_at = $9
        WHERE id = $1 AND fence = $2 AND state = 'sending'
        \(PostgresChain.returning)
        """,
        [
          .integer(claim.message), .integer(claim.fence), .text(record.state.rawValue), .time(record.at),
          .text(record.phase), .integer(record.code), .text(record.enhanced), .text(StoredMessage.cut(record.reply)),
          .time(record.dueAt),
        ])
    case .exclude(let message, let fence, let reason, let at):
      PostgresStatement(
        """
        UPDATE messages SET state = 'excluded', fence = fence + 1, resend = 0, due_at = NULL, changed_at = $3,
          exclusion = $4, exclusion_detail = $5
        WHERE id = $1 AND fence = $2 AND state IN ('queued', 'deferred')
        \(PostgresChain.returningMessage)
        """, [.integer(message), .integer(fence), .time(at), .text(reason.kind), .text(reason.detail)])
    case .reopen(let message, let fence, let at):
      PostgresStatement(
        """
        \(PostgresStore.reopening) WHERE id = $1 AND state = 'refused' AND fence = $3
          AND campaign NOT IN (SELECT id FROM campaigns WHERE state = 'cancelled')
        \(PostgresChain.returning)
        """, [.integer(message), .time(at), .integer(fence)])
    case .makeDue(let message, let fence, let at):
      PostgresStatement(
        """
        UPDATE messages SET due_at = least(due_at, $2) WHERE id = $1 AND state = 'deferred' AND fence = $3
        \(PostgresChain.returningMessage)
        """, [.integer(message), .time(at), .integer(fence)])
    case .count: nil
    }
  }
}

extension AttemptOutcome {
  fileprivate var dueAt: Date? { if case .deferred(let until) = result { until } else { nil } }
}
