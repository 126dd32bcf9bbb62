import Campaigns
import Foundation
import Mail
import Receipts
import TestSupport
import Testing

@testable import Queue

/// What was purged is in no byte of any file of the spool; what was not purged still is.
@Suite struct PurgedBytesTests {
  /// Two campaigns whose rows lie between each other's, worked on until pages have split and replies have come and gone.
  private static func makeSpool(_ folder: URL) async throws -> (store: SQLiteStore, purged: Int64, kept: Int64) {
    let store = try SQLiteStore.open(spool: folder, access: .owner)
    // Debian's SQLite wipes by itself what is deleted; others' do not.
    try await store.wipeDeleted(false)
    let kept = try await freeze("winter", marked: "bleibt", 40, in: store)
    let purged = try await freeze("summer", marked: "geht", 400, in: store)
    for campaign in [kept, purged] {
      try await store.setState(.running, of: campaign, at: Sample.time(0))
      for round in 0..<3 {
        let now = Double(round * 100)
        let claims = try await store.claimAll(in: campaign, at: now)
        let marked = campaign == kept ? "bleibt" : "geht"
        _ = try await store.commit(
          claims.enumerated().map { index, claim in
            let long = String(repeating: "full ", count: 200)
            var record = round < 2 ? Sample.deferred(until: now + 50, at: now) : Sample.refused(at: now)
            // Of very different lengths: cells move, pages split. Long ones fill pages of their own, which the next
            // attempt gives back to the file without wiping them; a receipt has their beginning only.
            record.reply =
              "<\(marked)\(index)@kanzlei.example>: " + String(repeating: "full ", count: (index * 7 + round) % 90)
            if round == 0, index < 60 { record.reply += long + String(repeating: "says \(marked) ", count: 4000) }
            return .record(claim, record)
          })
      }
      try await store.setState(.completed, of: campaign, at: Sample.time(400))
    }
    return (store, purged, kept)
  }

  private static func freeze(_ name: String, marked: String, _ count: Int, in store: SQLiteStore) async throws -> Int64
  {
    var plan = Sample.plan(name, rows: count + 1)
    plan.hashKey = Array("hash-key-of-\(marked)-0123456789abcdef".utf8.prefix(31)) + [1]
    let customers = try (0..<count).map { number in
      PlannedCustomer(
        id: "\(marked)-\(number)", kind: .letter, reasons: [.segment("reason-\(marked)")],
        calls: [.segment("call-\(marked)")],
        payload: Data("{\"name\":\"M\(marked)mann\"}".utf8),
        messages: [
          PlannedMessage(
            recipient: try EmailAddress("\(marked)\(number)@kanzlei.example"),
            messageID: try MessageID(left: "\(name).\(number)", domain: try Domain("kanzlei-it.example")),
            letter: "password-change", priority: 0, template: "password-change@0123456789ab")
        ])
    }
    try await store.freeze(plan, customers: customers, at: Sample.time(0))
    return try #require(try await store.campaign(named: name)).id
  }

  /// The names of the files that hold the bytes of `text`, in any case.
  private static func files(in folder: URL, with text: String) throws -> [String] {
    let enumerator = try #require(FileManager.default.enumerator(atPath: folder.path))
    return try enumerator.compactMap { $0 as? String }.filter { name in
      let path = folder.appendingPathComponent(name).path
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        return false
      }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      return String(decoding: bytes, as: UTF8.self).lowercased().contains(text)
    }
  }

  @Test func nothingOfAPurgedCampaignIsLeft() async throws {
    let folder = try TemporaryFolder()
    let (store, purged, kept) = try await Self.makeSpool(folder.url)
    #expect(try !Self.files(in: folder.url, with: "geht").isEmpty)
    try await store.beginPurge(of: purged, files: 0, at: Sample.time(500))
    try await store.finishPurge(of: purged, at: Sample.time(501))
    // The database is still open: -wal and -shm are there and looked at.
    #expect(try Self.files(in: folder.url, with: "geht") == [])
    #expect(try Self.files(in: folder.url, with: "hash-key-of-bleibt").contains("queue.sqlite"))
    #expect(try await store.customerRecords(of: kept).count == 40)
  }

  /// A process that is lost after the rows were deleted leaves what the next one makes good.
  @Test func aPurgeThatWasInterruptedIsFinishedByTheNext() async throws {
    let folder = try TemporaryFolder()
    let purged: Int64
    do {
      let (store, campaign, _) = try await Self.makeSpool(folder.url)
      purged = campaign
      try await store.beginPurge(of: purged, files: 0, at: Sample.time(500))
    }
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    #expect(try await store.campaign(named: "summer")?.purge?.finishedAt == nil)
    try await store.finishPurge(of: purged, at: Sample.time(600))
    #expect(try Self.files(in: folder.url, with: "geht") == [])
    #expect(try await store.receiptValues(of: purged).last?.event == .purged)
  }

  /// While another process reads an old state, the WAL has to keep it: the purge is not called finished.
  @Test func aReaderThatHoldsTheOldStateIsWaitedForAndThenNamed() async throws {
    let folder = try TemporaryFolder()
    let (store, purged, _) = try await Self.makeSpool(folder.url)
    let reader = try ChildProcess(
      "python3",
      [
        "-c",
        """
        import sqlite3, sys
        db = sqlite3.connect("queue.sqlite", isolation_level=None)
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM customers").fetchall()
        print("reading", flush=True)
        sys.stdin.read()
        """,
      ], folder: folder.url, input: .heldOpen)
    try await reader.running {
      try await eventually("the reader holds its state") { reader.outputSoFar.contains("reading") }
      try await store.beginPurge(of: purged, files: 0, at: Sample.time(500))
      await #expect(throws: StoreError.busy(path: store.spool.database.path)) {
        try await store.finishPurge(of: purged, at: Sample.time(501))
      }
      #expect(try await store.campaign(named: "summer")?.purge?.finishedAt == nil)
      reader.closeInput()
      _ = await reader.outcome()
    }
    try await store.finishPurge(of: purged, at: Sample.time(502))
    #expect(try Self.files(in: folder.url, with: "geht") == [])
  }

  /// The schema guards it as well: Python's sqlite3 tries what the store would refuse.
  @Test(arguments: [
    ("a running campaign", "running", "UPDATE campaigns SET purge_begun_at = 9"),
    ("with open messages", "completed", "UPDATE campaigns SET purge_begun_at = 9"),
  ])
  func theDatabaseRefusesAPurgeBeforeTheEnd(_ name: String, _ state: String, _ change: String) async throws {
    let folder = try TemporaryFolder()
    do {
      let store = try SQLiteStore.open(spool: folder.url, access: .owner)
      _ = try await store.freezeSample(letters: 1)
    }
    let output = try await ChildProcess.run(
      "python3",
      [
        "-c",
        """
        import sqlite3
        db = sqlite3.connect("queue.sqlite", isolation_level=None)
        db.execute("UPDATE campaigns SET state='\(state)', finished_at=\(state == "completed" ? "9" : "NULL")")
        try: db.execute("\(change)")
        except sqlite3.IntegrityError as error: print(error)
        """,
      ], folder: folder.url)
    #expect(output.output == "a campaign is purged after its end only\n", "\(output.errors)")
  }
}
