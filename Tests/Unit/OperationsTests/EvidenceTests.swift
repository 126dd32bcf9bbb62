import Campaigns
import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Reports
import TestSupport
import Testing

@testable import Operations

/// What proves a campaign: receipts verified, shown for one customer, exported, and letters made again.
@Suite(.timeLimit(.minutes(10))) struct EvidenceTests {
  /// Changes a byte in the middle of the receipts on disk.
  private func damage(_ scene: Scene) throws {
    var bytes = try Data(contentsOf: scene.receiptsFile)
    let place = try #require(bytes.range(of: Data("\"event\":\"accepted\"".utf8)))
    bytes.replaceSubrange(place, with: Data("\"event\":\"excluded\"".utf8))
    try bytes.write(to: scene.receiptsFile)
  }

  // MARK: Verified

  private func verify(_ scene: Scene, key: String? = nil) async throws -> ReceiptsVerification {
    try await ReceiptsVerification.run(scene.location, key: key, scene.dependencies)
  }

  @Test func receiptsOfALaunchAreSound() async throws {
    let scene = try Scene(.accept)
    #expect(try await failure { _ = try await verify(scene) }.kind == .usage)
    try await scene.launch()
    let verification = try await verify(scene)
    #expect(verification.error == nil && verification.campaign == "sommer")
    #expect(verification.verdict.messages[.accepted] == 1)
    let key = scene.receipts.appendingPathComponent("receipts-public.pem").path
    #expect(try await verify(scene, key: key).error == nil)
  }

  @Test func damagedForeignAndMissingReceiptsAreNot() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    let winter = try CampaignLocation(name: "winter", queue: scene.folder.url)
    try FileManager.default.copyItem(at: scene.files.folder, to: winter.folder)
    let copied = try await ReceiptsVerification.run(winter, key: nil, scene.dependencies)
    #expect(copied.campaign == "sommer" && copied.verdict.isSound && copied.error?.kind == .data)
    try damage(scene)
    let damaged = try await verify(scene)
    #expect(damaged.error?.kind == .data && damaged.verdict.fault?.line != nil)
    try FileManager.default.removeItem(at: scene.receiptsFile)
    let missing = try await failure { _ = try await verify(scene) }
    #expect(missing.kind == .data && missing.message.steps == [.resume])
  }

  @Test func anotherKeyIsNoSignature() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    let pem = """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
      -----END PUBLIC KEY-----

      """
    let key = try scene.folder.write(pem.utf8, to: "other.pem").path
    let verification = try await verify(scene, key: key)
    #expect(verification.error?.kind == .data && verification.verdict.fault?.line == nil)
    let noKey = try scene.folder.write("no key".utf8, to: "no.pem").path
    for path in [noKey, "/no/such.pem"] {
      #expect(try await failure { _ = try await verify(scene, key: path) }.kind == .usage)
    }
  }

  // MARK: One customer's

  private func show(_ customer: String, _ scene: Scene) async throws -> [ReceiptEvent] {
    var events: [ReceiptEvent] = []
    try await ShownReceipts.forEach(of: customer, in: scene.location, scene.dependencies) { receipt, line in
      let read = try Receipt(line: line)
      #expect(read == receipt)
      events.append(receipt.event)
    }
    return events
  }

  @Test func oneCustomersReceiptsAreShown() async throws {
    let scene = try Scene(.accept, .lose, .postpone, .call)
    try await scene.launch()
    _ = try await Settling(scene.location, customers: [], scene.dependencies).decide(.accepted, letter: nil) { _ in }
    #expect(try await show("K1", scene) == [.attempt, .accepted])
    #expect(try await show("K2", scene) == [.attempt, .uncertain, .resolved])
    #expect(try await show("K3", scene) == [.attempt, .deferred, .attempt, .accepted])
    for id in ["K4", "K9"] { #expect(try await failure { _ = try await show(id, scene) }.kind == .data) }
    try damage(scene)
    #expect(try await failure { _ = try await show("K1", scene) }.kind == .data)
  }

  @Test func letterThatNeverLeftHasNoReceipts() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    #expect(try await failure { _ = try await show("K1", scene) }.kind == .data)
    #expect(try await failure { _ = try await prove("K1", scene) }.kind == .data)
  }

  // MARK: A letter made again

  private func prove(
    _ customer: String, _ scene: Scene, letter: String? = nil, from folder: URL? = nil, needsOne: Bool = false
  ) async throws -> LetterProof {
    try await LetterProof.make(
      scene.location, source: SourceFolder(folder ?? scene.files.folder), customer: customer, letter: letter,
      needsOne: needsOne, scene.dependencies)
  }

  @Test func letterMadeAgainIsTheOneThatWasSent() async throws {
    let scene = try Scene(.accept, .postpone, .call)
    try await scene.launch()
    for (customer, attempts) in [("K1", 1), ("K2", 2)] {
      let proof = try await prove(customer, scene, needsOne: true)
      #expect(proof.difference == nil && proof.letters.map(\.attempts.count) == [attempts])
      let sent = scene.transport.sent.last { $0.recipient.hasSuffix(customer == "K1" ? "-1.example" : "-2.example") }
      #expect(proof.letters[0].bytes == sent.map { Array($0.message.utf8) })
      #expect(proof.verdict.isSound && proof.frozenAt == Scene.start)
    }
    for (customer, letter) in [("K3", nil), ("K9", nil), ("K1", "other")] {
      #expect(try await failure { _ = try await prove(customer, scene, letter: letter) }.kind == .data)
    }
  }

  @Test func proofIsWrittenIntoANewFileOnly() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    let proof = try await prove("K1", scene)
    let file = scene.folder.url.appendingPathComponent("letter.eml")
    try proof.write(to: file.path, of: scene.location)
    #expect(try Array(Data(contentsOf: file)) == proof.letters[0].bytes)
    #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
    #expect(try await failure { try proof.write(to: file.path, of: scene.location) }.kind == .cannotWrite)
  }

  @Test func changedInputMakesAnotherLetter() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    let copy = scene.folder.url.appendingPathComponent("copy")
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: false)
    try FileManager.default.copyItem(at: scene.files.campaignFile, to: copy.appendingPathComponent("campaign.yaml"))
    try scene.edit("Wer die Zugangsdaten hat", "Wer Zugangsdaten hat")
    let proof = try await prove("K1", scene)
    #expect(proof.difference != nil && proof.letters[0].bytes == nil)
    #expect(try await prove("K1", scene, from: copy).difference == nil)
  }

  @Test func severalLettersAreProvedOneByOne() async throws {
    let scene = try Scene(.accept, more: "letters: {breach-notice: [imap]}\n")
    try await scene.launch()
    let names = try await scene.customers()["K1"]?.messages.map(\.letter) ?? []
    try #require(names.count == 2)
    #expect(try await prove("K1", scene).letters.map(\.message.letter) == names)
    #expect(try await failure { _ = try await prove("K1", scene, needsOne: true) }.kind == .usage)
    #expect(try await prove("K1", scene, letter: names[1], needsOne: true).letters.count == 1)
  }

  // MARK: Exported

  private func export(_ scene: Scene, to name: String = "proof") async throws -> (ReceiptExport, URL) {
    let folder = scene.folder.url.appendingPathComponent(name)
    return (
      try await ReceiptExport.write(
        scene.location, source: SourceFolder(scene.files.folder), to: folder, scene.dependencies), folder
    )
  }

  @Test func soundReceiptsAreExported() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    let (export, folder) = try await self.export(scene)
    #expect(export.verdict.isSound && export.missingTemplates.isEmpty && export.missingApprovals.isEmpty)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(
      names == [
        "README.txt", "SHA256SUMS", "checkpoint.json", "checkpoint.sig", "plan.json", "plan.txt", "receipts-public.pem",
        "receipts.jsonl", "templates", "verify.sh",
      ])
    let sums = try String(contentsOf: folder.appendingPathComponent("SHA256SUMS"), encoding: .utf8)
    for line in sums.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      let name = parts[1].drop { $0 == " " || $0 == "*" }
      let bytes = try Data(contentsOf: folder.appendingPathComponent(String(name)))
      #expect(SHA256.digest(of: Array(bytes)).hex == parts[0])
    }
    #expect(try await failure { _ = try await self.export(scene) }.kind == .cannotWrite)
  }

  @Test func unsoundReceiptsLeaveNoFolder() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    try damage(scene)
    #expect(try await failure { _ = try await self.export(scene) }.kind == .data)
    let left = try FileManager.default.contentsOfDirectory(atPath: scene.folder.url.path)
    #expect(left.allSatisfy { !$0.contains("proof") })
  }

  @Test func foreignReceiptsAreNotExported() async throws {
    let (scene, other) = (try Scene(.accept), try Scene(.accept, .accept))
    try await scene.launch()
    try await other.launch()
    try FileManager.default.removeItem(at: scene.receipts)
    try FileManager.default.copyItem(at: other.receipts, to: scene.receipts)
    #expect(try await failure { _ = try await self.export(scene) }.kind == .data)
    #expect(!scene.exists(scene.folder.url.appendingPathComponent("proof")))
    try FileManager.default.removeItem(at: scene.receipts)
    #expect(try await failure { _ = try await self.export(scene) }.message.steps == [.resume])
  }

  @Test func changedTemplatesAndLostApprovalsAreLeftOut() async throws {
    let scene = try Scene(.accept, more: "release: two\n")
    let sample = try CampaignLocation(name: "sample", queue: scene.folder.url)
    try CampaignScaffold.make(sample, scene.dependencies)
    let templates = scene.files.folder.appendingPathComponent("templates")
    try FileManager.default.copyItem(at: sample.folder.appendingPathComponent("templates"), to: templates)
    for name in ["Anna", "Bernd"] {
      _ = try await ApprovalDraft.prepare(scene.location, withoutRejected: false, scene.dependencies).approve(
        as: ApproverName(name), scene.dependencies)
    }
    try await scene.launch()
    let (whole, folder) = try await self.export(scene, to: "whole")
    #expect(whole.missingTemplates.isEmpty && whole.missingApprovals.isEmpty)
    #expect(scene.exists(folder.appendingPathComponent("approvals.jsonl")))
    let changed = templates.appendingPathComponent("password-change/de.txt.mustache")
    try (Data(contentsOf: changed) + Data("\n".utf8)).write(to: changed)
    try FileManager.default.removeItem(at: scene.files.folder.appendingPathComponent("approvals.jsonl"))
    let (part, rest) = try await self.export(scene, to: "part")
    #expect(part.missingTemplates.count == 1 && part.missingApprovals == ["Anna", "Bernd"])
    #expect(!scene.exists(rest.appendingPathComponent("templates/password-change/de.txt.mustache")))
    #expect(scene.exists(rest.appendingPathComponent("templates/password-change/de.html.mustache")))
  }
}
