import Campaigns
public import Foundation
import GRDB
import Receipts

extension SQLiteStore {
  public func campaign(named name: String) async throws -> CampaignRecord? {
    try await read { database in
      let select = try PreparedStatement(Self.selectCampaign + " WHERE name = ?1", in: database)
      select.bind(name, at: 1)
      return try select.step() ? Self.campaign(from: select, database) : nil
    }
  }

  public func campaigns() async throws -> [CampaignRecord] {
    try await read { database in
      let select = try PreparedStatement(Self.selectCampaign + " ORDER BY id", in: database)
      var records: [CampaignRecord] = []
      while try select.step() { records.append(try Self.campaign(from: select, database)) }
      return records
    }
  }

  public func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] {
    try await due(in: campaign, at: now, after: after, limit: limit, among: "")
  }

  /// - Parameter among: One more condition.
  func due(
    in campaign: Int64, at now: Date, after: DueCursor?, limit: Int, among condition: String
  ) async throws -> [DueMessage] {
    let ranges = DueRange.ranges(after: after, until: now)
    return try await read { database in
      var messages: [DueMessage] = []
      for range in ranges where messages.count < limit {
        let select = try PreparedStatement(
          range.sql(StoredMessage.dueColumns, limit: limit - messages.count, among: condition), in: database)
        select.bind(campaign, at: 1)
        for (index, value) in range.values.enumerated() { select.bind(value, at: Int32(index + 2)) }
        while try select.step() { messages.append(try StoredMessage.due(select, range.list)) }
      }
      return messages
    }
  }

  public func due(_ messages: [Int64], in campaign: Int64, at now: Date) async throws -> [DueMessage] {
    if messages.isEmpty { return [] }
    let now = Milliseconds(now)
    return try await read { database in
      let select = try PreparedStatement(Self.selectDueMessage, in: database)
      select.bind(campaign, at: 1)
      select.bind(now, at: 3)
      var found: [DueMessage] = []
      for message in messages {
        select.bind(message, at: 2)
        if try select.step() {
          let list: DueRange.List =
            select.text(18) == "deferred" ? .deferred : select.integer(19) == 1 ? .again : .untried
          found.append(try StoredMessage.due(select, list))
        }
        select.reset()
      }
      return found
    }
  }

  public func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date? {
    try await read { try Self.nextDue(in: campaign, after: moment, $0) }
  }

  public func snapshot(of campaign: Int64) async throws -> CampaignSnapshot {
    try await read { database in
      var customers = Dictionary(uniqueKeysWithValues: Outcome.Kind.allCases.map { ($0, 0) })
      let kinds = try PreparedStatement("SELECT kind, count FROM customer_tally WHERE campaign = ?1", in: database)
      kinds.bind(campaign, at: 1)
      while try kinds.step() {
        if let kind = kinds.text(0).flatMap(Outcome.Kind.init) { customers[kind] = Int(kinds.integer(1)) }
      }
      let pace = try PreparedStatement(
        """
        SELECT last_at, (SELECT sum(outcomes) FROM pace AS p WHERE p.campaign = ?1 AND p.second > pace.second - 60)
        FROM pace WHERE campaign = ?1 ORDER BY second DESC LIMIT 1
        """, in: database)
      pace.bind(campaign, at: 1)
      let hasPace = try pace.step()
      return CampaignSnapshot(
        campaign: try Self.record(of: campaign, database), customers: customers,
        messages: try Self.messageTally(of: campaign, database),
        nextDue: try Self.nextDue(in: campaign, after: nil, database),
        lastOutcomeAt: hasPace ? pace.milliseconds(0)?.date : nil,
        outcomesInLastMinute: hasPace ? Int(pace.integer(1)) : 0,
        bounced: try Int.fetchOne(
          database, sql: "SELECT count(*) FROM bounces WHERE campaign = ?", arguments: [campaign]) ?? 0,
        needless: try Int.fetchOne(
          database, sql: "SELECT count(*) FROM messages WHERE campaign = ? AND exclusion IN ('safe', 'reached')",
          arguments: [campaign]) ?? 0)
    }
  }

  public func forEachCustomer(in campaign: Int64, _ body: @Sendable (CustomerRecord) throws -> Void) async throws {
    try await stream { database in
      _ = try Self.record(of: campaign, database)
      let select = try PreparedStatement(Self.selectCustomers, in: database)
      select.bind(campaign, at: 1)
      defer { select.reset() }
      try Self.forEachCustomer(from: select) { customer in
        try Task.checkCancellation()
        try body(customer)
      }
    }
  }

  public func customers(in campaign: Int64, withCodeIndex index: Int64) async throws -> [CustomerRecord]? {
    try await read { database in
      let flag = try PreparedStatement("SELECT has_codes FROM campaigns WHERE id = ?1", in: database)
      flag.bind(campaign, at: 1)
      guard try flag.step() else { throw StoreError.noSuchCampaign(campaign) }
      guard flag.integer(0) == 1 else { return nil }
      let select = try PreparedStatement(Self.selectCustomersByCode, in: database)
      select.bind(campaign, at: 1)
      select.bind(index, at: 2)
      var customers: [CustomerRecord] = []
      try Self.forEachCustomer(from: select) { customers.append($0) }
      return customers
    }
  }

  /// Reads rows of ``StoredMessage/customerColumns``: one per message, those of a customer one after another.
  static func forEachCustomer(
    from select: PreparedStatement, _ body: (CustomerRecord) throws -> Void
  ) throws {
    var number: Int64?
    var customer: CustomerRecord?
    while try select.step() {
      if number != StoredMessage.customerNumber(select) {
        if let customer { try body(customer) }
        number = StoredMessage.customerNumber(select)
        customer = try StoredMessage.customer(select)
      }
      if let message = try StoredMessage.record(select) { customer?.messages.append(message) }
    }
    if let customer { try body(customer) }
  }

  public func pendingRequest(of campaign: Int64) async throws -> ControlRequest? {
    try await read { database in
      try String.fetchOne(database, sql: "SELECT request FROM control WHERE campaign = ?", arguments: [campaign])
        .flatMap(ControlRequest.init)
    }
  }

  public func receipts(of campaign: Int64, after seq: Int64, limit: Int) async throws -> [ReceiptLine] {
    try await read { database in
      let select = try PreparedStatement(
        "SELECT id, line FROM receipts WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3", in: database)
      let start = SpoolSchema.receipt(campaign, 0)
      select.bind(start + max(seq, 0), at: 1)
      select.bind(SpoolSchema.receipt(campaign + 1, 0), at: 2)
      select.bind(Int64(max(limit, 0)), at: 3)
      var lines: [ReceiptLine] = []
      while try select.step() { lines.append(ReceiptLine(seq: select.integer(0) - start, bytes: select.blob(1))) }
      return lines
    }
  }

  // MARK: Rows

  private static let selectCampaign = "SELECT \(CampaignRecord.columns) FROM campaigns"

  private static let selectDueMessage = """
    SELECT \(StoredMessage.dueColumns), m.state, m.resend
    FROM messages AS m CROSS JOIN customers AS c ON c.id = m.customer
    WHERE m.id = ?2 AND m.campaign = ?1 AND (m.state = 'queued' OR m.state = 'deferred' AND m.due_at <= ?3)
    """

  private static let selectCustomers = """
    SELECT \(StoredMessage.customerColumns)
    FROM campaigns JOIN customers AS c ON c.id BETWEEN first_customer AND last_customer
      LEFT JOIN messages AS m ON m.customer = c.id LEFT JOIN bounces AS b ON b.message = m.id
    WHERE campaigns.id = ?1 ORDER BY c.id, m.id
    """

  private static let selectCustomersByCode = """
    SELECT \(StoredMessage.customerColumns)
    FROM customers AS c JOIN messages AS m ON m.customer = c.id LEFT JOIN bounces AS b ON b.message = m.id
    WHERE c.id IN (
      SELECT messages.customer FROM codes JOIN messages ON messages.id = codes.message
      WHERE codes.campaign = ?1 AND codes.code = ?2
    ) ORDER BY c.id, m.id
    """

  static let selectCustomer = """
    SELECT \(StoredMessage.customerColumns)
    FROM customers AS c LEFT JOIN messages AS m ON m.customer = c.id LEFT JOIN bounces AS b ON b.message = m.id
    WHERE c.campaign = ?1 AND c.ref = ?2 ORDER BY m.id
    """

  static func record(of campaign: Int64, _ database: Database) throws -> CampaignRecord {
    let select = try PreparedStatement(selectCampaign + " WHERE id = ?1", in: database)
    select.bind(campaign, at: 1)
    guard try select.step() else { throw StoreError.noSuchCampaign(campaign) }
    return try Self.campaign(from: select, database)
  }

  static func messageTally(of campaign: Int64, _ database: Database) throws -> [MessageState: Int] {
    var tally = Dictionary(uniqueKeysWithValues: MessageState.allCases.map { ($0, 0) })
    let select = try PreparedStatement("SELECT state, count FROM message_tally WHERE campaign = ?1", in: database)
    select.bind(campaign, at: 1)
    while try select.step() {
      if let state = select.text(0).flatMap(MessageState.init) { tally[state] = Int(select.integer(1)) }
    }
    return tally
  }

  private static func nextDue(in campaign: Int64, after moment: Date?, _ database: Database) throws -> Date? {
    let select = try PreparedStatement(
      """
      SELECT due_at FROM messages WHERE campaign = ?1 AND state = 'deferred' AND due_at > ?2 ORDER BY due_at LIMIT 1
      """, in: database)
    select.bind(campaign, at: 1)
    select.bind(moment.map { Milliseconds($0).value } ?? .min, at: 2)
    return try select.step() ? select.milliseconds(0)?.date : nil
  }

  private static func campaign(from row: PreparedStatement, _ database: Database) throws -> CampaignRecord {
    try CampaignRecord(row: row, approvals: approvals(of: row.integer(0), database))
  }

  /// They are the receipts right after the first.
  private static func approvals(of campaign: Int64, _ database: Database) throws -> [FrozenApproval] {
    let select = try PreparedStatement(
      "SELECT line FROM receipts WHERE id > ?1 AND id < ?2 ORDER BY id", in: database)
    select.bind(SpoolSchema.receipt(campaign, 1), at: 1)
    select.bind(SpoolSchema.receipt(campaign + 1, 0), at: 2)
    var approvals: [FrozenApproval] = []
    while try select.step(), let approval = (try? Receipt(line: select.blob(0)))?.approval {
      approvals.append(approval)
    }
    return approvals
  }
}
