import Queue
import Reports
import Synchronization

/// Gives customers one after the other, as a plan does.
final class Planned: Sendable {
  private let waiting: Mutex<[PlannedCustomer]>

  init(_ customers: [PlannedCustomer]) { waiting = Mutex(customers) }

  func next() -> PlannedCustomer? { waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}

/// Gathers the rows of a report.
final class Found: Sendable {
  private let rows = Mutex<[CustomerReport]>([])

  func add(_ row: CustomerReport) { rows.withLock { $0.append(row) } }
  var reports: [CustomerReport] { rows.withLock { $0 } }
}
