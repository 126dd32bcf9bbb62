import Foundation
import Mail
import Receipts
import TestSupport
import Testing

@testable import Queue

@Suite struct ReceiptFileTests {
  /// A campaign with some history, and where its receipts lie.
  private struct Scene {
    let folder: TemporaryFolder
    let store: SQLiteStore
    let campaign: CampaignRecord
    let file: URL

    init(letters: Int = 5) async throws {
      folder = try TemporaryFolder()
      store = try SQLiteStore.open(spool: folder.url, access: .owner)
      let id = try await store.freezeSample(letters: letters)
      let claims = try await store.claimAll(in: id)
      _ = try await store.commit(claims.map { .record($0, Sample.accepted()) })
      campaign = try #require(try await store.campaigns().first)
      file = store.spool.receipts(of: campaign.plan.name).appendingPathComponent("receipts.jsonl")
    }

    var whole: Data {
      get async throws { Data((try await store.lines(of: campaign.id)).joined(separator: "\n").utf8 + [10]) }
    }

    func complete() async throws -> ReceiptFile {
      try await ReceiptFile.complete(in: store.spool, campaign: campaign, from: store)
    }
  }

  @Test func theFileHasExactlyTheStoresLines() async throws {
    let scene = try await Scene()
    let file = try await scene.complete()
    #expect(try Data(contentsOf: scene.file) == (try await scene.whole))
    #expect(try await file.flush() == 0)
    try await scene.store.setState(.running, of: scene.campaign.id, at: Sample.time(3))
    #expect(try await file.flush() == 1)
    #expect(await file.count == 12)
    #expect(try Data(contentsOf: scene.file) == (try await scene.whole))
  }

  @Test func flushesAtOnceFromManyTasksDoubleNothing() async throws {
    let scene = try await Scene(letters: 60)
    let file = try await scene.complete()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await scene.store.setState(.running, of: scene.campaign.id, at: Sample.time(3))
          try await file.flush()
        }
      }
      try await group.waitForAll()
    }
    #expect(try Data(contentsOf: scene.file) == (try await scene.whole))
  }

  @Test func aFileCutAnywhereIsMadeWholeAgain() async throws {
    let scene = try await Scene(letters: 1)
    _ = try await scene.complete()
    let whole = try await scene.whole
    // Each length of the last line, and some of the others.
    let last = try #require(whole.dropLast().lastIndex(of: 10))
    for length in Array(stride(from: 0, to: last, by: 37)) + (last - 1...last + 2) + [whole.count - 1, whole.count] {
      try whole.prefix(length).write(to: scene.file)
      _ = try await scene.complete()
      #expect(try Data(contentsOf: scene.file) == whole, "cut at \(length)")
    }
  }

  @Test func zerosThatAPowerCutLeftAreCutOff() async throws {
    let scene = try await Scene()
    _ = try await scene.complete()
    let whole = try await scene.whole
    var holed = whole
    let start = try #require(whole[..<(whole.count / 2)].lastIndex(of: 10)) + 20
    for index in start..<(start + 100) { holed[index] = 0 }
    try holed.write(to: scene.file)
    _ = try await scene.complete()
    #expect(try Data(contentsOf: scene.file) == whole)
    try (whole + Data(repeating: 0, count: 4096)).write(to: scene.file)
    _ = try await scene.complete()
    #expect(try Data(contentsOf: scene.file) == whole)
  }

  @Test func aChangedLineIsRefusedAndNotTouched() async throws {
    let scene = try await Scene()
    _ = try await scene.complete()
    let whole = try await scene.whole
    let changes: [(from: String, to: String)] = [
      ("\"code\":250", "\"code\":251"), ("\"event\":\"attempt\"", "\"event\":\"refused\""),
    ]
    for change in changes {
      let changed = Data(
        String(decoding: whole, as: UTF8.self).replacingOccurrences(of: change.from, with: change.to).utf8)
      #expect(changed != whole)
      try changed.write(to: scene.file)
      await #expect(throws: StoreError.self) { _ = try await scene.complete() }
      #expect(try Data(contentsOf: scene.file) == changed)
    }
  }

  @Test func aFileWithMoreThanTheDatabaseKnowsIsRefused() async throws {
    let scene = try await Scene()
    _ = try await scene.complete()
    let whole = try await scene.whole
    let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n")
    let more = Receipt.sample(seq: lines.count + 1, after: String(lines[lines.count - 1]))
    try (whole + Data("\(more)\n".utf8)).write(to: scene.file)
    do {
      _ = try await scene.complete()
      Issue.record("it was taken")
    } catch let error as StoreError {
      guard case .receiptsDisagree(_, let seq, let reason) = error else { throw error }
      #expect(seq == 12)
      #expect(reason.contains("another spool"))
    }
  }

  @Test func aFileThatSomethingElseChangesMeanwhileIsClosedForGood() async throws {
    let scene = try await Scene()
    let file = try await scene.complete()
    let handle = try FileHandle(forWritingTo: scene.file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("x".utf8))
    try handle.close()
    try await scene.store.setState(.running, of: scene.campaign.id, at: Sample.time(3))
    for _ in 0..<2 { await #expect(throws: StoreError.self) { try await file.flush() } }
    _ = try await scene.complete()
    #expect(try Data(contentsOf: scene.file) == (try await scene.whole))
  }

  @Test func aLongFileIsComparedAtItsEndOnly() async throws {
    let scene = try await Scene(letters: 0)
    for number in 0..<40 {
      let name = "more\(number)"
      _ = try await scene.store.freezeSample(name, letters: 1)
    }
    let id = try await scene.store.freezeSample("long", letters: 190)
    for round in 0..<8 {
      let claims = try await scene.store.claimAll(in: id, at: Double(round * 10))
      var record = Sample.deferred(until: Double(round * 10 + 5), at: Double(round * 10 + 1))
      record.reply = String(repeating: "\u{1}", count: 990)
      _ = try await scene.store.commit(claims.map { .record($0, record) })
    }
    let campaign = try #require(try await scene.store.campaign(named: "long"))
    let file = try await ReceiptFile.complete(in: scene.store.spool, campaign: campaign, from: scene.store)
    let count = await file.count
    let url = file.file
    let size = try #require(try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int)
    #expect(size > 9 << 20)
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: UInt64(size - 100))
    try handle.close()
    let again = try await ReceiptFile.complete(in: scene.store.spool, campaign: campaign, from: scene.store)
    #expect(await again.count == count)
    #expect(try ReceiptVerifier(folder: url.deletingLastPathComponent()).verify().fault == nil)
  }
}

extension Receipt {
  /// A line that follows `line` in form and chain.
  static func sample(seq: Int, after line: String) -> String {
    """
    {"seq":\(seq),"at":"2026-11-23T08:00:09.000Z","campaign":"passwords","event":"paused",\
    "figures":{"queued":0},"prev":"\(SHA256.digest(of: Array(line.utf8)).hex)"}
    """
  }
}
