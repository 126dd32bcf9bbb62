import Campaigns
public import Foundation
import GRDB
import Mail
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
          range.sql(Self.dueColumns, limit: limit - messages.count, among: condition), in: database)
        select.bind(campaign, at: 1)
        for (index, value) in range.values.enumerated() { select.bind(value, at: Int32(index + 2)) }
        while try select.step() { messages.append(try Self.dueMessage(from: select, range.list)) }
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
          found.append(try Self.dueMessage(from: select, list))
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
        outcomesInLastMinute: hasPace ? Int(pace.integer(1)) : 0)
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

  /// Reads rows of ``customerColumns``: one per message, those of a customer one after another.
  static func forEachCustomer(
    from select: PreparedStatement, _ body: (CustomerRecord) throws -> Void
  ) throws {
    var number: Int64?
    var customer: CustomerRecord?
    while try select.step() {
      if number != select.integer(22) {
        if let customer { try body(customer) }
        number = select.integer(22)
        customer = try Self.customer(from: select)
      }
      if let message = try Self.message(from: select) { customer?.messages.append(message) }
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

  private static let selectCampaign = """
    SELECT id, name, plan_hash, rows, rejected_rows, deadline, hash_key, inputs, state, created_at, started_at,
      finished_at, purge_begun_at, purged_at, purge_files
    FROM campaigns
    """

  private static let dueColumns = """
    m.id, m.fence, m.attempts, m.priority, m.due_at, m.recipient, m.message_id, m.relay, m.first_attempt_at, c.ref,
    c.payload, m.letter, m.give_up_from, m.phase, m.code, substr(m.reply, 1, 2000),
    m.changed_at, m.rank
    """

  private static let selectDueMessage = """
    SELECT \(dueColumns), m.state, m.resend
    FROM messages AS m CROSS JOIN customers AS c ON c.id = m.customer
    WHERE m.id = ?2 AND m.campaign = ?1 AND (m.state = 'queued' OR m.state = 'deferred' AND m.due_at <= ?3)
    """

  private static let customerColumns = """
    c.ref, c.kind, c.reasons, c.calls, c.payload, m.id, m.state, m.attempts, m.recipient, m.message_id,
      m.relay, m.first_attempt_at, m.last_attempt_at, m.due_at, m.changed_at, m.phase, m.code, m.enhanced, m.reply,
      m.sha256, m.resent, m.letter, c.id, m.exclusion, m.exclusion_detail
    """

  private static let selectCustomers = """
    SELECT \(customerColumns)
    FROM campaigns JOIN customers AS c ON c.id BETWEEN first_customer AND last_customer
      LEFT JOIN messages AS m ON m.customer = c.id
    WHERE campaigns.id = ?1 ORDER BY c.id, m.id
    """

  private static let selectCustomersByCode = """
    SELECT \(customerColumns)
    FROM customers AS c JOIN messages AS m ON m.customer = c.id
    WHERE c.id IN (
      SELECT messages.customer FROM codes JOIN messages ON messages.id = codes.message
      WHERE codes.campaign = ?1 AND codes.code = ?2
    ) ORDER BY c.id, m.id
    """

  static let selectCustomer = """
    SELECT \(customerColumns)
    FROM customers AS c LEFT JOIN messages AS m ON m.customer = c.id
    WHERE c.campaign = ?1 AND c.ref = ?2 ORDER BY m.id
    """

  /// A superset of the call list: who is on it ``MessageState`` and time decide, not SQL.
  ///
  /// - Parameter late: With customers whose letter waits.
  static func selectCustomersToCall(late: Bool) -> String {
    """
    SELECT \(customerColumns)
    FROM customers AS c LEFT JOIN messages AS m ON m.customer = c.id
    WHERE c.id IN (
      SELECT id FROM customers WHERE campaign = ?1 AND (kind = 'phone' OR calls <> '[]')
      UNION SELECT customer FROM messages
        WHERE campaign = ?1 AND state IN ('refused', 'expired', 'excluded', 'uncertain', 'cancelled')
    """
      + (late
        ? " UNION SELECT customer FROM messages WHERE campaign = ?1 AND state IN ('queued', 'sending', 'deferred')"
        : "")
      + ") ORDER BY c.id, m.id"
  }

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
    guard let hash = SHA256Digest(bytes: row.blob(2)), let state = row.text(8).flatMap(CampaignState.init) else {
      throw StoreError.invariant("campaign \(row.integer(0)) cannot be read")
    }
    return CampaignRecord(
      id: row.integer(0),
      plan: FrozenPlan(
        name: row.text(1) ?? "", planHash: hash, rows: Int(row.integer(3)), rejectedRows: Int(row.integer(4)),
        deadline: Milliseconds(row.integer(5)).date, hashKey: row.blob(6), inputs: row.data(7),
        approvals: try approvals(of: row.integer(0), database)),
      state: state, createdAt: Milliseconds(row.integer(9)).date, startedAt: row.milliseconds(10)?.date,
      finishedAt: row.milliseconds(11)?.date,
      purge: row.milliseconds(12).map { begun in
        CampaignRecord.Purge(
          begunAt: begun.date, finishedAt: row.milliseconds(13)?.date, files: Int(row.integer(14)))
      })
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

  private static func dueMessage(from row: PreparedStatement, _ list: DueRange.List) throws -> DueMessage {
    let message = row.integer(0)
    let turn: DueTurn =
      switch list {
      case .untried: .untried(priority: Int(row.integer(3)), rank: Int(row.integer(17)))
      case .again: .again
      case .deferred: .deferred(until: Milliseconds(row.integer(4)).date)
      }
    let answer: LastAnswer? =
      if case .deferred = list, let phase = row.text(13), !row.isNull(14) {
        LastAnswer(
          phase: phase, code: Int(row.integer(14)), text: row.text(15) ?? "", at: Milliseconds(row.integer(16)).date)
      } else {
        nil
      }
    return DueMessage(
      message: message, fence: row.integer(1), attempts: Int(row.integer(2)), turn: turn,
      recipient: try address(row.text(5), of: message), messageID: try messageID(row.text(6), of: message),
      relay: row.text(7), lastAnswer: answer, firstAttemptAt: row.milliseconds(8)?.date,
      giveUpFrom: row.milliseconds(12)?.date, customer: row.text(9) ?? "", letter: row.text(11) ?? "",
      payload: row.data(10))
  }

  private static func customer(from row: PreparedStatement) throws -> CustomerRecord {
    guard let kind = row.text(1).flatMap(Outcome.Kind.init) else {
      throw StoreError.invariant("a customer has no outcome")
    }
    return CustomerRecord(
      id: row.text(0) ?? "", kind: kind, reasons: try StoredReasons.read(row.text(2), of: row.integer(22)),
      calls: try StoredReasons.read(row.text(3), of: row.integer(22)), payload: row.data(4), messages: [])
  }

  /// Returns nil for a customer without a message.
  private static func message(from row: PreparedStatement) throws -> MessageRecord? {
    guard !row.isNull(5) else { return nil }
    let message = row.integer(5)
    guard let state = row.text(6).flatMap(MessageState.init) else {
      throw StoreError.invariant("message \(message) has no state")
    }
    return MessageRecord(
      message: message, letter: row.text(21) ?? "", state: state, attempts: Int(row.integer(7)),
      recipient: try address(row.text(8), of: message),
      messageID: try messageID(row.text(9), of: message), relay: row.text(10),
      firstAttemptAt: row.milliseconds(11)?.date, lastAttemptAt: row.milliseconds(12)?.date,
      dueAt: row.milliseconds(13)?.date, changedAt: Milliseconds(row.integer(14)).date,
      phase: row.text(15), code: row.isNull(16) ? nil : Int(row.integer(16)), enhanced: row.text(17),
      reply: row.text(18), sha256: SHA256Digest(bytes: row.blob(19)), resent: row.integer(20) == 1,
      exclusion: row.text(23).flatMap { ExclusionReason(kind: $0, detail: row.text(24)) })
  }

  static func address(_ text: String?, of message: Int64) throws -> EmailAddress {
    do {
      return try EmailAddress(text ?? "")
    } catch {
      throw StoreError.invariant("the address of message \(message) \(error)")
    }
  }

  static func messageID(_ text: String?, of message: Int64) throws -> MessageID {
    do {
      return try MessageID(parsing: text ?? "")
    } catch {
      throw StoreError.invariant("the Message-ID of message \(message) \(error)")
    }
  }
}

/// Reasons in the columns `reasons` and `calls` of a customer: a JSON array of what ``OutcomeReason`` encodes to.
enum StoredReasons {
  static func json(_ reasons: [OutcomeReason]) throws -> String {
    if reasons.isEmpty { return "[]" }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(reasons), as: UTF8.self)
  }

  static func read(_ json: String?, of customer: Int64) throws(StoreError) -> [OutcomeReason] {
    if json == "[]" { return [] }
    do {
      return try JSONDecoder().decode([OutcomeReason].self, from: Data((json ?? "").utf8))
    } catch {
      throw .invariant("the reasons of customer \(customer) cannot be read")
    }
  }
}
