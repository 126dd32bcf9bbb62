import Foundation
import TestSupport
import Testing

@testable import Queue

/// The log is moved into the database now and then; when that fails, it is not kept to itself.
/// It limits the size of files for the whole process, so it runs by itself.
@Suite struct WALCheckpointLongTests {
  /// SQLite's own automatic checkpoint would ignore the failure and sync the same descriptor again later.
  @Test func aCheckpointThatFailsEndsTheWriting() async throws {
    let folder = try TemporaryFolder()
    let database = folder.url.path + "/queue.sqlite"
    do {
      let store = try SQLiteStore.open(spool: folder.url, access: .owner, checkpointPages: 40)
      _ = try await store.freezeSample(letters: 2000)
      let size = try #require(try FileManager.default.attributesOfItem(atPath: database)[.size] as? Int)
      #expect(size > 400_000, "the log has been moved into the database")

      // The database cannot grow, the log, which starts again, can.
      signal(SIGXFSZ, SIG_IGN)
      var before = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before)
      var limit = rlimit(rlim_cur: rlim_t(size), rlim_max: before.rlim_max)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before) }
      let more = try Sample.customers(letters: 600)
      await #expect {
        try await store.freeze(Sample.plan("more"), customers: more, at: Sample.time(1))
      } throws: { error in
        guard case StoreError.cannotWrite(path: database, cause: _) = error else { return false }
        return true
      }
      await #expect {
        try await store.freeze(Sample.plan("even-more"), customers: more, at: Sample.time(2))
      } throws: { error in
        guard case StoreError.storageFailed(path: database, cause: _) = error else { return false }
        return true
      }
    }
    // What was in the log is durable all the same.
    let again = try SQLiteStore.open(spool: folder.url, access: .owner)
    #expect(try await again.campaigns().map(\.plan.name) == ["passwords", "more"])
  }
}
