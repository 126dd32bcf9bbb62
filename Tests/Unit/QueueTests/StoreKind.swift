import Foundation
import PostgresQueue
import PostgresSupport
import Queue

/// The stores there are, for tests that each of them must pass.
enum StoreKind: CaseIterable, Sendable {
  case sqlite, postgres

  /// The owner of an empty queue.
  func owner(in folder: URL) async throws -> any PurgeableStore {
    switch self {
    case .sqlite: try SQLiteStore.open(spool: folder, access: .owner)
    case .postgres: try await PostgresStore.fresh()
    }
  }
}
