import Foundation
import Queue
import Receipts
import Synchronization

extension MessageStore {
  /// Freezes a plan whose customers are at hand.
  func freeze(_ plan: FrozenPlan, customers: some Sequence<PlannedCustomer>, at now: Date) async throws {
    let all = Array(customers)
    let position = Mutex(0)
    try await freeze(
      plan,
      next: {
        position.withLock { position in
          defer { position += 1 }
          return position < all.count ? all[position] : nil
        }
      }, at: now)
  }

  /// Settles every letter of a customer, or of all.
  func resolve(
    in campaign: Int64, customer: String?, as resolution: Resolution, evidence: String?, at now: Date
  ) async throws -> [String] {
    try await resolve(
      in: campaign, customer: customer, letter: nil, as: resolution, evidence: evidence, at: now)
  }
}
