import Campaigns
import Delivery
import Files
import Foundation
import Letters
import Mail
import Preview
import Queue
import Receipts
import Rehearsal
import RelayLogs
import TestSupport
import Testing

@testable import Letters
@testable import Operations

/// Errors of every module by kind, which decides the exit status; messages with their times and steps.
@Suite struct OperatorErrorTests {
  private func thrown(_ body: () throws -> Void) throws -> any Error {
    try #require(#expect(throws: (any Error).self) { try body() })
  }

  @Test func everyModulesErrorHasItsKind() throws {
    let folder = try TemporaryFolder()
    try folder.write("no approval\n".utf8, to: "approvals.jsonl")
    let secret = SecretFileError(path: "key.pem", message: "cannot be read")
    let holder = SpoolLock.Holder(pid: 1, host: "mx", since: nil, campaign: "sommer")
    let keys = try thrown {
      let campaign = try Scene(
        .accept, more: "dkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: no.pem}\n"
      ).campaign()
      _ = try CampaignKeys(campaign, credentials: nil, at: nil, frozenAt: Scene.start).requiredSigner()
    }
    #expect(keys is CampaignKeysError)
    let table: [(any Error, OperatorError.Kind)] = [
      (OperatorError(.relay, "no"), .relay),
      (CampaignFileError([Problem(file: "campaign.yaml", message: "no")]), .campaignFile),
      (keys, .campaignFile),
      (secret, .campaignFile),
      (CustomerFileError([Problem(file: "kunden.csv", message: "no")]), .data),
      (PlanError.doesNotAddUp("letters"), .data),
      (PlanStagingError.cannotWrite(path: "/queue", cause: "full"), .cannotWrite),
      (PlanStagingError.damaged("/queue"), .cannotWrite),
      (TemplateError(file: "de.txt.mustache", message: "no"), .data),
      (LetterError(customer: "K1", problem: .noContact), .data),
      (MessageError(.subject, .control("\0", at: 0)), .data),
      (PreviewError.noChromium([]), .cannotWrite), (PreviewError.folderExists("x"), .cannotWrite),
      (DKIMKeyError.failed, .software), (SMIMEError(.key, .notAPrivateKey), .software),
      (FileError(.read, "x", .system(EIO)), .cannotWrite), (FileError(.write, "x", .exists), .cannotWrite),
      (FileError(.lock, "x", .locked), .stopped),
      (SpoolLockError.held(holder), .stopped),
      (SpoolLockError.cannotWrite(.cannotWrite(path: "x", cause: "full")), .cannotWrite),
      (try thrown { _ = try ApprovalFile(folder: folder.url).read() }, .data),
      (ReceiptSyntaxError("no"), .data),
      (try thrown { _ = try RelayLogSearch(paths: ["/no/such.log"], zone: .gmt) }, .data),
      (try thrown { _ = try FaultPlan(parsing: "nonsense 1%") }, .usage),
      (RelayError.alreadyRunning, .cannotWrite), (DeliveryError.leaseLost, .stopped),
    ]
    for (error, kind) in table { #expect(OperatorError(describing: error)?.kind == kind, "\(error)") }
  }

  @Test func everyStoreErrorHasItsKind() {
    let table: [(StoreError, OperatorError.Kind)] = [
      (.noSpool(path: "x"), .usage), (.campaignExists("x"), .usage), (.cannotPurge(campaign: "x", reason: ""), .usage),
      (.invalidCampaignChange(campaign: "x", from: .cancelled, to: .running, reason: ""), .usage),
      (.purged(campaign: "x"), .usage), (.newerVersion(path: "x", found: 9, known: 1), .cannotWrite),
      (.olderVersion(path: "x", found: 1, known: 9), .cannotWrite), (.notASpool(path: "x", reason: ""), .cannotWrite),
      (.damaged(path: "x"), .cannotWrite), (.cannotRead(path: "x", cause: ""), .cannotWrite),
      (.cannotWrite(path: "x", cause: ""), .cannotWrite), (.storageFailed(path: "x", cause: ""), .cannotWrite),
      (.busy(path: "x"), .stopped), (.overtaken(path: "x", reason: ""), .stopped), (.invalidPlan(""), .data),
      (.receiptsDisagree(path: "x", seq: 1, reason: ""), .data), (.noSuchCampaign(1), .software),
      (.notPermitted(""), .software), (.invariant(""), .software),
    ]
    for (error, kind) in table { #expect(OperatorError(describing: error)?.kind == kind, "\(error)") }
  }

  @Test func unknownErrorsAreNotDescribed() {
    struct Other: Error {}
    #expect(OperatorError(describing: Other()) == nil && OperatorError(describing: CancellationError()) == nil)
  }

  // MARK: Messages

  @Test func messageKeepsTimesAndStepsAsValues() {
    let inner: OperatorMessage = "until \(time: Scene.start)"
    let message: OperatorMessage = "kept \(inner), \(span: 60) more: \(step: .resume) or \(step: .purge)"
    #expect(message.steps == [.resume, .purge])
    #expect(
      message.pieces.filter { if case .text = $0 { false } else { true } }
        == [.time(Scene.start), .span(60), .step(.resume), .step(.purge)])
    #expect((message + "!").pieces == message.pieces + [.text("!")])
    #expect(OperatorMessage("plain").pieces == [.text("plain")] && OperatorMessage("plain").steps.isEmpty)
  }

  @Test func joinedMessagesKeepTheirValues() {
    let messages: [OperatorMessage] = [
      "\(step: .check)", "\(step: .preview(customer: "K1"))", "\(step: .checkOnline(resolver: nil))",
    ]
    #expect(messages.joined(separator: ", ").steps == [.check, .preview(customer: "K1"), .checkOnline(resolver: nil)])
    #expect([OperatorMessage]().joined(separator: ", ").steps.isEmpty)
  }

  @Test func oneIsSingular() {
    #expect([0, 1, 2].map { pluralized($0, "row") } == ["0 rows", "1 row", "2 rows"])
  }
}
