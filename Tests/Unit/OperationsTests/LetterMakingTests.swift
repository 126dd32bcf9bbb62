import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Reports
import Synchronization
import TestSupport
import Testing

@testable import Operations

/// Letters that cannot be made: found before the launch, for all; at delivery, for that one customer alone.
@Suite(.timeLimit(.minutes(10))) struct LetterMakingTests {
  private func copyTemplates(_ scene: Scene) throws -> URL {
    let templates = scene.files.folder.appendingPathComponent("templates")
    try FileManager.default.copyItem(at: PackageRoot.file("Templates"), to: templates)
    return templates.appendingPathComponent("password-change")
  }

  /// What a template says can be text, and yet be in no message.
  @Test(arguments: ["\u{2028}", "\u{2029}", "\u{85}"])
  func templatesThatMakeNoMessageAreFoundBeforeTheLaunch(_ inserted: String) async throws {
    let scene = try Scene(.accept, .accept, .accept, more: "dkim: relay\nrelease: two\n")
    let file = try copyTemplates(scene).appendingPathComponent("de.subject.mustache")
    let text = try String(contentsOf: file, encoding: .utf8)
    let place = text.firstRange(of: " ")!.lowerBound
    try (text[..<place] + inserted + text[place...]).write(to: file, atomically: false, encoding: .utf8)
    let report = try await CheckReport.make(scene.location, online: nil, scene.dependencies)
    let found = report.letters.errors.named.filter { $0.rule == "not-made" }
    #expect(!report.isFit && found.count == 1)
    #expect(found.first?.customers == ["K1", "K2", "K3"])
    #expect(
      found.first?.message.hasPrefix("password-change/de.subject.mustache: the subject has") == true, "\(found)")
    for operation in [
      { () async throws in _ = try await scene.launch() },
      { _ = try await ApprovalDraft.prepare(scene.location, withoutRejected: false, scene.dependencies) },
    ] {
      let refused = try await failure(operation)
      #expect(refused.kind == .data)
    }
    #expect(!scene.hasStore && scene.transport.sent.isEmpty)
  }

  /// Nobody else waits for a letter that cannot be made; its customer is called.
  @Test func whatCannotBeMadeAtDeliveryIsExcluded() async throws {
    let scene = try Scene(.accept, .accept, .postpone, .accept)
    try await scene.launchAndStop()
    let script = """
      import sqlite3, sys
      database = sqlite3.connect(sys.argv[1])
      with database: database.execute("UPDATE customers SET payload = x'7b7d' WHERE ref = 'K2'")
      """
    let queue = scene.folder.url.appendingPathComponent("queue.sqlite").path
    try await ChildProcess.tool("python3", ["-c", script, queue])
    let outcome = try await scene.resume()
    guard case .finished = outcome.end else { throw HarnessError("\(outcome.end)") }
    #expect(outcome.status.state == .completed && scene.transport.sent.count == 4)
    #expect(try await scene.states() == ["K1": .accepted, "K2": .excluded, "K3": .accepted, "K4": .accepted])
    let reason = "what the queue keeps of this customer cannot be read; restore queue.sqlite from a copy"
    #expect(try await scene.message("K2").exclusion == .notMade(reason))
    let receipts = try scene.soundReceipts().filter { $0.event == .excluded }
    #expect(receipts.map(\.reason) == ["the letter cannot be made"])
  }
}
