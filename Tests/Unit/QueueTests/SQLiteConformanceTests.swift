import Queue
import TestSupport
import Testing

@Suite struct SQLiteConformanceTests {
  @Test(arguments: StoreConformance.all)
  func conforms(_ promise: StoreConformance.Case<any MessageStore>) async throws {
    let folder = try TemporaryFolder()
    try await promise.body(try SQLiteStore.open(spool: folder.url, access: .owner))
  }

  @Test(arguments: StoreConformance.purging)
  func forgets(_ promise: StoreConformance.Case<any PurgeableStore>) async throws {
    let folder = try TemporaryFolder()
    try await promise.body(try SQLiteStore.open(spool: folder.url, access: .owner))
  }
}
