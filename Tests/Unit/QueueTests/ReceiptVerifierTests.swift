import Files
import Foundation
import Mail
import Receipts
import TestSupport
import Testing

@testable import Queue

@Suite struct ReceiptVerifierTests {
  /// A finished campaign's receipts with a signed checkpoint at their end.
  private struct Scene {
    let folder: TemporaryFolder
    let receipts: URL
    let lines: [String]
    let publicKey: Ed25519PublicKey

    init() async throws {
      folder = try TemporaryFolder()
      let store = try SQLiteStore.open(spool: folder.url, access: .owner)
      let campaign = try await store.freezeSample(letters: 2, phones: 0)
      try await store.setState(.running, of: campaign, at: Sample.time(0))
      let claims = try await store.claimAll(in: campaign)
      _ = try await store.commit([
        .record(claims[0], Sample.accepted()), .record(claims[1], Sample.deferred(until: 30)),
      ])
      let again = try await store.claimAll(in: campaign, at: 30)
      _ = try await store.commit([.record(again[0], Sample.refused(at: 31))])
      try await store.setState(.completed, of: campaign, at: Sample.time(40))
      let record = try #require(try await store.campaigns().first)
      let file = try await ReceiptFile.complete(in: store.spool, campaign: record, from: store)
      let key = try ReceiptKey.load(from: store.spool) { [UInt8](repeating: 5, count: 32) }
      let checkpoint = try await file.writeCheckpoint(at: Sample.time(41), signedWith: key)
      #expect(checkpoint.count == 9)
      receipts = store.spool.receipts(of: "passwords")
      lines = try await store.lines(of: campaign)
      publicKey = key.publicKey
    }

    func verify(_ lines: [String]) throws -> ReceiptVerifier.Verdict {
      try verify(Data(lines.joined(separator: "\n").utf8 + [10]))
    }

    func verify(_ content: Data) throws -> ReceiptVerifier.Verdict {
      try content.write(to: receipts.appendingPathComponent("receipts.jsonl"))
      return try ReceiptVerifier(folder: receipts).verify()
    }

    /// The same lines with the chain made to fit, as a forger would who does not have the key.
    func rechained(_ lines: [String]) -> [String] {
      var prev = String(repeating: "0", count: 64)
      return lines.map { line in
        let start = line.range(of: "\"prev\":\"", options: .backwards)!.upperBound  // Every line has one.
        let forged = line[..<start] + prev + "\"}"
        prev = SHA256.digest(of: Array(forged.utf8)).hex
        return String(forged)
      }
    }

    func removeCheckpoint() throws {
      for name in ["checkpoint.json", "checkpoint.sig", "receipts-public.pem"] {
        try FileManager.default.removeItem(at: receipts.appendingPathComponent(name))
      }
    }
  }

  @Test func aSoundFileIsSound() async throws {
    let scene = try await Scene()
    let verdict = try ReceiptVerifier(folder: scene.receipts, publicKey: scene.publicKey).verify()
    #expect(verdict.fault == nil)
    #expect(verdict.lines == 9)
    #expect(verdict.signedLines == 9)
    #expect(verdict.campaign == "passwords")
    #expect(verdict.messages.filter { $0.value > 0 } == [.accepted: 1, .refused: 1])
  }

  /// 16 GB without a line feed: the line is at fault, and is not read to its end.
  @Test func aLineWithoutEndIsNoReceipt() async throws {
    let scene = try await Scene()
    let file = scene.receipts.appendingPathComponent("receipts.jsonl")
    try Data(scene.lines[0].utf8 + [10]).write(to: file)
    #expect(truncate(file.path, 16 << 30) == 0)
    let fault = try ReceiptVerifier(folder: scene.receipts).verify().fault
    #expect(fault?.line == 2 && fault?.reason == "it is longer than any receipt")
  }

  @Test func whatIsNoRegularFileIsNotRead() async throws {
    let scene = try await Scene()
    let file = scene.receipts.appendingPathComponent("receipts.jsonl")
    try FileManager.default.removeItem(at: file)
    #expect(mkfifo(file.path, 0o600) == 0)
    #expect(throws: FileError(.read, file.path, .notRegular)) {
      try ReceiptVerifier(folder: scene.receipts).verify()
    }
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/zero")
    #expect(throws: FileError(.read, file.path, .notRegular)) {
      try ReceiptVerifier(folder: scene.receipts).verify()
    }
  }

  @Test func aFlippedBitOnDiskIsFoundInEachLine() async throws {
    let scene = try await Scene()
    for index in scene.lines.indices {
      var lines = scene.lines
      lines[index] = lines[index].replacingOccurrences(of: "\"campaign\":\"p", with: "\"campaign\":\"q")
      #expect(lines != scene.lines)
      #expect(try scene.verify(lines).fault?.line == Int64(index + 1))
    }
  }

  @Test func deletedDoubledSwappedAndCutLinesAreNamed() async throws {
    let scene = try await Scene()
    for index in scene.lines.indices {
      var lines = scene.lines
      lines.remove(at: index)
      #expect(try scene.verify(lines).fault?.line == Int64(index + 1), "deleted \(index)")
      lines = scene.lines
      lines.insert(lines[index], at: index)
      #expect(try scene.verify(lines).fault?.line == Int64(index + 2), "doubled \(index)")
      if index > 0 {
        lines = scene.lines
        lines.swapAt(index - 1, index)
        #expect(try scene.verify(lines).fault?.line == Int64(index), "swapped \(index)")
      }
      #expect(try scene.verify(Array(scene.lines[..<index])).fault?.line == Int64(index + 1), "cut at \(index)")
    }
  }

  @Test func aForgedChainNeedsTheKey() async throws {
    let scene = try await Scene()
    var lines = scene.lines
    lines[4] = lines[4].replacingOccurrences(of: "4XyZ", with: "5XyZ")
    let forged = scene.rechained(lines)
    let fault = try #require(try scene.verify(forged).fault)
    #expect(fault.line == 9)
    #expect(fault.reason.contains("signed checkpoint"))
    // Without the checkpoint nothing shows it, which is why it is kept elsewhere; and it cannot just be taken away.
    try scene.removeCheckpoint()
    #expect(try scene.verify(forged).fault == nil)
    let verdict = try ReceiptVerifier(folder: scene.receipts, publicKey: scene.publicKey).verify()
    #expect(verdict.fault?.description == "checkpoint: checkpoint.json is missing")
  }

  @Test func aCheckpointOfAnotherKeyOrWithAnotherCountIsRefused() async throws {
    let scene = try await Scene()
    let file = scene.receipts.appendingPathComponent("checkpoint.json")
    let json = try String(contentsOf: file, encoding: .utf8)
    try json.replacingOccurrences(of: "\"count\":9", with: "\"count\":8").write(
      to: file, atomically: true, encoding: .utf8)
    #expect(
      try scene.verify(scene.lines).fault?.description
        == "checkpoint: checkpoint.sig is not the signature of checkpoint.json")
    try Data(json.utf8).write(to: file)
    #expect(try scene.verify(scene.lines).fault == nil)
    let other = try Ed25519PrivateKey(seed: [UInt8](repeating: 6, count: 32)).publicKey
    #expect(try ReceiptVerifier(folder: scene.receipts, publicKey: other).verify().fault != nil)
  }

  /// All of a provider's campaigns have one key: a checkpoint is of these receipts only if it names them.
  @Test(arguments: [true, false])
  func aSignedCheckpointOfAnotherCampaignOrPlanIsRefused(_ isCampaign: Bool) async throws {
    let scene = try await Scene()
    let key = try Ed25519PrivateKey(seed: [UInt8](repeating: 5, count: 32))
    let json = scene.receipts.appendingPathComponent("checkpoint.json")
    var checkpoint = try Checkpoint(json: Array(try Data(contentsOf: json)))
    if isCampaign { checkpoint.campaign = "other" } else { checkpoint.plan = Sample.plan("other").planHash.hex }
    try Data(checkpoint.json).write(to: json)
    try Data(try key.signature(for: checkpoint.json)).write(
      to: scene.receipts.appendingPathComponent("checkpoint.sig"))
    #expect(
      try scene.verify(scene.lines).fault?.description == "checkpoint: it belongs to another campaign or plan")
  }

  @Test func aCrashBetweenCheckpointAndSignatureIsNoForgery() async throws {
    let scene = try await Scene()
    let key = try Ed25519PrivateKey(seed: [UInt8](repeating: 5, count: 32))
    let json = scene.receipts.appendingPathComponent("checkpoint.json")
    var checkpoint = try Checkpoint(json: Array(try Data(contentsOf: json)))
    checkpoint.at = Sample.time(99)
    try Data(checkpoint.json).write(to: json)
    try Data(try key.signature(for: checkpoint.json)).write(
      to: scene.receipts.appendingPathComponent("checkpoint.sig.new"))
    #expect(try scene.verify(scene.lines).fault == nil)
  }

  @Test(arguments: [
    ("accepted without an attempt", 2, "cannot become accepted"),
    ("a second final state", 7, "cannot become"),
    ("figures that do not add up", 8, "figures"),
  ])
  func impossibleStoriesAreNamedThoughTheChainHolds(_ name: String, _ drop: Int, _ words: String) async throws {
    let scene = try await Scene()
    try scene.removeCheckpoint()
    var lines = scene.lines
    func renumber() {
      for index in lines.indices {
        let rest = lines[index].drop { $0 != "," }
        lines[index] = "{\"seq\":\(index + 1)" + rest
      }
    }
    switch drop {
    case 2: lines.remove(at: 2)
    case 7: lines.insert(lines[7], at: 8)
    default: lines.remove(at: 7)
    }
    renumber()
    let fault = try #require(try scene.verify(scene.rechained(lines)).fault, "\(name)")
    #expect(fault.reason.contains(words), "\(fault)")
  }

  @Test func linesAfterTheCheckpointAreSoundButUnsigned() async throws {
    let scene = try await Scene()
    let last = try #require(scene.lines.last)
    let figures = MessageState.allCases.map { "\"\($0.rawValue)\":\($0 == .accepted || $0 == .refused ? 1 : 0)" }
    let more = Receipt.sample(seq: 10, after: last).replacingOccurrences(of: "paused", with: "resumed")
      .replacingOccurrences(of: "\"queued\":0", with: figures.joined(separator: ","))
    let verdict = try scene.verify(scene.lines + [more])
    #expect(verdict.fault == nil)
    #expect(verdict.lines == 10)
    #expect(verdict.signedLines == 9)
    #expect(verdict.reach == "10 lines, 9 of them signed")
  }
}
