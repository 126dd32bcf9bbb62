import FaultPoints
public import Foundation
import GRDB
public import Receipts

extension SQLiteStore {
  public func setState(_ state: CampaignState, of campaign: Int64, at now: Date) async throws {
    let now = Milliseconds(now)
    try await write { transaction in
      try Self.setState(state, of: campaign, at: now, transaction)
      FaultPoint.stateUncommitted.reached()
    }
    FaultPoint.stateCommitted.reached()
  }

  private static func setState(
    _ state: CampaignState, of campaign: Int64, at now: Milliseconds, _ transaction: Transaction
  ) throws {
    let record = try record(of: campaign, transaction.database)
    let figures = try messageTally(of: campaign, transaction.database)
    guard try record.becomes(state, with: figures) else { return }
    try transaction.database.execute(
      sql: """
        UPDATE campaigns SET state = ?1, started_at = coalesce(started_at, CASE ?1 WHEN 'running' THEN ?2 END),
          finished_at = CASE WHEN ?3 THEN ?2 END
        WHERE id = ?4
        """,
      arguments: [state.rawValue, now.value, state.isFinished, campaign])
    guard let event = state.event(after: record.state) else { return }
    try transaction.chain(of: campaign).append(event, at: now) { line in
      line.field("figures", figures: MessageState.allCases.map { ($0.rawValue, figures[$0] ?? 0) })
    }
  }

  public func heartbeat(worker: String, leaseUntil: Date) async throws {
    let until = Milliseconds(leaseUntil).value
    try await write { transaction in
      try transaction.database.execute(
        sql: "UPDATE messages SET lease_until = ? WHERE worker = ? AND state = 'sending'", arguments: [until, worker])
    }
  }

  public func recover(campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      let recover = transaction.statements.recover
      recover.bind(now, at: 2)
      recover.bind(StoredMessage.lostWords, at: 3)
      let count = try Self.forEach(
        "SELECT id FROM messages WHERE campaign = ?1 AND state = 'sending' LIMIT 1000", [campaign], transaction
      ) { message in
        _ = try transaction.change(message, by: recover) { row in
          try transaction.chain(of: campaign).append(.uncertain, at: now, message: row, reply: StoredMessage.lostWords)
        }
      }
      try transaction.database.execute(
        sql: """
          UPDATE messages SET give_up_from = ?2
          WHERE campaign = ?1 AND state = 'deferred' AND due_at < changed_at + \(Milliseconds.atOnce)
          """, arguments: [campaign, now.value])
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
    let limit = Milliseconds(limit).value
    let since = triedSince.map { Milliseconds($0).value }
    let count = try await write { transaction in
      let expire = transaction.statements.expire
      expire.bind(now, at: 2)
      let count = try Self.forEach(
        Self.selectExpired + (since == nil ? "" : " AND last_attempt_at >= ?3") + " LIMIT 1000",
        [campaign, limit] + [since].compactMap { $0 }, transaction
      ) { message in
        _ = try transaction.change(message, by: expire) { row in
          try transaction.chain(of: campaign).append(.expired, at: now, message: row)
        }
      }
      if count > 0 { FaultPoint.expireUncommitted.reached() }
      return count
    }
    if count > 0 { FaultPoint.expireCommitted.reached() }
    return count
  }

  static let selectExpired = """
    SELECT id FROM messages
    WHERE campaign = ?1 AND state = 'deferred' AND coalesce(give_up_from, first_attempt_at) <= ?2
    """

  public func cancel(campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      let cancel = transaction.statements.cancel
      cancel.bind(now, at: 2)
      // In the order in which they would have left.
      var count = 0
      for range in DueRange.all {
        count += try Self.forEach(range.sql("m.id", limit: 1000), [campaign], transaction) { message in
          _ = try transaction.change(message, by: cancel) { row in
            try transaction.chain(of: campaign).append(.cancelled, at: now, message: row)
          }
        }
      }
      try Self.setState(.cancelled, of: campaign, at: now, transaction)
      FaultPoint.cancelUncommitted.reached()
      return count
    }
    FaultPoint.cancelCommitted.reached()
    return count
  }

  public func resolve(
    in campaign: Int64, customer: String?, letter: String?, as resolution: Resolution, evidence: String?, at now: Date
  ) async throws -> [String] {
    let now = Milliseconds(now)
    let customers = try await write { transaction in
      try Self.resolve(
        """
        SELECT messages.id, customers.ref FROM messages JOIN customers ON customers.id = messages.customer
        WHERE messages.campaign = ?1 AND \(resolution == .reopen ? Self.isGivenUp : Self.isUncertain)
          AND (?2 IS NULL OR customers.ref = ?2) AND (?3 IS NULL OR messages.letter = ?3)
        ORDER BY messages.id
        """, customer: customer, letter: letter, in: campaign, as: resolution, evidence: evidence, at: now, transaction)
    }
    if !customers.isEmpty { FaultPoint.resolveCommitted.reached() }
    return customers
  }

  public func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      try Self.resolve(
        """
        SELECT id, NULL FROM messages WHERE coalesce(?2, ?3) IS NULL AND campaign = ?1 AND state = 'uncertain' AND resent = 0
        ORDER BY id
        """, customer: nil, letter: nil, in: campaign, as: .resend, evidence: StoredMessage.policyWords, at: now,
        transaction
      ).count
    }
    if count > 0 { FaultPoint.resolveCommitted.reached() }
    return count
  }

  private static let isUncertain = "messages.state = 'uncertain'"
  private static let isGivenUp = "messages.state IN ('refused', 'expired')"

  private static func resolve(
    _ query: String, customer: String?, letter: String?, in campaign: Int64, as resolution: Resolution,
    evidence: String?, at now: Milliseconds, _ transaction: Transaction
  ) throws -> [String] {
    try requireSendable(resolution, in: campaign, transaction)
    let select = try PreparedStatement(query, in: transaction.database)
    select.bind(campaign, at: 1)
    select.bind(customer, at: 2)
    select.bind(letter, at: 3)
    var found: [(message: Int64, customer: String)] = []
    while try select.step() { found.append((select.integer(0), select.text(1) ?? "")) }
    select.reset()
    let update = transaction.statements.settling(as: resolution)
    update.bind(now, at: 2)
    update.bind(nil as Int?, at: 3)
    for (message, _) in found {
      _ = try transaction.change(message, by: update) { row in
        try transaction.chain(of: campaign)
          .append(.resolved, at: now, message: row, resolution: resolution, evidence: evidence)
      }
    }
    if !found.isEmpty { FaultPoint.resolveUncommitted.reached() }
    return found.map(\.customer)
  }

  /// Fails when the resolution would send a message in a campaign that is over for good.
  static func requireSendable(_ resolution: Resolution, in campaign: Int64, _ transaction: Transaction) throws {
    try unpurged(campaign, transaction.database).requireSendable(resolution)
  }

  public func request(_ request: ControlRequest?, of campaign: Int64, at now: Date) async throws {
    let now = Milliseconds(now).value
    try await write(as: .control) { database in
      if let request {
        _ = try Self.unpurged(campaign, database)
        try database.execute(
          sql: "INSERT OR REPLACE INTO control (campaign, request, at) VALUES (?, ?, ?)",
          arguments: [campaign, request.rawValue, now])
      } else {
        _ = try Self.record(of: campaign, database)
        try database.execute(sql: "DELETE FROM control WHERE campaign = ?", arguments: [campaign])
      }
      FaultPoint.requestUncommitted.reached()
    }
    FaultPoint.requestCommitted.reached()
  }

  /// Runs `change` for each message the query finds, a thousand at a time: the change takes it out of the next page.
  /// Returns the number of messages.
  static func forEach(
    _ sql: String, _ arguments: [Int64], _ transaction: Transaction, _ change: (Int64) throws -> Void
  ) throws -> Int {
    let select = try PreparedStatement(sql, in: transaction.database)
    var count = 0
    while true {
      for (index, argument) in arguments.enumerated() { select.bind(argument, at: Int32(index + 1)) }
      var page: [Int64] = []
      while try select.step() { page.append(select.integer(0)) }
      select.reset()
      if page.isEmpty { return count }
      for message in page { try change(message) }
      count += page.count
    }
  }
}
