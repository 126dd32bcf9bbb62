import Queue
import Synchronization

/// Gives customers one after the other, as a plan does.
final class Planned: Sendable {
  private let waiting: Mutex<[PlannedCustomer]>

  init(_ customers: [PlannedCustomer]) { waiting = Mutex(customers) }

  func next() -> PlannedCustomer? { waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}

/// Gathers the customers that a store reads out.
final class Found: Sendable {
  private let customers = Mutex<[CustomerRecord]>([])

  func add(_ customer: CustomerRecord) { customers.withLock { $0.append(customer) } }
  var records: [CustomerRecord] { customers.withLock { $0 } }
}
