import PostgresQueue
import PostgresSupport
import Queue
import TestSupport
import Testing

@Suite struct PostgresConformanceTests {
  @Test(arguments: StoreConformance.all)
  func conforms(_ promise: StoreConformance.Case<any MessageStore>) async throws {
    try await promise.body(try await PostgresStore.fresh())
  }

  @Test(arguments: StoreConformance.purging)
  func forgets(_ promise: StoreConformance.Case<any PurgeableStore>) async throws {
    try await promise.body(try await PostgresStore.fresh())
  }
}

extension PostgresStore {
  /// The owner of a queue that no other test has.
  static func fresh() async throws -> PostgresStore {
    let address = try await ScratchServer.shared().newQueue()
    return try PostgresStore.open(address, access: .owner, host: "here", process: 1)
  }
}
