import Campaigns
public import Foundation
public import Queue
import Receipts

extension PostgresStore {
  public func campaign(named name: String) async throws -> CampaignRecord? {
    try await read { try $0.records("WHERE name = $1", [.text(name)]).first }
  }

  public func campaigns() async throws -> [CampaignRecord] { try await read { try $0.records("ORDER BY id") } }

  public func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] {
    try await due(in: campaign, at: now, after: after, limit: limit, among: "")
  }

  /// - Parameter among: One more condition.
  func due(
    in campaign: Int64, at now: Date, after: DueCursor?, limit: Int, among condition: String
  ) async throws -> [DueMessage] {
    let ranges = DueRange.ranges(after: after, until: now)
    return try await read { connection in
      var messages: [DueMessage] = []
      for range in ranges where messages.count < limit {
        let values = [campaign] + range.values + [Int64(limit - messages.count)]
        let rows = try connection.run(
          """
          SELECT \(StoredMessage.dueColumns) FROM messages AS m JOIN customers AS c ON c.id = m.customer
          WHERE m.campaign = $1 AND \(range.conditions.replacing("?", with: "$")) \(condition)
          ORDER BY \(range.order) LIMIT $\(values.count)
          """, values.map { .integer($0) }
        ).rows
        messages += try rows.map { try StoredMessage.due($0, range.list) }
      }
      return messages
    }
  }

  public func due(_ messages: [Int64], in campaign: Int64, at now: Date) async throws -> [DueMessage] {
    if messages.isEmpty { return [] }
    return try await read { connection in
      try connection.run(
        """
        SELECT \(StoredMessage.dueColumns), m.state, m.resend
        FROM messages AS m JOIN customers AS c ON c.id = m.customer
        WHERE m.id = ANY($2) AND m.campaign = $1 AND (m.state = 'queued' OR m.state = 'deferred' AND m.due_at <= $3)
        """, [.integer(campaign), .integers(messages), .time(now)]
      ).rows.map { row in
        let list: DueRange.List =
          row.text(18) == "deferred" ? .deferred : row.integer(19) == 1 ? .again : .untried
        return try StoredMessage.due(row, list)
      }
    }
  }

  public func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date? {
    try await read { try $0.nextDue(in: campaign, after: moment) }
  }

  public func lastAcceptance(through relay: String, in campaign: Int64) async throws -> Date? {
    try await read { connection in
      try connection.run(
        """
        SELECT max(changed_at) FROM messages
        WHERE campaign = $1 AND relay = $2 AND state = 'accepted' AND resolution IS DISTINCT FROM 'accepted'
        """, [.integer(campaign), .text(relay)]
      ).first?.milliseconds(0)?.date
    }
  }

  public func relayTally(in campaign: Int64) async throws -> [RelayTally] {
    try await read { connection in
      try connection.run(
        """
        SELECT relay, state, count(*)::bigint FROM messages
        WHERE campaign = $1 AND relay IS NOT NULL AND (state IN ('deferred', 'refused', 'expired', 'uncertain')
          OR state = 'accepted' AND resolution IS DISTINCT FROM 'accepted')
        GROUP BY relay, state
        """, [.integer(campaign)]
      ).rows.compactMap { row in
        guard let relay = row.text(0), let state = row.text(1).flatMap(MessageState.init) else { return nil }
        return RelayTally(relay: relay, state: state, count: Int(row.integer(2)))
      }
    }
  }

  public func snapshot(of campaign: Int64) async throws -> CampaignSnapshot {
    try await read { connection in
      let record = try connection.record(of: campaign)
      var customers = Dictionary(uniqueKeysWithValues: Outcome.Kind.allCases.map { ($0, 0) })
      let kinds = try connection.run("SELECT kind, count FROM customer_tally WHERE campaign = $1", [.integer(campaign)])
      for row in kinds.rows {
        if let kind = row.text(0).flatMap(Outcome.Kind.init) { customers[kind] = Int(row.integer(1)) }
      }
      let pace = try connection.run(
        """
        SELECT last_at,
          (SELECT sum(outcomes) FROM pace AS p WHERE p.campaign = $1 AND p.second > pace.second - 60)::bigint
        FROM pace WHERE campaign = $1 ORDER BY second DESC LIMIT 1
        """, [.integer(campaign)]
      ).first
      let bounced = try connection.run("SELECT count(*) FROM bounces WHERE campaign = $1", [.integer(campaign)])
      let needless = try connection.run(
        "SELECT count(*) FROM messages WHERE campaign = $1 AND exclusion IN ('safe', 'reached')", [.integer(campaign)])
      return CampaignSnapshot(
        campaign: record, customers: customers, messages: try connection.messageTally(of: campaign),
        nextDue: try connection.nextDue(in: campaign, after: nil), lastOutcomeAt: pace?.milliseconds(0)?.date,
        outcomesInLastMinute: Int(pace?.integer(1) ?? 0), bounced: Int(bounced.first?.integer(0) ?? 0),
        needless: Int(needless.first?.integer(0) ?? 0))
    }
  }

  public func forEachCustomer(in campaign: Int64, _ body: @Sendable (CustomerRecord) throws -> Void) async throws {
    try await forEachCustomer(
      in: campaign,
      """
      SELECT \(StoredMessage.customerColumns)
      FROM campaigns JOIN customers AS c ON c.id BETWEEN first_customer AND last_customer
        LEFT JOIN messages AS m ON m.customer = c.id LEFT JOIN bounces AS b ON b.message = m.id
      WHERE campaigns.id = \(campaign) ORDER BY c.id, m.id
      """, body)
  }

  /// The customers of a query, as a stream.
  func forEachCustomer(
    in campaign: Int64, _ query: String, _ body: @Sendable (CustomerRecord) throws -> Void
  ) async throws {
    _ = try await read { try $0.record(of: campaign) }
    var customers = CustomerRows()
    try await stream([query]) { row in if let whole = try customers.take(row) { try body(whole) } }
    if let last = customers.last { try body(last) }
  }

  public func customers(in campaign: Int64, withCodeIndex index: Int64) async throws -> [CustomerRecord]? {
    try await read { connection in
      let flag = try connection.run("SELECT has_codes FROM campaigns WHERE id = $1", [.integer(campaign)])
      guard let row = flag.first else { throw StoreError.noSuchCampaign(campaign) }
      guard row.integer(0) == 1 else { return nil }
      return try connection.customers(
        """
        SELECT \(StoredMessage.customerColumns)
        FROM customers AS c JOIN messages AS m ON m.customer = c.id LEFT JOIN bounces AS b ON b.message = m.id
        WHERE c.id IN (
          SELECT messages.customer FROM codes JOIN messages ON messages.id = codes.message
          WHERE codes.campaign = $1 AND codes.code = $2
        ) ORDER BY c.id, m.id
        """, [.integer(campaign), .integer(index)])
    }
  }

  public func pendingRequest(of campaign: Int64) async throws -> ControlRequest? {
    try await read { connection in
      try connection.run("SELECT request FROM control WHERE campaign = $1", [.integer(campaign)])
        .first?.text(0).flatMap(ControlRequest.init)
    }
  }

  public func receipts(of campaign: Int64, after seq: Int64, limit: Int) async throws -> [ReceiptLine] {
    try await read { connection in
      try connection.run(
        "SELECT seq, line FROM receipts WHERE campaign = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        [.integer(campaign), .integer(seq), .integer(max(limit, 0))]
      ).rows.map { ReceiptLine(seq: $0.integer(0), bytes: $0.blob(1)) }
    }
  }
}

extension PostgresConnection {
  /// Fails with ``StoreError/noSuchCampaign(_:)`` when there is none.
  func record(of campaign: Int64) throws -> CampaignRecord {
    guard let record = try records("WHERE id = $1", [.integer(campaign)]).first else {
      throw StoreError.noSuchCampaign(campaign)
    }
    return record
  }

  fileprivate func records(_ which: String, _ values: [PostgresValue] = []) throws -> [CampaignRecord] {
    try run("SELECT \(CampaignRecord.columns) FROM campaigns \(which)", values).rows.map { row in
      try CampaignRecord(row: row, approvals: approvals(of: row.integer(0)))
    }
  }

  /// They are the receipts right after the first.
  private func approvals(of campaign: Int64) throws -> [FrozenApproval] {
    var approvals: [FrozenApproval] = []
    // As many as a campaign has, but for rare ones, in one go.
    while true {
      let rows = try run(
        "SELECT line FROM receipts WHERE campaign = $1 AND seq > $2 ORDER BY seq LIMIT 4",
        [.integer(campaign), .integer(approvals.count + 1)]
      ).rows
      let found = rows.prefix { (try? Receipt(line: $0.blob(0)))?.approval != nil }
      approvals += found.compactMap { (try? Receipt(line: $0.blob(0)))?.approval }
      if found.count < 4 { return approvals }
    }
  }

  func messageTally(of campaign: Int64) throws -> [MessageState: Int] {
    var tally = Dictionary(uniqueKeysWithValues: MessageState.allCases.map { ($0, 0) })
    for row in try run("SELECT state, count FROM message_tally WHERE campaign = $1", [.integer(campaign)]).rows {
      if let state = row.text(0).flatMap(MessageState.init) { tally[state] = Int(row.integer(1)) }
    }
    return tally
  }

  fileprivate func nextDue(in campaign: Int64, after moment: Date?) throws -> Date? {
    try run(
      """
      SELECT due_at FROM messages WHERE campaign = $1 AND state = 'deferred' AND due_at > $2 ORDER BY due_at LIMIT 1
      """, [.integer(campaign), .integer(moment.map { Milliseconds($0).value } ?? .min)]
    ).first?.milliseconds(0)?.date
  }

  func customers(_ query: String, _ values: [PostgresValue]) throws -> [CustomerRecord] {
    var (customers, rows) = ([CustomerRecord](), CustomerRows())
    for row in try run(query, values).rows { if let whole = try rows.take(row) { customers.append(whole) } }
    return customers + [rows.last].compactMap(\.self)
  }
}

/// Puts the rows of a customer together: one per message, those of a customer one after another.
private struct CustomerRows {
  private var number: Int64?
  /// The customer whose rows are not all there yet; after the last row the last customer.
  private(set) var last: CustomerRecord?

  /// Returns the customer before, when the row begins another one.
  mutating func take(_ row: PostgresRow) throws -> CustomerRecord? {
    var whole: CustomerRecord?
    if number != StoredMessage.customerNumber(row) {
      whole = last
      number = StoredMessage.customerNumber(row)
      last = try StoredMessage.customer(row)
    }
    if let message = try StoredMessage.record(row) { last?.messages.append(message) }
    return whole
  }
}
