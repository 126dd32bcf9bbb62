import Foundation
import Queue
import Receipts
import Synchronization

/// The records of customers that the operator has named.
struct NamedCustomers: Sendable {
  /// Each once, in the order in which they were named.
  let records: [CustomerRecord]
  /// Ids that no customer of the campaign has.
  let unknown: [String]

  /// Reads the customers as a stream and keeps the named ones only.
  static func read(
    _ ids: [String], of record: CampaignRecord, in store: any MessageStore
  ) async throws -> NamedCustomers {
    let wanted = Set(ids)
    let found = Mutex<[String: CustomerRecord]>([:])
    if !wanted.isEmpty {
      try await store.forEachCustomer(in: record.id) { customer in
        if wanted.contains(customer.id) { found.withLock { $0[customer.id] = customer } }
      }
    }
    let records = found.withLock { $0 }
    var seen: Set<String> = []
    let named = ids.filter { seen.insert($0).inserted }
    return NamedCustomers(records: named.compactMap { records[$0] }, unknown: named.filter { records[$0] == nil })
  }

  /// Fails with the kind `data` unless every id is a customer of the campaign with a letter in one of these states.
  ///
  /// - Parameters:
  ///   - consequence: What has not happened now, as `nothing was settled`.
  ///   - lack: What the others are not, as `not uncertain`.
  func require(
    _ states: Set<MessageState>, of record: CampaignRecord, consequence: String, lack: String
  ) throws {
    var reasons: [String] = []
    if !unknown.isEmpty {
      reasons.append("no such customer in \(record.plan.name): \(unknown.joined(separator: ", "))")
    }
    let others = records.filter { !$0.messages.contains { states.contains($0.state) } }
    if !others.isEmpty { reasons.append("\(lack): \(others.map(\.id).joined(separator: ", "))") }
    guard !reasons.isEmpty else { return }
    throw OperatorError(.data, "\(consequence): \(reasons.joined(separator: "; "))")
  }
}
