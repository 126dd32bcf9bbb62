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
    try plan.requireFreezable()
    let now = Milliseconds(now)
    try await write { transaction in
      let campaign = try Self.insertCampaign(plan, at: now, transaction)
      let hash = KeyedHash(key: plan.hashKey)
      let insertCustomer = transaction.statements.insertCustomer
      let insertMessage = transaction.statements.insertMessage
      var figures = FrozenFigures()
      // Numbers are never reused: those of purged customers are not free either.
      let number = try Int64.fetchOne(
        transaction.database,
        sql: """
          SELECT max(coalesce(max(last_customer), 0), coalesce(max(last_message), 0), 0) + 1 FROM campaigns
          """)
      var customers = NumberRange(from: number ?? 1)
      var messages = NumberRange(from: number ?? 1)
      var domains = DomainCount()
      var codes = CodeIndexes()
      while let customer = try next() {
        try customer.requireFreezable()
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
        figures.count(customer)
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
      let entries = codes.sorted
      let insertCode = transaction.statements.insertCode
      insertCode.bind(campaign, at: 1)
      for entry in entries ?? [] {
        insertCode.bind(entry.code, at: 2)
        insertCode.bind(entry.message, at: 3)
        try insertCode.run()
      }
      try transaction.database.execute(
        sql: """
          UPDATE campaigns SET first_customer = ?, last_customer = ?, last_message = ?, has_codes = ?, hides_domains = 1
          WHERE id = ?
          """,
        arguments: [customers.first, customers.last, messages.last, entries != nil, campaign])
      let planHash = plan.planHash.labelled
      let followed = try plan.follows.map { try Self.followed($0, transaction) }
      let chain = try transaction.chain(of: campaign)
      try chain.append(.planFrozen, at: now) { line in
        line.field("plan", planHash)
        line.field("figures", figures: figures.figures(of: plan))
        if let followed { line.fields(followed.chain) }
      }
      for approval in plan.approvals {
        try chain.append(.approved, at: now) { line in
          line.fields(approval)
          line.field("plan", planHash)
        }
      }
      if let followed, plan.follows?.kind == .reminder {
        let needless = try Self.needless(in: followed.id, transaction.database)
        try Self.exclude(needless, in: campaign, at: now, transaction)
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
  }

  private static func insertCampaign(
    _ plan: FrozenPlan, at now: Milliseconds, _ transaction: Transaction
  ) throws -> Int64 {
    let database = transaction.database
    let followed = try plan.follows.map { try Self.followed($0, transaction).id }
    if try Int.fetchOne(database, sql: "SELECT 1 FROM campaigns WHERE name = ?", arguments: [plan.name]) != nil {
      throw StoreError.campaignExists(plan.name)
    }
    try database.execute(
      sql: """
        INSERT INTO campaigns (name, state, plan_hash, rows, rejected_rows, deadline, hash_key, inputs, created_at,
          follows, follows_as)
        VALUES (?, 'draft', ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        plan.name, Data(plan.planHash.bytes), plan.rows, plan.rejectedRows, Milliseconds(plan.deadline).value,
        Data(plan.hashKey), plan.inputs, now.value, followed, plan.follows?.kind.rawValue,
      ])
    return database.lastInsertedRowID
  }
}
