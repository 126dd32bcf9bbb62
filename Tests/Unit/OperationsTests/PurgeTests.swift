import Campaigns
import DeliverySupport
import Foundation
import Queue
import Receipts
import Reports
import TestSupport
import Testing

@testable import Operations

/// Removing a finished campaign's personal data: when it may begin, what goes, what stays.
@Suite(.timeLimit(.minutes(10))) struct PurgeTests {
  private struct No: Error {}

  private func purge(
    _ scene: Scene, atOnce: Bool = true, _ confirm: (Purge.Plan) throws -> Void = { _ in }
  ) async throws -> Purge.Outcome {
    try await Purge(scene.location, scene.dependencies).run(atOnce: atOnce, confirm: confirm)
  }

  /// The purge is refused, and nobody was asked.
  private func refusal(
    _ scene: Scene, atOnce: Bool = true, _ place: SourceLocation = #_sourceLocation
  ) async throws -> OperatorError {
    var wasAsked = false
    let error = try await failure(at: place) { _ = try await purge(scene, atOnce: atOnce) { _ in wasAsked = true } }
    #expect(!wasAsked && scene.exists(scene.files.customerFile), sourceLocation: place)
    return error
  }

  @Test func campaignThatIsNotOverIsNotPurged() async throws {
    let scene = try Scene(.accept, .accept)
    let draft = try await refusal(scene)
    #expect(draft.kind == .usage && draft.message.steps == [.launch(withoutRejected: false)])
    try await scene.launchAndStop()
    let paused = try await refusal(scene)
    #expect(paused.kind == .usage && paused.message.steps == [.resume, .cancel])
    #expect(try await scene.customers().count == 2)
  }

  @Test func openAndUncertainLettersKeepACampaign() async throws {
    let scene = try Scene(.lose)
    try await scene.launch()
    let uncertain = try await refusal(scene)
    #expect(uncertain.kind == .usage && uncertain.message.steps == [.status, .settle])
    _ = try await Settling(scene.location, customers: [], scene.dependencies).decide(.resend, letter: nil) { _ in }
    let open = try await refusal(scene)
    #expect(open.kind == .usage && open.message.steps == [.resume])
    #expect(try await scene.customers().count == 1)
  }

  @Test func retentionIsWaitedFor() async throws {
    let scene = try Scene(.accept, more: "retention: {purge_after: 90d}\n")
    try await scene.launch()
    let end = Scene.start.addingTimeInterval(90 * 86_400)
    let error = try await refusal(scene, atOnce: false)
    #expect(error.kind == .stopped && error.message.pieces.contains(.time(end)))
    scene.time.advance(by: 90 * 86_400 - 1)
    #expect(try await refusal(scene, atOnce: false).kind == .stopped)
    scene.time.advance(by: 1)
    guard case .purged = try await purge(scene, atOnce: false) else { throw HarnessError("not purged") }
  }

  @Test func campaignWithoutRetentionIsPurgedOnPurposeOnly() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    #expect(try await refusal(scene, atOnce: false).kind == .usage)
  }

  @Test func operatorWhoDisagreesLosesNothing() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    await #expect(throws: No.self) { _ = try await purge(scene) { _ in throw No() } }
    #expect(scene.exists(scene.files.customerFile))
    #expect(try await scene.customers().count == 1)
    #expect(try await scene.record().purge == nil)
  }

  @Test func purgedCampaignKeepsItsReceiptsAlone() async throws {
    let scene = try Scene(.accept, .call)
    try await scene.launch()
    guard
      case .purged = try await purge(
        scene,
        { plan in
          guard case .begins(let snapshot, let files) = plan else { throw No() }
          #expect(snapshot.customers[.letter] == 1 && snapshot.customers[.phone] == 1)
          #expect(files.removed.map(\.url.lastPathComponent) == ["kunden.csv"])
        })
    else { throw HarnessError("not purged") }
    #expect(!scene.exists(scene.files.customerFile) && scene.exists(scene.files.campaignFile))
    #expect(try await scene.customers().isEmpty)
    let record = try await scene.record()
    #expect(record.purge?.finishedAt == Scene.start && record.plan.hashKey.isEmpty)
    #expect(record.purge?.message.steps == [.verifyReceipts])
    #expect(try scene.soundReceipts().last?.event == .purged)
    guard case .purgedBefore = try await purge(scene, { _ in throw No() }) else { throw HarnessError("purged twice") }
    // Every operation on its customers says so.
    for work in [
      { try await scene.launch() }, { try await scene.resume() },
      { _ = try await PreviewRun(scene.location, scene.dependencies) },
      {
        _ = try await Settling(scene.location, customers: [], scene.dependencies).decide(.resend, letter: nil) { _ in }
      },
      {
        _ = try await CustomerReports.write(.customers(.json), of: scene.location, scene.dependencies) { { _ in } }
      },
    ] as [() async throws -> Void] {
      let error = try await failure(work)
      #expect(error.kind == .usage && error.message.steps == [.verifyReceipts])
    }
  }

  @Test func interruptedPurgeIsFinished() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    let store = try SQLiteStore.open(spool: scene.folder.url, access: .owner)
    try await store.beginPurge(of: scene.record().id, files: 1, at: Scene.start)
    #expect(try await scene.record().purge?.message.steps == [.purge])
    var goesOn = false
    guard case .purged = try await purge(scene, { if case .continues = $0 { goesOn = true } }) else {
      throw HarnessError("")
    }
    #expect(goesOn && !scene.exists(scene.files.customerFile))
    #expect(try await scene.record().purge?.finishedAt != nil)
  }

  // MARK: Which files

  private func find(_ scene: Scene) throws -> (removed: Set<String>, left: Set<String>) {
    let campaign = try? CampaignFile.read(folder: scene.files.folder)
    let files = PurgeFiles.find(scene.files.folder, campaign: campaign, in: scene.folder.url)
    let root = files.root.path + "/"
    return (
      Set(files.removed.map { $0.url.path.replacing(root, with: "") }),
      Set(files.leftAlone.map { $0.path.replacing(root, with: "") })
    )
  }

  @Test func onlyWhatEilbriefMadeIsRemoved() async throws {
    let scene = try Scene(.accept)
    let folder = scene.files.folder
    func write(_ text: String, _ name: String) throws {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try write("{{subject}}", "templates/password-change/de.subject.mustache")
    try write("{}", "receipts/receipts.jsonl")
    try write("{}", "approvals.jsonl")
    try write("notes", "notes.txt")
    try write("From: a@b.example\r\n\r\nHello", "foreign.eml")
    try write(
      "Content-Type: multipart/alternative;\r\n boundary=\"=_00112233445566778899aabbccddeeff\"\r\n", "out/K1.eml")
    try write(SafeCSV(delimiter: .comma).header(CustomerReport.header), "report.csv")
    try write(SafeCSV(delimiter: .tab).header(CallReport.header), "calls.txt")
    try write("customer,company\r\n", "mine.csv")
    for name in ["queue.sqlite", "letters/1.eml"] { try write("", "kept/\(name)") }
    for name in ["queue.sqlite", "letters/1.eml", "herbst/campaign.yaml"] { try write("", "queue/\(name)") }
    try FileManager.default.createSymbolicLink(
      at: folder.appendingPathComponent("link.csv"), withDestinationURL: scene.files.customerFile)
    let (removed, left) = try find(scene)
    #expect(
      removed == ["kunden.csv", "out/K1.eml", "report.csv", "calls.txt", "kept/queue.sqlite", "kept/letters/1.eml"])
    #expect(
      left == [
        "notes.txt", "foreign.eml", "mine.csv", "link.csv", "queue/queue.sqlite", "queue/letters/1.eml",
        "queue/herbst/campaign.yaml",
      ])
  }

  @Test func customerFileOfOthersIsLeft() async throws {
    let outside = try Scene(.accept)
    let file = outside.folder.url.appendingPathComponent("all.csv")
    try FileManager.default.moveItem(at: outside.files.customerFile, to: file)
    try outside.edit("file: kunden.csv", "file: ../all.csv")
    let found = try find(outside)
    #expect(found.removed.isEmpty && found.left == [file.resolvingSymlinksInPath().path])
    let shared = try Scene(.accept)
    let other = try TestCampaign("winter", in: shared.folder.url, customers: [], relay: Scene.relay)
    try other.write(yaml: other.yaml().replacing("file: kunden.csv", with: "file: ../sommer/kunden.csv"))
    #expect(try find(shared).removed.isEmpty)
  }

  @Test func unreadableCampaignFileLeavesTheCustomers() async throws {
    let scene = try Scene(.accept)
    try scene.files.write(yaml: "nothing")
    let found = try find(scene)
    #expect(found.removed.isEmpty && found.left.contains("kunden.csv"))
  }
}
