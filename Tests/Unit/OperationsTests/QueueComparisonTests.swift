import DeliverySupport
import Foundation
import Letters
import Mail
import Queue
import Receipts
import TestSupport
import Testing

@testable import Operations

/// Receipts held against the queue they lie in, and letters found by their codes.
@Suite(.timeLimit(.minutes(10))) struct QueueComparisonTests {
  private func verify(_ scene: Scene) async throws -> ReceiptsVerification {
    try await ReceiptsVerification.run(scene.location, key: nil, scene.dependencies)
  }

  private static let forger = try! Ed25519PrivateKey(seed: [UInt8](repeating: 66, count: 32))

  /// Writes the lines anew, as somebody with a key would: chained and signed.
  private func forge(
    _ scene: Scene, by key: Ed25519PrivateKey, _ change: (inout [String]) -> Void
  ) async throws {
    var lines = try String(contentsOf: scene.receiptsFile, encoding: .utf8).split(separator: "\n").map(String.init)
    change(&lines)
    var head = String(repeating: "0", count: 64)
    for index in lines.indices {
      lines[index] = String(lines[index].dropLast(66)) + head + "\"}"
      head = SHA256.digest(of: Array(lines[index].utf8)).hex
    }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: scene.receiptsFile)
    let record = try await scene.record()
    try Checkpoint(
      campaign: scene.location.name, plan: record.plan.planHash.labelled, count: Int64(lines.count),
      head: try #require(SHA256Digest(hex: head)), at: Scene.start
    ).write(to: scene.receipts, signedWith: key)
  }

  private func own(_ scene: Scene) throws -> Ed25519PrivateKey {
    try ReceiptKey.load(from: Spool(folder: scene.folder.url)) { [] }
  }

  /// What `receipts show` and `prove` say; both must refuse.
  private func refusals(_ scene: Scene) async throws -> [OperatorError] {
    [
      try await failure {
        try await ShownReceipts.forEach(of: "K1", in: scene.location, scene.dependencies) { _, _ in }
      },
      try await failure {
        _ = try await LetterProof.make(
          scene.location, source: SourceFolder(scene.files.folder), customer: "K1", letter: nil, needsOne: false,
          scene.dependencies)
      },
    ]
  }

  private func exportRefusal(_ scene: Scene) async throws -> OperatorError {
    try await failure {
      _ = try await ReceiptExport.write(
        scene.location, source: SourceFolder(scene.files.folder),
        to: scene.folder.url.appendingPathComponent("proof"), scene.dependencies)
    }
  }

  private func expectFault(_ scene: Scene, line: Int64?, _ words: String) async throws {
    let verification = try await verify(scene)
    #expect(verification.error?.kind == .data)
    let fault = try #require(verification.verdict.fault)
    #expect(fault.line == line && fault.reason.contains(words), "\(fault)")
    #expect(verification.verdict.signedLines == nil)
    for refusal in try await refusals(scene) + [exportRefusal(scene)] {
      #expect(refusal.kind == .data && refusal.message.words.contains(words), "\(refusal.message)")
    }
    #expect(!scene.exists(scene.folder.url.appendingPathComponent("proof")))
    let objection = try await ReceiptsObjection.find(scene.location, scene.dependencies)
    #expect(try #require(objection).words.contains(words))
    // By themselves they are sound.
    #expect(try ReceiptVerifier(folder: scene.receipts).verify().isSound)
  }

  @Test func receiptsAsTheQueueHasThemAreCompared() async throws {
    let scene = try Scene(.accept, .refuse)
    try await scene.launch()
    let verification = try await verify(scene)
    let key = try #require(try own(scene).publicKey.fingerprint)
    #expect(verification.error == nil && verification.behind == nil)
    #expect(verification.queue?.key == key && verification.verdict.signedBy == key)
    #expect(verification.queue?.lines == verification.verdict.lines && verification.queue?.missing == [])
    #expect(try await ReceiptsObjection.find(scene.location, scene.dependencies) == nil)
    let file = scene.receipts.appendingPathComponent("receipts-public.pem")
    #expect(SHA256.digest(of: Array(try Data(contentsOf: file))) == key)
  }

  @Test func receiptsSignedWithAnotherKeyAreNotTheQueues() async throws {
    let scene = try Scene(.accept, .refuse)
    try await scene.launch()
    let own = try #require(try own(scene).publicKey.fingerprint)
    try await forge(scene, by: Self.forger) { _ in }
    let words = "signed by another key than this queue's"
    try await expectFault(scene, line: nil, words)
    let fault = try #require(try await verify(scene).verdict.fault)
    let other = try #require(Self.forger.publicKey.fingerprint)
    #expect(fault.reason.contains(own.hex) && fault.reason.contains(other.hex) && own != other)
  }

  @Test func linesThatTheDatabaseDoesNotKnowAreNamed() async throws {
    let scene = try Scene(.accept, .refuse)
    try await scene.launch()
    // One that the rules allow: the campaign was run once more.
    try await forge(scene, by: try own(scene)) { lines in
      lines.append(lines[lines.count - 1].replacing("\"event\":\"completed\"", with: "\"event\":\"resumed\""))
      lines[lines.count - 1] = lines[lines.count - 1].replacing(
        "{\"seq\":\(lines.count - 1),", with: "{\"seq\":\(lines.count),")
    }
    let count = Int64(try String(contentsOf: scene.receiptsFile, encoding: .utf8).split(separator: "\n").count)
    try await expectFault(scene, line: count, "the queue's database does not know it")
  }

  @Test func linesThatTheDatabaseHasOtherwiseAreNamed() async throws {
    let scene = try Scene(.accept, .refuse)
    try await scene.launch()
    var line = 0
    try await forge(scene, by: try own(scene)) { lines in
      line = lines.firstIndex { $0.contains("\"event\":\"refused\"") } ?? 0
      lines[line] = lines[line].replacing("no such mailbox", with: "no such postbox")
    }
    try await expectFault(scene, line: Int64(line + 1), "it is not the line that the queue's database has")
  }

  @Test func aCampaignThatTheDatabaseDoesNotKnowIsNamed() async throws {
    let (scene, other) = (try Scene(.accept), try Scene(.accept, name: "winter"))
    try await scene.launch()
    try await other.launch()
    let folder = scene.folder.url.appendingPathComponent("winter")
    try FileManager.default.copyItem(at: other.files.folder, to: folder)
    let winter = try CampaignLocation(name: "winter", queue: scene.folder.url)
    let verification = try await ReceiptsVerification.run(winter, key: nil, scene.dependencies)
    #expect(verification.verdict.fault?.reason == "the queue's database does not know the campaign")
  }

  /// Copied elsewhere, without its queue, a campaign's folder is checked by itself.
  @Test func receiptsWithoutAQueueAreCheckedByThemselves() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    let elsewhere = try TemporaryFolder()
    let location = try CampaignLocation(name: "sommer", queue: elsewhere.url.appendingPathComponent("q"))
    try FileManager.default.createDirectory(at: location.folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: scene.receipts, to: location.folder.appendingPathComponent("receipts"))
    let verification = try await ReceiptsVerification.run(location, key: nil, scene.dependencies)
    #expect(verification.error == nil && verification.queue == nil && verification.verdict.signedBy != nil)
  }

  @Test func aLostKeyOrADamagedDatabaseIsSaid() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    try FileManager.default.removeItem(at: scene.folder.url.appendingPathComponent("keys/receipts.pem"))
    let keyless = try await verify(scene)
    #expect(keyless.error == nil && keyless.queue?.key == nil && keyless.queue?.missing.count == 1)
    #expect(keyless.queue?.lines == keyless.verdict.lines)
    let database = scene.folder.url.appendingPathComponent("queue.sqlite")
    try Data(repeating: 0x41, count: 8192).write(to: database)
    let damaged = try await verify(scene)
    #expect(damaged.error == nil && damaged.queue?.lines == nil && damaged.queue?.missing.count == 2)
  }

  /// As a process leaves them that ended between the database and the file.
  @Test func receiptsBehindTheQueueAreNoFaultAndSaidSo() async throws {
    let scene = try Scene(.accept, .accept)
    try await scene.launch()
    let whole = try Data(contentsOf: scene.receiptsFile)
    let lines = whole.split(separator: UInt8(ascii: "\n"))
    for name in ["checkpoint.json", "checkpoint.sig"] {
      try FileManager.default.removeItem(at: scene.receipts.appendingPathComponent(name))
    }
    try Data(lines.prefix(2).joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")]).write(
      to: scene.receiptsFile)
    let verification = try await verify(scene)
    #expect(verification.error == nil && verification.verdict.lines == 2)
    #expect(verification.queue?.lines == Int64(lines.count))
    #expect(verification.behind?.steps == [.resume])
    for refusal in try await refusals(scene) {
      #expect(refusal.message.steps == [.resume])
      let words = refusal.message.words
      #expect(words.contains("accepted") && words.contains("receipts.jsonl lacks") && !words.contains("attempted"))
    }
    try await scene.resume()
    #expect(try Data(contentsOf: scene.receiptsFile).starts(with: whole))
    #expect(try await verify(scene).behind == nil)
  }

  @Test func aLetterThatWasNeverSentIsSaidSo() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let words = "no letter to customer “K1” was attempted yet: it is queued."
    #expect(try await refusals(scene).allSatisfy { $0.message.words.contains(words) })
    try await scene.cancel()
    let cancelled = try await failure {
      _ = try await LetterProof.make(
        scene.location, source: SourceFolder(scene.files.folder), customer: "K1", letter: nil, needsOne: false,
        scene.dependencies)
    }
    #expect(cancelled.message.words == "no letter to customer “K1” was attempted: it is cancelled.")
  }

  // MARK: Codes

  @Test func codesAreFoundInOldAndNewCampaigns() async throws {
    let scene = try Scene(.accept, .refuse, .accept, more: "letters: {breach-notice: [imap]}\n")
    try await scene.launch()
    let codes = VerificationCodes(key: Scene.key, campaign: "sommer")
    func find() async throws -> [String] {
      var found: [String] = []
      for id in ["K1", "K2", "K3"] {
        for letter in ["password-change", "breach-notice"] {
          let lookup = try await CodeLookup.run(
            codes.code(of: letter, forCustomer: id), in: scene.folder.url, scene.dependencies)
          #expect(lookup.letters.count == 1 && lookup.campaigns == ["sommer"])
          found += lookup.letters.map { "\($0.customer) \($0.letter) \($0.left)" }
        }
      }
      let unknown = try VerificationCode(parsing: "0000 0000 5724")
      #expect(try await CodeLookup.run(unknown, in: scene.folder.url, scene.dependencies).letters.isEmpty)
      return found
    }
    let found = try await find()
    #expect(found.count == 6 && Set(found).count == 6 && found.first == "K1 password-change yes")
    // No code can be read from the index.
    let stored = try await ChildProcess.tool(
      "python3",
      ["-c", "import sqlite3; print(sqlite3.connect('queue.sqlite').execute('SELECT code FROM codes').fetchall())"],
      folder: scene.folder.url)
    for id in ["K1", "K2", "K3"] {
      let code = codes.code(of: "password-change", forCustomer: id)
      #expect(
        stored.contains("\(codes.index(of: code))") && !stored.contains(code.description.replacing(" ", with: "")))
    }
    // A campaign that was frozen before there was an index.
    try await ChildProcess.tool(
      "python3",
      [
        "-c",
        """
        import sqlite3
        db = sqlite3.connect("queue.sqlite")
        db.execute("DELETE FROM codes")
        db.execute("UPDATE campaigns SET has_codes = 0")
        db.commit()
        """,
      ], folder: scene.folder.url)
    #expect(try await find() == found)
  }
}

extension OperatorMessage {
  /// Its text, with a mark for each time and step.
  fileprivate var words: String {
    pieces.map { piece in
      if case .text(let text) = piece { text } else { "…" }
    }.joined()
  }
}
