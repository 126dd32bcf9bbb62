import Campaigns
import Queue
import Receipts
import Synchronization

/// A customer of a frozen plan who gets at least one letter.
struct LetterCustomer {
  let customer: CustomerRecord
  /// The customer's messages; at least one.
  let messages: [MessageRecord]

  /// Finds a customer with all messages, or only that of `letter`. Fails with the kind `data` when the plan has no such
  /// customer, or no such letter for the customer.
  static func find(
    _ id: String, letter: String? = nil, in store: any MessageStore, _ record: CampaignRecord
  ) async throws -> LetterCustomer {
    let customer = try await self.record(id, in: store, record)
    guard !customer.messages.isEmpty else {
      let what = customer.kind == .phone ? "is called" : "needs nothing"
      throw OperatorError(.data, "customer “\(id)” gets no letter and \(what): \(customer.reasons.text)")
    }
    guard let letter else { return LetterCustomer(customer: customer, messages: customer.messages) }
    let chosen = customer.messages.filter { $0.letter == letter }
    guard !chosen.isEmpty else {
      throw OperatorError(
        .data,
        "customer “\(id)” gets no letter “\(letter)”, but \(customer.messages.map(\.letter).joined(separator: " and "))."
      )
    }
    return LetterCustomer(customer: customer, messages: chosen)
  }

  /// A customer of the plan, with letters or without. Fails with the kind `data` when there is none of this id.
  static func record(
    _ id: String, in store: any MessageStore, _ record: CampaignRecord
  ) async throws -> CustomerRecord {
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
      throw OperatorError(.data, "there is no customer “\(id)” in the plan of \(record.plan.name).")
    }
    return customer
  }

  /// The error for a customer about whose letters the receipts say nothing: none was attempted, or the receipts are
  /// behind the queue.
  func withoutReceipts(_ queue: QueueComparison, in location: CampaignLocation) -> OperatorError {
    let states = messages.map(\.state.rawValue).joined(separator: " and ")
    guard messages.contains(where: { $0.attempts > 0 }) else {
      let when = messages.contains { $0.state.isFinal } ? "" : " yet"
      return OperatorError(.data, "no letter to customer “\(customer.id)” was attempted\(when): it is \(states).")
    }
    let beginning =
      "the queue has the letter to customer “\(customer.id)” as \(states), and receipts.jsonl lacks its receipts."
    guard let behind = queue.behindMessage(in: location) else { return OperatorError(.data, "\(beginning)") }
    return OperatorError(.data, "\(beginning)\n\(behind)")
  }
}
