import Queue
import Synchronization

/// A customer of a frozen plan who gets a letter.
struct LetterCustomer {
  let customer: CustomerRecord
  let message: MessageRecord

  /// Fails with exit 65 when the plan has no such customer, or no letter for it.
  static func find(_ id: String, in store: any MessageStore, _ record: CampaignRecord) async throws -> LetterCustomer {
    struct Enough: Error {}
    let found = Mutex<CustomerRecord?>(nil)
    do {
      try await store.forEachCustomer(in: record.id) { candidate in
        guard candidate.id == id else { return }
        found.withLock { $0 = candidate }
        throw Enough()
      }
    } catch is Enough {}
    guard let customer = found.withLock({ $0 }) else {
      throw Failure(.data, "there is no customer “\(id)” in the plan of \(record.plan.name).")
    }
    guard let message = customer.message else {
      let what = customer.kind == .phone ? "is called" : "needs nothing"
      throw Failure(.data, "customer “\(id)” gets no letter and \(what): \(customer.reason)")
    }
    return LetterCustomer(customer: customer, message: message)
  }
}
