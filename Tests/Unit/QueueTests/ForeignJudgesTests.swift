import Foundation
import Mail
import Queue
import TestSupport
import Testing

/// The commands of docs/receipts.md, run as they stand there, and Python's json and hashlib: judges that are not ours.
@Suite struct ForeignJudgesTests {
  private static let document = PackageRoot.file("docs/receipts.md")

  private func scene() async throws -> (TemporaryFolder, URL) {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 4)
    let claims = try await store.claimAll(in: campaign)
    var record = Sample.refused()
    record.reply = "5.1.1 \"sehr\" böse\\Zeichen\r\n\u{1B}[31m ünd 🚀"
    _ = try await store.commit(claims.map { .record($0, record) })
    let file = try await ReceiptFile.complete(
      in: store.spool, campaign: try #require(try await store.campaigns().first), from: store)
    let key = try ReceiptKey.load(from: store.spool) { [UInt8](repeating: 5, count: 32) }
    try await file.writeCheckpoint(at: Sample.time(41), signedWith: key)
    return (folder, store.spool.receipts(of: "passwords"))
  }

  /// The documented shell blocks that read the receipts alone.
  private func blocks() throws -> [String] {
    let text = try String(contentsOf: Self.document, encoding: .utf8)
    return text.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
      .filter { !$0.contains("approvals.jsonl") }
  }

  @Test func theDocumentedCommandsVerifyASoundFile() async throws {
    let (folder, receipts) = try await scene()
    let blocks = try blocks()
    #expect(blocks.count == 3)
    for block in blocks {
      let outcome = try await ChildProcess.run("sh", ["-eu", "-c", block], folder: receipts)
      #expect(outcome.status == 0, "\(block)\n\(outcome.output)")
      #expect(outcome.output.contains("OK") || outcome.output.contains("Verified Successfully"), "\(outcome.output)")
    }
    withExtendedLifetime(folder) {}
  }

  @Test func theDocumentedCommandsFindAChange() async throws {
    let (folder, receipts) = try await scene()
    let file = receipts.appendingPathComponent("receipts.jsonl")
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = text.replacingOccurrences(of: "\"relay\":\"main\"", with: "\"relay\":\"mein\"")
    #expect(changed != text)
    try changed.write(to: file, atomically: true, encoding: .utf8)
    let checkpoint = receipts.appendingPathComponent("checkpoint.json")
    try (String(contentsOf: checkpoint, encoding: .utf8) + " ").write(to: checkpoint, atomically: true, encoding: .utf8)
    for block in try blocks() {
      let outcome = try await ChildProcess.run("sh", ["-eu", "-c", block], folder: receipts)
      #expect(outcome.status != 0, "\(block)\n\(outcome.output)")
    }
    withExtendedLifetime(folder) {}
  }

  @Test func pythonReadsEveryLineAndTheChain() async throws {
    let (folder, receipts) = try await scene()
    let script = """
      import hashlib, json
      prev, count = "0" * 64, 0
      for line in open("receipts.jsonl", "rb"):
        assert line.endswith(b"\\n")
        line = line[:-1]
        count += 1
        receipt = json.loads(line.decode("utf-8", "strict"))
        assert receipt["prev"] == prev and receipt["seq"] == count
        assert json.dumps(receipt, ensure_ascii=False, separators=(",", ":")).encode().replace(b"\\x1b", b"\\\\u001b") == line
        prev = hashlib.sha256(line).hexdigest()
      checkpoint = json.load(open("checkpoint.json"))
      assert checkpoint["count"] == count and checkpoint["head"] == prev
      assert "\\x1b[31m ünd 🚀" in receipt["reply"] and '"sehr" böse\\\\Zeichen\\r\\n' in receipt["reply"]
      print("sound", count)
      """
    let outcome = try await ChildProcess.run("python3", ["-c", script], folder: receipts)
    #expect(outcome.status == 0)
    #expect(outcome.output == "sound 9\n")
    withExtendedLifetime(folder) {}
  }
}
