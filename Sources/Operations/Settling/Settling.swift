import Foundation
import Queue
public import Receipts
import Synchronization

/// Settles uncertain letters, by the operator's decision or by the logs of the relay.
///
/// Letters that the last process left on the wire become uncertain first. Customers that are named must all be
/// uncertain, or nothing is settled (kind `data`).
public struct Settling: Sendable {
  /// An event during the operation.
  public enum Event: Sendable {
    case recovered(lost: Int)
  }

  let location: CampaignLocation
  let dependencies: Dependencies
  /// The ids of customers; empty for all.
  let customers: [String]

  public init(_ location: CampaignLocation, customers: [String], _ dependencies: Dependencies) {
    self.location = location
    self.customers = customers
    self.dependencies = dependencies
  }

  /// Returns the customers whose letters are settled.
  ///
  /// - Parameter letter: The only letter to settle, where customers get several.
  public func decide(
    _ resolution: Resolution, letter: String?, report: (Event) -> Void
  ) async throws -> [String] {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let spool = try WritableSpool(location, dependencies)
    let (record, now) = (opened.record, dependencies.now)
    let lost = try await spool.store.recover(campaign: record.id, at: now)
    if lost > 0 {
      report(.recovered(lost: lost))
      if customers.isEmpty {
        try await spool.writeReceipts(of: record, at: now)
        throw OperatorError(
          .stopped, "nothing was settled: look at all uncertain letters (\(step: .status)), then run this again.")
      }
    }
    try await requireUncertain(in: record, spool)
    var settled: [String] = []
    for id in customers.isEmpty ? [nil] : customers.map(Optional.some) {
      settled += try await spool.store.resolve(
        in: record.id, customer: id, letter: letter, as: resolution, evidence: "operator", at: now)
    }
    try await spool.writeReceipts(of: record, at: now)
    return settled
  }

  /// Judges each letter by the logs. The logs are searched for each letter, so it does not matter whether anybody has
  /// seen the letters that have just become uncertain.
  public func byLogs(_ paths: [String], report: (Event) -> Void) async throws -> LogSettling {
    let opened = try await OpenedCampaign(location, dependencies).launchedWithCustomers()
    let spool = try WritableSpool(location, dependencies)
    let lost = try await spool.store.recover(campaign: opened.record.id, at: dependencies.now)
    if lost > 0 { report(.recovered(lost: lost)) }
    try await requireUncertain(in: opened.record, spool)
    return try await LogSettling.run(
      location, customers: customers, paths: paths, opened.record, spool, dependencies)
  }

  /// Fails with the kind `data` when one of the named customers is not one of the campaign, or not uncertain.
  private func requireUncertain(in record: CampaignRecord, _ spool: WritableSpool) async throws {
    let uncertain = Set(try await spool.store.uncertain(in: record.id).map(\.customer))
    let wrong = customers.filter { !uncertain.contains($0) }
    guard !wrong.isEmpty else { return }
    // What the last process left on the wire has become uncertain all the same.
    try await spool.writeReceipts(of: record, at: dependencies.now)
    let unseen = Mutex(Set(wrong))
    try await spool.store.forEachCustomer(in: record.id) { customer in
      unseen.withLock { _ = $0.remove(customer.id) }
    }
    let unknown = unseen.withLock { $0 }
    let missing = wrong.filter { unknown.contains($0) }
    let certain = wrong.filter { !unknown.contains($0) }
    var reasons: [String] = []
    if !missing.isEmpty {
      reasons.append("no such customer in \(record.plan.name): \(missing.joined(separator: ", "))")
    }
    if !certain.isEmpty { reasons.append("not uncertain: \(certain.joined(separator: ", "))") }
    throw OperatorError(.data, "nothing was settled: \(reasons.joined(separator: "; "))")
  }
}
