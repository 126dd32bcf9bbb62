import Foundation
import Queue
import Synchronization

/// The customers that `resolve --customer` names: all of them are uncertain, or nothing is settled.
enum ChosenCustomers {
  /// Fails with exit 65 when one of them is not a customer of the campaign, or not uncertain.
  static func insist(on ids: [String], in record: CampaignRecord, of owned: OwnedSpool, at now: Date) async throws {
    let uncertain = Set(try await owned.store.uncertain(in: record.id).map(\.customer))
    let wrong = ids.filter { !uncertain.contains($0) }
    guard !wrong.isEmpty else { return }
    // What the last process left on the wire has become uncertain all the same.
    try await owned.writeReceipts(of: record, at: now)
    let unseen = Mutex(Set(wrong))
    try await owned.store.forEachCustomer(in: record.id) { customer in
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
    throw Failure(.data, "nothing was settled: \(reasons.joined(separator: "; "))")
  }
}
