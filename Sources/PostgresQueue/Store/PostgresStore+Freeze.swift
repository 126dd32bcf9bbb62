import Campaigns
import FaultPoints
public import Foundation
import Mail
public import Queue
import Receipts

extension PostgresStore {
  public func freeze(
    _ plan: FrozenPlan, next: @escaping @Sendable () throws -> PlannedCustomer?, at now: Date
  ) async throws {
    try plan.requireFreezable()
    let now = Milliseconds(now)
    try await write { transaction in
      let connection = transaction.connection
      // Plans are frozen one after another: the numbers of their customers and messages follow each other.
      try connection.execute("LOCK TABLE customers IN SHARE ROW EXCLUSIVE MODE")
      let followed = try plan.follows.map { try transaction.followed($0) }
      let campaign = try Self.insertCampaign(plan, followed?.id, at: now, connection)
      let hash = KeyedHash(key: plan.hashKey)
      // Numbers are never reused: those of purged customers are not free either.
      let last = try connection.run("SELECT greatest(max(last_customer), max(last_message), 0) FROM campaigns")
      let first = (last.first?.integer(0) ?? 0) + 1
      var numbers = (customer: first, message: first)
      var figures = FrozenFigures()
      var domains = DomainCount()
      var codes = CodeIndexes()
      var batch = FrozenBatch()
      while let customer = try next() {
        try customer.requireFreezable()
        guard !customer.id.utf8.contains(0) else { throw StoreError.invalidPlan("a customer's id has a zero byte") }
        figures.count(customer)
        batch.add(
          """
          INSERT INTO customers (campaign, ref, kind, reasons, calls, payload, id) VALUES ($1, $2, $3, $4, $5, $6, $7)
          """,
          [
            .integer(campaign), .text(customer.id), .text(customer.kind.rawValue),
            .text(try StoredReasons.json(customer.reasons)), .text(try StoredReasons.json(customer.calls)),
            .bytes(Array(customer.payload)), .integer(numbers.customer),
          ], twice: customer.id.isEmpty ? "a customer has no id" : "customer \(customer.id) is in it twice")
        for message in customer.messages {
          batch.add(
            """
            INSERT INTO messages (id, customer, campaign, state, priority, changed_at, customer_hash, recipient_hash,
              recipient, message_id, letter, template, rank)
            VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            [
              .integer(numbers.message), .integer(numbers.customer), .integer(campaign), .integer(message.priority),
              .time(now), .bytes(hash.digest(of: customer.id).bytes),
              .bytes(hash.digest(of: message.recipient.key).bytes), .text(message.recipient.description),
              .text(message.messageID.description), .text(message.letter), .text(message.template),
              .integer(message.rank),
            ], twice: "customer \(customer.id) gets the letter \(message.letter) twice")
          codes.add(message.codeIndex, numbers.message)
          numbers.message += 1
        }
        numbers.customer += 1
        for domain in domains.add(Set(customer.messages.map(\.recipient.domain))) {
          batch.add(
            "INSERT INTO readable_domains (campaign, domain) VALUES ($1, $2)",
            [.integer(campaign), .text(domain.ascii)], twice: "a domain is in it twice")
        }
        try batch.write(to: connection, from: 1000)
      }
      let entries = codes.sorted
      for entry in entries ?? [] {
        batch.add(
          "INSERT INTO codes (campaign, code, message) VALUES ($1, $2, $3)",
          [.integer(campaign), .integer(entry.code), .integer(entry.message)], twice: "a code is in it twice")
        try batch.write(to: connection, from: 1000)
      }
      try batch.write(to: connection, from: 1)
      try connection.run(
        "UPDATE campaigns SET first_customer = $2, last_customer = $3, last_message = $4, has_codes = $5 WHERE id = $1",
        [
          .integer(campaign), .integer(first), .integer(numbers.customer - 1), .integer(numbers.message - 1),
          .integer(entries == nil ? 0 : 1),
        ])
      // Until the server does so by itself, it would take the tables for as small as they were.
      try connection.execute("ANALYZE customers, messages")
      let planHash = plan.planHash.labelled
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
        try transaction.exclude(try connection.needless(in: followed.id), in: campaign, at: now)
      }
      FaultPoint.freezeUncommitted.reached()
    }
    FaultPoint.freezeCommitted.reached()
  }

  private static func insertCampaign(
    _ plan: FrozenPlan, _ followed: Int64?, at now: Milliseconds, _ connection: PostgresConnection
  ) throws -> Int64 {
    let added = try connection.run(
      """
      INSERT INTO campaigns (name, state, plan_hash, rows, rejected_rows, deadline, hash_key, inputs, created_at,
        follows, follows_as)
      VALUES ($1, 'draft', $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (name) DO NOTHING RETURNING id
      """,
      [
        .text(plan.name), .bytes(plan.planHash.bytes), .integer(plan.rows), .integer(plan.rejectedRows),
        .time(plan.deadline), .bytes(plan.hashKey), .bytes(Array(plan.inputs)), .time(now),
        .integer(followed), .text(plan.follows?.kind.rawValue),
      ])
    guard let row = added.first else { throw StoreError.campaignExists(plan.name) }
    return row.integer(0)
  }
}

/// Rows of a plan on their way to the database, with what is wrong with the plan when one of them cannot be added.
private struct FrozenBatch {
  private var statements: [PostgresStatement] = []
  private var faults: [String] = []

  mutating func add(_ sql: String, _ values: [PostgresValue], twice fault: String) {
    statements.append(PostgresStatement(sql, values))
    faults.append(fault)
  }

  /// Writes the rows once there are so many.
  mutating func write(to connection: PostgresConnection, from count: Int) throws {
    guard statements.count >= count else { return }
    do {
      _ = try connection.run(statements)
    } catch let fault as PostgresFault where fault.state.hasPrefix("23") && faults.indices.contains(fault.index) {
      throw StoreError.invalidPlan(faults[fault.index])
    }
    statements.removeAll(keepingCapacity: true)
    faults.removeAll(keepingCapacity: true)
  }
}
