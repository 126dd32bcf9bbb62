import Foundation
import GRDB
import Receipts
import TestSupport
import Testing

@testable import Queue

/// A queue on a file system that is mounted read-only is read, with what its log holds, and nothing is left behind.
///
/// It needs root and a loop device; elsewhere it is left out, and with `CI` set that is a failure.
@Suite(.serialized) struct UnwritableSpoolTests {
  static let isPossible = geteuid() == 0 || ProcessInfo.processInfo.environment["CI"] != nil

  /// A spool with a campaign whose letters were claimed after the last checkpoint.
  private func makeSpool(in folder: URL, keepingLog: Bool) async throws {
    let place = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: place.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 3)
    if !keepingLog { try await store.outsideTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") } }
    if keepingLog { _ = try await store.claimAll(in: campaign) }
    // Copied while it is open: closing it would move the log into the database.
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        at: place.url.appendingPathComponent("queue.sqlite" + suffix),
        to: folder.appendingPathComponent("queue.sqlite" + suffix))
    }
    if !keepingLog { try FileManager.default.removeItem(at: folder.appendingPathComponent("queue.sqlite-wal")) }
    withExtendedLifetime(store) {}
  }

  private func temporary() throws -> Set<String> {
    Set(
      try FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path).filter {
        // The names that a copy has; other tests leave other files here meanwhile.
        $0.hasPrefix("eilbrief-copy-") || $0.hasPrefix(".eilbrief-copy-")
      })
  }

  @Test(.enabled(if: isPossible), arguments: [true, false])
  func aReadOnlyFileSystemIsReadToTheEndOfTheLog(_ keepingLog: Bool) async throws {
    try await ReadOnlyDisk.with { disk in
      try await makeSpool(in: disk.folder, keepingLog: keepingLog)
      try await disk.makeReadOnly()
      let before = try temporary()
      let store = try SQLiteStore.open(spool: disk.folder, access: .reader)
      #expect(try temporary().subtracting(before).isEmpty, "a copy has a name")
      let campaign = try #require(try await store.campaign(named: "passwords"))
      let snapshot = try await store.snapshot(of: campaign.id)
      #expect(snapshot.messages[.sending] == (keepingLog ? 3 : 0))
      #expect(try await store.customerRecords(of: campaign.id).count == 4)
      #expect(try await store.receiptValues(of: campaign.id).count == (keepingLog ? 4 : 1))
      #expect(store.spool.folder == disk.folder)
      // Nothing can be written.
      #expect(throws: StoreError.self) { try SQLiteStore.open(spool: disk.folder, access: .owner) }
    }
  }

  /// An older version left it there; the copy is brought up to date.
  @Test(.enabled(if: isPossible)) func anEarlierFormatIsReadToo() async throws {
    try await ReadOnlyDisk.with { disk in
      let queue = disk.folder.appendingPathComponent("queue")
      try EarlierSpool.copy(of: "format-3", to: queue)
      #expect(throws: StoreError.self) { try SQLiteStore.open(spool: queue, access: .reader) }
      try await disk.makeReadOnly()
      let before = try temporary()
      let store = try SQLiteStore.open(spool: queue, access: .reader)
      #expect(try temporary().subtracting(before).isEmpty)
      let campaign = try #require(try await store.campaign(named: "summer"))
      #expect(try await store.snapshot(of: campaign.id).messages[.queued] == 12)
      #expect(try await store.customers(in: campaign.id, withCodeIndex: 1) == nil)
    }
  }

  @Test(.enabled(if: isPossible)) func whatCannotBeReadThereIsStillNamed() async throws {
    try await ReadOnlyDisk.with { disk in
      try Data(repeating: 0x41, count: 8192).write(to: disk.folder.appendingPathComponent("queue.sqlite"))
      try await disk.makeReadOnly()
      let path = disk.folder.appendingPathComponent("queue.sqlite").path
      #expect(throws: StoreError.notASpool(path: path, reason: "it is not an SQLite database")) {
        try SQLiteStore.open(spool: disk.folder, access: .reader)
      }
    }
  }

  /// While a process delivers, its own index is there; nothing is copied behind its back.
  @Test func nothingIsCopiedWhileAProcessDelivers() async throws {
    let folder = try TemporaryFolder()
    let spool = Spool(folder: folder.url)
    _ = try SQLiteStore.open(spool: folder.url, access: .owner)
    let error = StoreError.cannotRead(path: "", cause: "")
    #expect(!UnwritableSpool.isCause(error, of: spool))
    let readOnly = DatabaseError(resultCode: .SQLITE_CANTOPEN)
    #expect(UnwritableSpool.isCause(readOnly, of: spool))
    let lock = try SpoolLock.take(spool, campaign: "passwords", at: Sample.time(0))
    #expect(!UnwritableSpool.isCause(readOnly, of: spool))
    withExtendedLifetime(lock) {}
  }
}
