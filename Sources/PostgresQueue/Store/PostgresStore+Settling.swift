import FaultPoints
public import Foundation
public import Queue
public import Receipts

extension PostgresStore {
  public func uncertain(in campaign: Int64) async throws -> [UncertainMessage] {
    try await read { connection in
      try connection.run(
        """
        SELECT \(StoredMessage.uncertainColumns)
        FROM messages AS m JOIN customers AS c ON c.id = m.customer
        WHERE m.campaign = $1 AND m.state = 'uncertain' ORDER BY m.id
        """, [.integer(campaign)]
      ).rows.map { try StoredMessage.uncertain($0) }
    }
  }

  public func settle(_ settlements: [Settlement], in campaign: Int64, at now: Date) async throws -> [Int64] {
    let now = Milliseconds(now)
    return try await write { transaction in
      let record = try transaction.unpurged(campaign)
      let chain = try transaction.chain(of: campaign)
      for settlement in settlements { try record.requireSendable(settlement.resolution) }
      let results = try transaction.connection.run(
        settlements.map { settlement in
          PostgresStatement(
            """
            \(Self.settling(as: settlement.resolution)) AND id = $1 AND fence = $3
            \(PostgresChain.returning)
            """, [.integer(settlement.message), .time(now), .integer(settlement.fence)])
        })
      var settled: [Int64] = []
      for (settlement, result) in zip(settlements, results) {
        guard let row = result.first else { continue }
        guard row.integer(MessageColumn.campaign) == campaign else {
          throw StoreError.invariant("message \(settlement.message) is not of campaign \(campaign)")
        }
        try chain.append(
          .resolved, at: now, message: row,
          ReceiptWords(resolution: settlement.resolution, evidence: settlement.evidence))
        settled.append(settlement.message)
      }
      return settled
    }
  }

  public func resolve(
    in campaign: Int64, customer: String?, letter: String?, as resolution: Resolution, evidence: String?, at now: Date
  ) async throws -> [String] {
    let now = Milliseconds(now)
    let customers = try await write { transaction in
      try Self.resolve(
        """
        SELECT messages.id, customers.ref FROM messages JOIN customers ON customers.id = messages.customer
        WHERE messages.campaign = $1
          AND messages.state IN (\(resolution == .reopen ? "'refused', 'expired'" : "'uncertain'"))
          AND ($2 IS NULL OR customers.ref = $2) AND ($3 IS NULL OR messages.letter = $3)
        ORDER BY messages.id
        """, [.integer(campaign), .text(customer), .text(letter)], in: campaign, as: resolution, evidence: evidence,
        at: now, transaction)
    }
    if !customers.isEmpty { FaultPoint.resolveCommitted.reached() }
    return customers
  }

  public func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    let count = try await write { transaction in
      try Self.resolve(
        "SELECT id, '' FROM messages WHERE campaign = $1 AND state = 'uncertain' AND resent = 0 ORDER BY id",
        [.integer(campaign)], in: campaign, as: .resend, evidence: StoredMessage.policyWords, at: now, transaction
      ).count
    }
    if count > 0 { FaultPoint.resolveCommitted.reached() }
    return count
  }

  private static func resolve(
    _ query: String, _ arguments: [PostgresValue], in campaign: Int64, as resolution: Resolution, evidence: String?,
    at now: Milliseconds, _ transaction: PostgresTransaction
  ) throws -> [String] {
    try transaction.unpurged(campaign).requireSendable(resolution)
    let chain = try transaction.chain(of: campaign)
    let found = try transaction.connection.run(query, arguments).rows.map { ($0.integer(0), $0.text(1) ?? "") }
    let messages = found.map(\.0)
    for start in stride(from: 0, to: messages.count, by: 1000) {
      try transaction.change(
        Array(messages[start..<min(start + 1000, messages.count)]),
        by: "\(settling(as: resolution)) AND id = ANY($1) \(PostgresChain.returning)", [.time(now)]
      ) { row in
        try chain.append(
          .resolved, at: now, message: row, ReceiptWords(resolution: resolution, evidence: evidence))
      }
    }
    if !found.isEmpty { FaultPoint.resolveUncommitted.reached() }
    return found.map(\.1)
  }

  /// What reopens a message: $2 is the time.
  static let reopening = """
    UPDATE messages SET state = 'queued', fence = fence + 1, resolution = 'reopen',
      resend = CASE WHEN attempts > 0 THEN 1 ELSE 0 END, changed_at = $2
    """

  /// What settles a message, with the state it must have: $2 is the time.
  private static func settling(as resolution: Resolution) -> String {
    switch resolution {
    case .accepted:
      """
      UPDATE messages SET state = 'accepted', fence = fence + 1, resolution = 'accepted', changed_at = $2
      WHERE state = 'uncertain'
      """
    case .resend:
      """
      UPDATE messages SET state = 'queued', fence = fence + 1, resolution = 'resend', resent = 1, resend = 1,
        changed_at = $2
      WHERE state = 'uncertain'
      """
    case .reopen: "\(reopening) WHERE state IN ('refused', 'expired')"
    }
  }
}
