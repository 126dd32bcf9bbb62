import FaultPoints
public import Foundation
import Mail
public import Queue
import Receipts

extension PostgresStore {
  public func record(
    _ calls: [CallRecord], in campaign: Int64, at now: Date,
    admit: @escaping @Sendable (_ call: CallRecord, _ earlier: CallHistory?) throws -> Void
  ) async throws -> [CallRecord] {
    let now = Milliseconds(now)
    let added = try await writeBeside { transaction in
      let connection = transaction.connection
      let record = try transaction.unpurged(campaign)
      let hash = KeyedHash(key: record.plan.hashKey)
      let chain = try transaction.chain(of: campaign)
      var added: [CallRecord] = []
      for call in calls {
        let number = try connection.run(
          "SELECT id FROM customers WHERE campaign = $1 AND ref = $2", [.integer(campaign), .text(call.customer)]
        ).first?.integer(0)
        let earlier = try number.map { try connection.history(of: $0) }
        if let earlier, earlier.calls.contains(where: call.isSame) { continue }
        try admit(call, earlier)
        guard let number else { throw StoreError.invariant("a call to nobody") }
        try connection.run(
          """
          INSERT INTO calls (campaign, customer, at, recorded_at, outcome, caller, note)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          """,
          [
            .integer(campaign), .integer(number), .time(call.at), .time(now), .text(call.outcome.rawValue),
            .text(call.caller), .text(call.note),
          ])
        let receipt = CallReceipt(call.outcome, at: call.at, caller: call.caller, note: call.note, by: hash)
        try chain.append(.called, at: now) { line in
          line.field("customer", hex: hash.digest(of: call.customer).bytes)
          line.fields(receipt)
        }
        added.append(call)
      }
      let reached = added.filter { $0.outcome == .reached }.map { ($0.customer, ExclusionReason.reached) }
      try transaction.excludeFromReminders(of: campaign, Dictionary(reached) { first, _ in first }, at: now)
      FaultPoint.callsUncommitted.reached()
      return added
    }
    if !added.isEmpty { FaultPoint.callsCommitted.reached() }
    return added
  }

  public func calls(in campaign: Int64) async throws -> [String: CallHistory] {
    try await read { connection in
      let calls = try connection.calls("calls.campaign = $1", campaign)
      return Dictionary(grouping: calls) { $0.customer }.mapValues(CallHistory.init)
    }
  }

  public func customer(_ id: String, in campaign: Int64) async throws -> CustomerRecord? {
    try await read { connection in
      try connection.customers(
        """
        SELECT \(StoredMessage.customerColumns)
        FROM customers AS c LEFT JOIN messages AS m ON m.customer = c.id LEFT JOIN bounces AS b ON b.message = m.id
        WHERE c.campaign = $1 AND c.ref = $2 ORDER BY m.id
        """, [.integer(campaign), .text(id)]
      ).first
    }
  }

  public func forEachCustomerToCall(
    in campaign: Int64, late: Bool, _ body: @Sendable (CustomerRecord) throws -> Void
  ) async throws {
    try await forEachCustomer(in: campaign, StoredMessage.selectToCall(late: late, in: "\(campaign)"), body)
  }
}

extension PostgresConnection {
  /// The calls to one customer.
  fileprivate func history(of customer: Int64) throws -> CallHistory {
    CallHistory(try calls("calls.customer = $1", customer))
  }

  fileprivate func calls(_ condition: String, _ value: Int64) throws -> [CallRecord] {
    try run(
      """
      SELECT ref, at, outcome, caller, note FROM calls JOIN customers ON customers.id = calls.customer
      WHERE \(condition) ORDER BY number
      """, [.integer(value)]
    ).rows.map { row in
      guard let outcome = row.text(2).flatMap(CallOutcome.init) else {
        throw StoreError.invariant("a call has no outcome")
      }
      return CallRecord(
        customer: row.text(0) ?? "", at: Milliseconds(row.integer(1)).date, outcome: outcome,
        caller: row.text(3) ?? "", note: row.text(4) ?? "")
    }
  }
}
