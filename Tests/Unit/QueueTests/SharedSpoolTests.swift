import Foundation
import Queue
import Receipts
import TestSupport
import Testing

/// Several handles, as several processes would have them, on one spool.
@Suite struct SharedSpoolTests {
  @Test func readersWorkWhileTheOwnerWritesAndWhenThereIsNone() async throws {
    let folder = try TemporaryFolder()
    var owner: SQLiteStore? = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try #require(try await owner?.freezeSample(letters: 3))
    let reader = try SQLiteStore.open(spool: folder.url, access: .reader)
    #expect(try await reader.snapshot(of: campaign).messages[.queued] == 3)
    _ = try await owner?.claimAll(in: campaign, limit: 1)
    #expect(try await reader.snapshot(of: campaign).messages[.sending] == 1)
    owner = nil
    #expect(try await reader.snapshot(of: campaign).messages[.sending] == 1)
    let late = try SQLiteStore.open(spool: folder.url, access: .reader)
    #expect(try await late.snapshot(of: campaign).messages[.sending] == 1)
  }

  @Test func aReaderOpensASpoolWithoutWALFiles() async throws {
    let folder = try TemporaryFolder()
    do {
      let owner = try SQLiteStore.open(spool: folder.url, access: .owner)
      _ = try await owner.freezeSample(letters: 3)
    }
    let path = Spool(folder: folder.url).database.path
    // The owner's connections close one after the other, when the last of their threads has let go of them; the log stays
    // when the last one only read. Whoever writes and closes last takes it away.
    try await eventually("the log is gone") {
      let look = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint')"
      _ = try await ChildProcess.tool("python3", ["-c", look, path])
      return !FileManager.default.fileExists(atPath: path + "-wal")
    }
    let reader = try SQLiteStore.open(spool: folder.url, access: .reader)
    #expect(try await reader.campaigns().count == 1)
  }

  @Test func aReaderOpensWhatAKilledOwnerLeft() async throws {
    let folder = try TemporaryFolder()
    let owner = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await owner.freezeSample(letters: 3)
    // A copy of database and WAL without the shared memory is what a killed machine leaves.
    let copy = try TemporaryFolder()
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        atPath: owner.spool.database.path + suffix, toPath: Spool(folder: copy.url).database.path + suffix)
    }
    let reader = try SQLiteStore.open(spool: copy.url, access: .reader)
    #expect(try await reader.snapshot(of: campaign).messages[.queued] == 3)
    let next = try SQLiteStore.open(spool: copy.url, access: .owner)
    #expect(try await next.claimAll(in: campaign).count == 3)
  }

  @Test func aReaderWritesNothingAndAControllerOnlyItsRow() async throws {
    let folder = try TemporaryFolder()
    let owner = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await owner.freezeSample(letters: 1)
    let reader = try SQLiteStore.open(spool: folder.url, access: .reader)
    let control = try SQLiteStore.open(spool: folder.url, access: .control)
    await #expect(throws: StoreError.self) { try await reader.request(.pause, of: campaign, at: Sample.time(0)) }
    for store in [reader, control] {
      await #expect(throws: StoreError.self) { try await store.setState(.running, of: campaign, at: Sample.time(0)) }
      await #expect(throws: StoreError.self) { try await store.claimAll(in: campaign) }
    }
    try await control.request(.pause, of: campaign, at: Sample.time(0))
    #expect(try await owner.pendingRequest(of: campaign) == .pause)
    #expect(try await reader.pendingRequest(of: campaign) == .pause)
  }

  @Test func twoOwnersCannotBothClaim() async throws {
    let folder = try TemporaryFolder()
    let one = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await one.freezeSample(letters: 50)
    let two = try SQLiteStore.open(spool: folder.url, access: .owner)
    async let first = one.claimAll(in: campaign)
    async let second = two.claimAll(in: campaign)
    let claims = try await first + second
    #expect(claims.count == 50)
    #expect(Set(claims.map(\.message)).count == 50)
  }

  @Test func aSnapshotAddsUpAtAnyMomentWhileAnotherTaskWrites() async throws {
    let folder = try TemporaryFolder()
    let owner = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await owner.freezeSample(letters: 300)
    let reader = try SQLiteStore.open(spool: folder.url, access: .reader)
    let writing = Task {
      while true {
        let claims = try await owner.claimAll(in: campaign, limit: 7)
        if claims.isEmpty { return }
        _ = try await owner.commit(claims.map { .record($0, Sample.accepted()) })
      }
    }
    var accepted = 0
    var moments = 0
    repeat {
      let snapshot = try await reader.snapshot(of: campaign)
      #expect(snapshot.messages.values.reduce(0, +) == 300)
      accepted = try #require(snapshot.messages[.accepted])
      moments += 1
    } while accepted < 300
    try await writing.value
    #expect(moments > 1)
  }

  @Test func aCancelledTasksChangeIsWrittenAllTheSame() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 1)
    let claims = try await store.claimAll(in: campaign)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await store.commit([.record(claims[0], Sample.accepted())])
    }
    #expect(try await task.value == [.done])
    #expect(try await store.snapshot(of: campaign).messages[.accepted] == 1)
  }
}
