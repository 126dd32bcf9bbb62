import Foundation
import TestSupport
import Testing

@testable import Queue

/// Who may open which file, and what the files look like from outside.
@Suite struct SpoolFileTests {
  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test func filesArePrivateWhateverTheUmaskAndModesAreTightened() async throws {
    let folder = try TemporaryFolder()
    let spool = folder.url.appendingPathComponent("deep/Queue")
    let before = umask(0)
    defer { umask(before) }
    let store = try SQLiteStore.open(spool: spool, access: .owner)
    let campaign = try await store.freezeSample(letters: 1)
    let lock = try SpoolLock.take(store.spool, campaign: "passwords", at: Sample.time(0))
    let record = try #require(try await store.campaigns().first)
    let file = try await ReceiptFile.complete(in: store.spool, campaign: record, from: store)
    let key = try ReceiptKey.load(from: store.spool) { [UInt8](repeating: 1, count: 32) }
    try await file.writeCheckpoint(at: Sample.time(1), signedWith: key)
    #expect(campaign == record.id)
    var files = 0
    for case let name as String in try #require(FileManager.default.enumerator(atPath: spool.path)) {
      let path = spool.path + "/" + name
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      #expect(try mode(path) == (isFolder.boolValue ? 0o700 : 0o600), "\(name)")
      files += isFolder.boolValue ? 0 : 1
    }
    // queue.sqlite, -wal, -shm, deliver.lock, receipts.pem, receipts.jsonl, checkpoint.json, .sig, receipts-public.pem
    #expect(files == 9)
    #expect(try mode(spool.path) == 0o700)
    withExtendedLifetime(lock) {}
  }

  @Test func anOpenFolderIsClosedToOthers() async throws {
    let folder = try TemporaryFolder()
    chmod(folder.url.path, 0o755)
    _ = try SQLiteStore.open(spool: folder.url, access: .owner)
    #expect(try mode(folder.url.path) == 0o700)
  }

  @Test func nobodyReadsASpoolThatIsNotThere() throws {
    let folder = try TemporaryFolder()
    let missing = folder.url.appendingPathComponent("nowhere")
    for access in [SQLiteStore.Access.reader, .control] {
      #expect(throws: StoreError.noSpool(path: missing.path)) { try SQLiteStore.open(spool: missing, access: access) }
    }
    #expect(!FileManager.default.fileExists(atPath: missing.path))
  }

  @Test func aSpoolOfANewerVersionIsRefusedByEverybody() async throws {
    let folder = try TemporaryFolder()
    _ = try SQLiteStore.open(spool: folder.url, access: .owner)
    try await ChildProcess.tool(
      "python3", ["-c", "import sqlite3; sqlite3.connect('queue.sqlite').execute('PRAGMA user_version = 99')"],
      folder: folder.url)
    let path = Spool(folder: folder.url).database.path
    for access in [SQLiteStore.Access.owner, .reader, .control] {
      #expect(throws: StoreError.newerVersion(path: path, found: 99, known: SpoolSchema.version)) {
        try SQLiteStore.open(spool: folder.url, access: access)
      }
    }
    #expect(StoreError.newerVersion(path: path, found: 99, known: 2).description.contains("newer version"))
  }

  @Test func anotherApplicationsDatabaseIsLeftAlone() async throws {
    let folder = try TemporaryFolder()
    try await ChildProcess.tool(
      "python3",
      ["-c", "import sqlite3; d=sqlite3.connect('queue.sqlite'); d.execute('CREATE TABLE cats (name)'); d.commit()"],
      folder: folder.url)
    let file = Spool(folder: folder.url).database
    chmod(file.path, 0o600)
    let before = try Data(contentsOf: file)
    for access in [SQLiteStore.Access.owner, .reader, .control] {
      #expect(
        throws: StoreError.notASpool(path: file.path, reason: "the database belongs to another application")
      ) { try SQLiteStore.open(spool: folder.url, access: access) }
    }
    #expect(try Data(contentsOf: file) == before)
  }

  @Test func aFileThatIsNoDatabaseIsNamed() throws {
    let folder = try TemporaryFolder()
    let file = Spool(folder: folder.url).database
    try Data(repeating: 0x41, count: 8192).write(to: file)
    #expect(throws: StoreError.notASpool(path: file.path, reason: "it is not an SQLite database")) {
      try SQLiteStore.open(spool: folder.url, access: .owner)
    }
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("file")
    try Data().write(to: file)
    #expect(throws: StoreError.self) {
      try SQLiteStore.open(spool: file.appendingPathComponent("Queue"), access: .owner)
    }
    do {
      _ = try SQLiteStore.open(spool: file, access: .owner)
      Issue.record("a file was taken for a folder")
    } catch {
      #expect(error == StoreError.cannotWrite(path: file.path, cause: "it is not a folder"))
      #expect(error.isStorageFailure)
    }
  }

  @Test func aFullDiskIsSaidAndLeavesNothing() async throws {
    // A limit on the file's size stands in for the disk: SQLite gives the same error.
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    _ = try await store.freezeSample("one", letters: 1)
    try await store.limitPages(60)
    do {
      _ = try await store.freezeSample("two", letters: 5000)
      Issue.record("it was written all the same")
    } catch let error as StoreError {
      #expect(error.isStorageFailure)
      #expect(error.description.contains("no space left on the disk"))
    }
    try await store.limitPages(100_000)
    #expect(try await store.campaigns().map(\.plan.name) == ["one"])
    _ = try await store.freezeSample("two", letters: 5000)
  }
}
