import Files
import Foundation
import Mail
import TestSupport
import Testing

@testable import Queue
@testable import Receipts

/// A file that has grown is verified as one that was never read, without the lines that were signed before.
@Suite struct VerifiedPartTests {
  /// A campaign's receipts with a checkpoint in the middle, and with one at the end.
  private struct Scene {
    let folder: TemporaryFolder
    let receipts: URL
    var file: URL { receipts.appendingPathComponent("receipts.jsonl") }
    let part: VerifiedPart
    let signedBefore: Int64
    private let store: SQLiteStore
    private let campaign: Int64

    init() async throws {
      folder = try TemporaryFolder()
      store = try SQLiteStore.open(spool: folder.url, access: .owner)
      campaign = try await store.freezeSample(letters: 3, phones: 0)
      receipts = store.spool.receipts(of: "passwords")
      try await store.setState(.running, of: campaign, at: Sample.time(0))
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit([
        .record(claims[0], Sample.accepted()), .record(claims[1], Sample.deferred(until: 30)),
      ])
      signedBefore = try await Self.sign(store, at: 10)
      _ = try await store.commit([.record(claims[2], Sample.refused(at: 11))])
      _ = try await Self.write(store)
      let found = try ReceiptVerifier(folder: receipts).verify(after: nil)
      #expect(found.verdict.isSound && found.verdict.lines > signedBefore)
      part = try #require(found.part)
    }

    /// More receipts, and a checkpoint at their end.
    func grow() async throws -> Int64 {
      let again = try await store.claimAll(in: campaign, at: 30)
      _ = try await store.commit([.record(again[0], Sample.refused(at: 31))])
      try await store.setState(.completed, of: campaign, at: Sample.time(40))
      return try await Self.sign(store, at: 41)
    }

    private static func write(_ store: SQLiteStore) async throws -> ReceiptFile {
      try await ReceiptFile.complete(
        in: store.spool, campaign: try #require(try await store.campaigns().first), from: store)
    }

    private static func sign(_ store: SQLiteStore, at second: Double) async throws -> Int64 {
      let key = try ReceiptKey.load(from: store.spool) { [UInt8](repeating: 5, count: 32) }
      return try await write(store).writeCheckpoint(at: Sample.time(second), signedWith: key).count
    }

    var lines: [[UInt8]] {
      get throws { try Data(contentsOf: file).split(separator: 10).map(Array.init) }
    }

    func write(_ bytes: some Sequence<UInt8>) throws { try Data(bytes).write(to: file) }

    func whole() throws -> ReceiptVerifier.Verdict { try ReceiptVerifier(folder: receipts).verify() }

    func grown(after part: VerifiedPart) throws -> (verdict: ReceiptVerifier.Verdict, part: VerifiedPart?) {
      try ReceiptVerifier(folder: receipts).verify(after: part)
    }
  }

  @Test func theVerdictIsThatOfTheWholeFile() async throws {
    let scene = try await Scene()
    #expect(try scene.grown(after: scene.part).verdict == scene.whole())
    let signed = try await scene.grow()
    let found = try scene.grown(after: scene.part)
    #expect(found.verdict.isSound && found.verdict.signedLines == signed)
    #expect(try found.verdict == scene.whole())
    let next = try scene.grown(after: try #require(found.part))
    #expect(next.verdict == found.verdict && next.part != nil)
  }

  /// What has been verified could be anything, as long as it is what is there.
  @Test func whatWasReadIsNotJudgedAgain() async throws {
    let scene = try await Scene()
    _ = try await scene.grow()
    var lines = try scene.lines
    lines[1][30] ^= 1
    var beginning = VerifiedPart.Beginning()
    for line in lines.prefix(Int(scene.signedBefore)) { beginning.append(line) }
    try scene.write(lines.flatMap { $0 + [10] })
    #expect(try scene.whole().fault?.line == 2)
    #expect(try scene.grown(after: VerifiedPart(scene.part.judge, beginning)).verdict.isSound)
  }

  @Test func everyChangeIsFoundAsInTheWholeFile() async throws {
    let scene = try await Scene()
    _ = try await scene.grow()
    let bytes = [UInt8](try Data(contentsOf: scene.file))
    for place in stride(from: 0, to: bytes.count, by: 13) {
      var changed = bytes
      changed[place] ^= 1
      try scene.write(changed)
      let verdict = try scene.grown(after: scene.part).verdict
      #expect(!verdict.isSound)
      #expect(try verdict == scene.whole(), "byte \(place)")
    }
    for count in [0, 1, bytes.count / 3, bytes.count - 1] {
      try scene.write(bytes.prefix(count))
      let found = try scene.grown(after: scene.part)
      #expect(!found.verdict.isSound && found.part == nil)
      #expect(try found.verdict == scene.whole(), "\(count) bytes")
    }
  }

  /// An older checkpoint than the one that was seen, or none: all of it is read.
  @Test func aCheckpointThatGoesBackIsReadAnew() async throws {
    let scene = try await Scene()
    let old = try ["json", "sig"].map { end in
      let file = scene.receipts.appendingPathComponent("checkpoint.\(end)")
      return (file, try Data(contentsOf: file))
    }
    _ = try await scene.grow()
    let part = try #require(try scene.grown(after: scene.part).part)
    for (file, content) in old { try content.write(to: file) }
    #expect(try scene.grown(after: part).verdict == scene.whole())
    for (file, _) in old { try FileManager.default.removeItem(at: file) }
    let found = try scene.grown(after: part)
    #expect(found.verdict.signedLines == nil && found.part == nil)
    #expect(try found.verdict == scene.whole())
  }
}
