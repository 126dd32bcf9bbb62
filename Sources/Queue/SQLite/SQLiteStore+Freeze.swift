import Campaigns
import FaultPoints
public import Foundation
import GRDB
import Mail
import Receipts

extension SQLiteStore {
  public func freeze(
    _ plan: FrozenPlan, next: @escaping @Sendable () throws -> PlannedCustomer?, at now: Date
  ) async throws {
    try Self.check(plan)
    let now = Milliseconds(now)
    try await write { transaction in
      let campaign = try Self.insertCampaign(plan, at: now, transaction.database)
      let hash = KeyedHash(key: plan.hashKey)
      let insertCustomer = transaction.statements.insertCustomer
      let insertMessage = transaction.statements.insertMessage
      var counts: [Outcome.Kind: Int] = [:]
      // Numbers are never reused: those of purged customers are not free either.
      let number = try Int64.fetchOne(
        transaction.database,
        sql: """
          SELECT max(coalesce(max(last_customer), 0), coalesce(max(last_message), 0), 0) + 1 FROM campaigns
          """)
      var customers = NumberRange(from: number ?? 1)
      var messages = NumberRange(from: number ?? 1)
      var domains = DomainCount()
      var codes = CodeList()
      while let customer = try next() {
        try Self.check(customer)
        insertCustomer.bind(campaign, at: 1)
        insertCustomer.bind(customer.id, at: 2)
        insertCustomer.bind(customer.kind.rawValue, at: 3)
        insertCustomer.bind(try StoredReasons.json(customer.reasons), at: 4)
        insertCustomer.bind(try StoredReasons.json(customer.calls), at: 5)
        insertCustomer.bind(blob: Array(customer.payload), at: 6)
        insertCustomer.bind(customers.next, at: 7)
        do {
          try insertCustomer.run()
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
          throw StoreError.invalidPlan("customer \(customer.id) is in it twice")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
          throw StoreError.invalidPlan("a customer has no id")
        }
        counts[customer.kind, default: 0] += 1
        for message in customer.messages {
          insertMessage.bind(messages.next, at: 1)
          insertMessage.bind(customers.next, at: 2)
          insertMessage.bind(campaign, at: 3)
          insertMessage.bind(message.priority, at: 4)
          insertMessage.bind(now, at: 5)
          insertMessage.bind(blob: hash.digest(of: customer.id).bytes, at: 6)
          insertMessage.bind(blob: hash.digest(of: message.recipient.key).bytes, at: 7)
          insertMessage.bind(message.recipient.description, at: 8)
          insertMessage.bind(message.messageID.description, at: 9)
          insertMessage.bind(message.letter, at: 10)
          insertMessage.bind(message.template, at: 11)
          insertMessage.bind(message.rank, at: 12)
          do {
            try insertMessage.run()
          } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
            throw StoreError.invalidPlan("customer \(customer.id) gets the letter \(message.letter) twice")
          }
          codes.add(message.codeIndex, messages.next)
          messages.next += 1
        }
        customers.next += 1
        for domain in domains.add(Set(customer.messages.map(\.recipient.domain))) {
          let insert = transaction.statements.insertReadableDomain
          insert.bind(campaign, at: 1)
          insert.bind(domain.ascii, at: 2)
          try insert.run()
        }
      }
      let hasCodes = try codes.insert(of: campaign, by: transaction.statements.insertCode)
      try transaction.database.execute(
        sql: """
          UPDATE campaigns SET first_customer = ?, last_customer = ?, last_message = ?, has_codes = ?, hides_domains = 1
          WHERE id = ?
          """,
        arguments: [customers.first, customers.last, messages.last, hasCodes, campaign])
      let planHash = plan.planHash.labelled
      let chain = try transaction.chain(of: campaign)
      try chain.append(.planFrozen, at: now) { line in
        line.field("plan", planHash)
        line.field(
          "figures",
          figures: PlanFigure.allCases.map { figure in
            let count =
              switch figure {
              case .rows: plan.rows
              case .rejected: plan.rejectedRows
              case .customers: customers.count
              case .letter: counts[.letter] ?? 0
              case .phone: counts[.phone] ?? 0
              case .none: counts[.none] ?? 0
              case .letters: messages.count
              }
            return (figure.rawValue, count)
          })
      }
      for approval in plan.approvals {
        try chain.append(.approved, at: now) { line in
          line.fields(approval)
          line.field("plan", planHash)
        }
      }
      FaultPoint.freezeUncommitted.reached()
    }
    FaultPoint.freezeCommitted.reached()
  }

  /// Consecutive row numbers being given out.
  private struct NumberRange {
    let first: Int64
    var next: Int64

    init(from first: Int64) {
      self.first = first
      next = first
    }

    var last: Int64 { next - 1 }
    var count: Int { Int(next - first) }
  }

  /// The code indexes of a plan's letters, inserted in their own order: SQLite takes them many times faster so.
  private struct CodeList {
    private var entries: [(code: Int64, message: Int64)] = []
    private var isComplete = true

    mutating func add(_ code: Int64?, _ message: Int64) {
      guard let code, isComplete else {
        isComplete = false
        entries = []
        return
      }
      entries.append((code, message))
    }

    /// False, and nothing inserted, when a letter has none.
    func insert(of campaign: Int64, by insert: PreparedStatement) throws -> Bool {
      guard isComplete else { return false }
      insert.bind(campaign, at: 1)
      for entry in entries.sorted(by: { ($0.code, $0.message) < ($1.code, $1.message) }) {
        insert.bind(entry.code, at: 2)
        insert.bind(entry.message, at: 3)
        try insert.run()
      }
      return true
    }
  }

  private static func check(_ customer: PlannedCustomer) throws {
    guard (customer.kind == .letter) == !customer.messages.isEmpty else {
      throw StoreError.invalidPlan("customer \(customer.id) has a letter without a message or the other way round")
    }
    guard
      customer.messages.allSatisfy({
        SpoolSchema.priorities.contains($0.priority) && SpoolSchema.ranks.contains($0.rank)
      })
    else {
      throw StoreError.invalidPlan("a letter of customer \(customer.id) has no place in the order")
    }
  }

  private static func check(_ plan: FrozenPlan) throws {
    // The name becomes a folder.
    let allowed = plan.name.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "/") && $0 != 0x7F }
    guard !plan.name.isEmpty, allowed, plan.name.utf8.first != UInt8(ascii: "."), plan.name.utf8.count <= 200 else {
      throw StoreError.invalidPlan("its name cannot be the name of a folder")
    }
    guard plan.hashKey.count == 32 else { throw StoreError.invalidPlan("its hash key is not 32 bytes long") }
    guard plan.rows >= 0, (0...plan.rows).contains(plan.rejectedRows) else {
      throw StoreError.invalidPlan("it has \(plan.rows) rows and \(plan.rejectedRows) rejected ones")
    }
    if let fault = plan.approvalsFault { throw StoreError.invalidPlan(fault) }
  }

  private static func insertCampaign(_ plan: FrozenPlan, at now: Milliseconds, _ database: Database) throws -> Int64 {
    if try Int.fetchOne(database, sql: "SELECT 1 FROM campaigns WHERE name = ?", arguments: [plan.name]) != nil {
      throw StoreError.campaignExists(plan.name)
    }
    try database.execute(
      sql: """
        INSERT INTO campaigns (name, state, plan_hash, rows, rejected_rows, deadline, hash_key, inputs, created_at)
        VALUES (?, 'draft', ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        plan.name, Data(plan.planHash.bytes), plan.rows, plan.rejectedRows, Milliseconds(plan.deadline).value,
        Data(plan.hashKey), plan.inputs, now.value,
      ])
    return database.lastInsertedRowID
  }
}
