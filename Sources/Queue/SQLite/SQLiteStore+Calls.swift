import FaultPoints
public import Foundation
import GRDB
import Mail
import Receipts

extension SQLiteStore {
  public func record(
    _ calls: [CallRecord], in campaign: Int64, at now: Date,
    admit: @escaping @Sendable (_ call: CallRecord, _ earlier: CallHistory?) throws -> Void
  ) async throws -> [CallRecord] {
    let now = Milliseconds(now)
    let added = try await writeReceipts { transaction in
      let record = try Self.unpurged(campaign, transaction.database)
      let hash = KeyedHash(key: record.plan.hashKey)
      let chain = try transaction.chain(of: campaign)
      var added: [CallRecord] = []
      for call in calls {
        let number = try Int64.fetchOne(
          transaction.database, sql: "SELECT id FROM customers WHERE campaign = ? AND ref = ?",
          arguments: [campaign, call.customer])
        let earlier = try number.map { try Self.history(of: $0, call.customer, transaction.database) }
        if let earlier, earlier.calls.contains(where: call.isSame) { continue }
        try admit(call, earlier)
        guard let number else { throw StoreError.invariant("a call to nobody") }
        try transaction.database.execute(
          sql: """
            INSERT OR ROLLBACK INTO calls (campaign, customer, at, recorded_at, outcome, caller, note)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            campaign, number, Milliseconds(call.at).value, now.value, call.outcome.rawValue, call.caller, call.note,
          ])
        let receipt = CallReceipt(call.outcome, at: call.at, caller: call.caller, note: call.note, by: hash)
        try chain.append(.called, at: now) { line in
          line.field("customer", hex: hash.digest(of: call.customer).bytes)
          line.fields(receipt)
        }
        added.append(call)
      }
      let reached = added.filter { $0.outcome == .reached }.map { ($0.customer, ExclusionReason.reached) }
      try Self.excludeFromReminders(
        of: campaign, Dictionary(reached) { first, _ in first }, at: now, transaction)
      FaultPoint.callsUncommitted.reached()
      return added
    }
    if !added.isEmpty { FaultPoint.callsCommitted.reached() }
    return added
  }

  public func calls(in campaign: Int64) async throws -> [String: CallHistory] {
    try await read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT ref, at, outcome, caller, note FROM calls JOIN customers ON customers.id = calls.customer
          WHERE calls.campaign = ? ORDER BY number
          """, arguments: [campaign])
      return try Dictionary(grouping: rows.map(Self.call)) { $0.customer }.mapValues(CallHistory.init)
    }
  }

  private static func history(
    of customer: Int64, _ id: String, _ database: Database
  ) throws -> CallHistory {
    CallHistory(
      try Row.fetchAll(
        database, sql: "SELECT ? AS ref, at, outcome, caller, note FROM calls WHERE customer = ? ORDER BY number",
        arguments: [id, customer]
      ).map(call))
  }

  private static func call(_ row: Row) throws -> CallRecord {
    guard let outcome = CallOutcome(rawValue: row["outcome"]) else {
      throw StoreError.invariant("a call has no outcome")
    }
    return CallRecord(
      customer: row["ref"], at: Milliseconds(row["at"] as Int64).date, outcome: outcome, caller: row["caller"],
      note: row["note"])
  }

  public func customer(_ id: String, in campaign: Int64) async throws -> CustomerRecord? {
    try await read { database in
      let select = try PreparedStatement(Self.selectCustomer, in: database)
      select.bind(campaign, at: 1)
      select.bind(id, at: 2)
      var found: CustomerRecord?
      try Self.forEachCustomer(from: select) { found = $0 }
      return found
    }
  }

  public func forEachCustomerToCall(
    in campaign: Int64, late: Bool, _ body: @Sendable (CustomerRecord) throws -> Void
  ) async throws {
    try await stream { database in
      _ = try Self.record(of: campaign, database)
      let select = try PreparedStatement(StoredMessage.selectToCall(late: late, in: "?1"), in: database)
      select.bind(campaign, at: 1)
      defer { select.reset() }
      try Self.forEachCustomer(from: select) { customer in
        try Task.checkCancellation()
        try body(customer)
      }
    }
  }
}
