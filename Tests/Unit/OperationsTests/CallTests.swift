import Campaigns
import DeliverySupport
import Foundation
import Mail
import Operations
import Queue
import Receipts
import Reports
import Synchronization
import TestSupport
import Testing

/// The telephone list: who is on it, what is recorded, and what becomes of whom by it.
@Suite struct CallTests {
  /// K1 is told, K2 may be, K3 is to be called, K4's letter was refused, K5 needs nothing.
  private static func scene() async throws -> Scene {
    let scene = try Scene(.accept, .lose, .call, .refuse, .nothing)
    try await scene.launch()
    return scene
  }

  @discardableResult
  private static func done(
    _ customer: String, _ outcome: CallOutcome = .reached, by caller: String = "Telefondienst", note: String = "",
    at time: String? = nil, again: Bool = false, anyway: Bool = false, in scene: Scene
  ) async throws -> CallRecording.Result {
    try await CallRecording(scene.location, .init(again: again, anyway: anyway), scene.dependencies)
      .done(customer: customer, by: caller, outcome: outcome, note: note, at: time)
  }

  private static func list(
    _ choice: CallList.Choice = .open, as form: CallList.Form = .json, in scene: Scene
  ) async throws -> String {
    let text = Mutex("")
    _ = try await CallList.write(choice, as: form, of: scene.location, scene.dependencies) {
      { piece in
        text.withLock { text in
          for case .text(let words) in piece.pieces { text += words }
        }
      }
    }
    return text.withLock { $0 }
  }

  private struct Entry: Decodable {
    struct Call: Decodable { var by, outcome: String }
    var customer, status, script, phone, call: String
    var urgency: String?
    var calls: [Call]
  }

  private static func entries(_ choice: CallList.Choice = .open, in scene: Scene) async throws -> [Entry] {
    try JSONDecoder().decode([Entry].self, from: Data(try await list(choice, in: scene).utf8))
  }

  private static func status(_ scene: Scene) async throws -> CampaignStatus {
    try await StatusQuery.run(scene.location, scene.dependencies, isStopped: { _ in false }).status
  }

  // MARK: Who is called

  /// As in the queue folder of a rehearsal.
  @Test func withoutACampaignFileTheListHasNoScripts() async throws {
    let scene = try await Self.scene()
    let before = try await Self.entries(in: scene)
    #expect(!before.isEmpty && before.allSatisfy { !$0.script.isEmpty })
    try FileManager.default.removeItem(at: scene.files.campaignFile)
    let after = try await Self.entries(in: scene)
    #expect(after.map(\.customer) == before.map(\.customer) && after.allSatisfy { $0.script.isEmpty })
    let page = try await CallPage.read(from: 0, most: 10, of: scene.location, scene.dependencies)
    #expect(page.entries.map(\.report.customer) == before.map(\.customer))
  }

  @Test func theMostUrgentComeFirst() async throws {
    let scene = try await Self.scene()
    let entries = try await Self.entries(in: scene)
    #expect(entries.map(\.customer) == ["K3", "K4", "K2"])
    #expect(entries.map(\.urgency) == ["untold", "untold", "uncertain"])
    #expect(entries.allSatisfy { !$0.phone.isEmpty && !$0.call.isEmpty && $0.script.contains("Müller") })
    // Who was tried comes behind who was not.
    try await Self.done("K3", .noAnswer, in: scene)
    #expect(try await Self.entries(in: scene).map(\.customer) == ["K4", "K3", "K2"])
    try await Self.done("K4", .letterWanted, in: scene)
    let after = try await Self.entries(in: scene)
    #expect(after.map(\.customer) == ["K3", "K2", "K4"] && after.last?.status == "letter-wanted")
    let figures = try #require(try await Self.status(scene).calls)
    #expect(figures.open == 3 && figures.untried == 1 && figures.noAnswer == 1 && figures.letterWanted == 1)
  }

  /// What the store leaves out for speed is on no list.
  @Test(arguments: [false, true])
  func theListIsThatOfTheReport(isLate: Bool) async throws {
    let scene = try Scene(.accept, .lose, .call, .refuse, .nothing, .postponeLong)
    try scene.addBadRow()
    if isLate { try scene.edit("2099-11-23", "2026-11-24") }
    scene.observer.stops = isLate
    try await scene.launch(withoutRejected: true)
    scene.time.advance(by: 1e6)
    let record = try await scene.record()
    let called = Mutex<Set<String>>([])
    try await scene.store().forEachCustomer(in: record.id) { customer in
      let causes = CallReport.causes(customer, deadline: record.plan.deadline, at: scene.time.now)
      if !causes.isEmpty { called.withLock { _ = $0.insert(customer.id) } }
    }
    let listed = try await Self.entries(in: scene).map(\.customer)
    #expect(Set(listed) == called.withLock { $0 } && listed.count == (isLate ? 6 : 4))
  }

  @Test func whoIsReachedIsOffEveryList() async throws {
    let scene = try await Self.scene()
    let now = scene.time.now
    let result = try await Self.done("K4", note: "Passwort geändert", in: scene)
    #expect(
      result.added == [
        CallRecord(customer: "K4", at: now, outcome: .reached, caller: "Telefondienst", note: "Passwort geändert")
      ])
    #expect(result.behind == nil && result.figures.reached == 1 && result.figures.open == 2)
    #expect(try await Self.entries(in: scene).map(\.customer) == ["K3", "K2"])
    let all = try await Self.entries(.all, in: scene)
    #expect(all.map(\.customer) == ["K3", "K2", "K4"] && all.last?.status == "reached" && all.last?.urgency == nil)
    #expect(all.last?.calls.map(\.by) == ["Telefondienst"])
    let text = Mutex("")
    for content in [CustomerReports.Content.customers(.csv(.semicolon)), .calls(.csv(.semicolon)), .scripts(.text)] {
      _ = try await CustomerReports.write(content, of: scene.location, scene.dependencies) {
        { piece in text.withLock { $0 += piece } }
      }
    }
    let lines = text.withLock { $0 }.split(whereSeparator: \.isNewline)
    #expect(lines.count { $0.hasPrefix("K4;") } == 1)
    #expect(
      lines.first { $0.hasPrefix("K4;") }?
        .contains("reached at \(RFC3339.string(now)) by Telefondienst: Passwort geändert") == true)
    #expect(!lines.contains { $0.contains("Scripts") && $0.contains("K4") })
    // It is on disk, signed, and holds neither name nor note.
    let receipts = try scene.soundReceipts()
    #expect(receipts.last?.event == .called && receipts.last?.call?.outcome == .reached)
    let bytes = try Data(contentsOf: scene.receiptsFile)
    for word in ["Anna", "Passwort ge", "K4"] { #expect(bytes.range(of: Data(word.utf8)) == nil) }
  }

  @Test func theCampaignIsOverWhenEverybodyIsTold() async throws {
    let scene = try await Self.scene()
    var status = try await Self.status(scene)
    #expect(status.isEverybodyTold == false && !status.everyLetterIsSettled)
    try await Self.done("K4", in: scene)
    try await Self.done("K2", in: scene)
    status = try await Self.status(scene)
    // Every letter is accepted, or its customer was reached; the planned call is still to be made.
    #expect(status.isEverybodyTold == false && status.everyLetterIsSettled)
    try await Self.done("K3", in: scene)
    status = try await Self.status(scene)
    #expect(status.isEverybodyTold == true && status.calls?.open == 0 && !status.hasCalls(at: scene.time.now))
    #expect(try await scene.resume().status.everyLetterIsSettled)
    // The wrong number takes it back.
    scene.time.advance(by: 60)
    try await Self.done("K4", .wrongNumber, again: true, in: scene)
    status = try await Self.status(scene)
    #expect(status.isEverybodyTold == false && status.calls?.wrongNumber == 1 && status.calls?.reached == 2)
    #expect(status.calls?.made == 4)
  }

  /// They want it in writing as well.
  @Test func aLetterThatWaitsGoesOutAllTheSame() async throws {
    let scene = try Scene(.accept, .call)
    try await scene.launchAndStop()
    try await Self.done("K1", anyway: true, in: scene)
    try await scene.resume()
    #expect(try await scene.states()["K1"] == .accepted)
    #expect(try await Self.entries(in: scene).map(\.customer) == ["K2"])
  }

  // MARK: What is refused

  @Test func whatCannotBeRecordedChangesNothing() async throws {
    let scene = try await Self.scene()
    try await Self.done("K4", in: scene)
    let before = try Data(contentsOf: scene.receiptsFile)
    // The same call told twice is no fault, and is recorded once.
    let same = try await Self.done("K4", note: "noch einmal", in: scene)
    #expect(same.added.isEmpty && same.known == 1)
    scene.time.advance(by: 60)
    let cases: [(OperatorError.Kind, String, () async throws -> Void)] = [
      (.data, "no such customer in sommer: K77", { try await Self.done("K77", in: scene) }),
      (.usage, "--again", { try await Self.done("K4", in: scene) }),
      (.usage, "--anyway", { try await Self.done("K1", in: scene) }),
      (.usage, "--anyway", { try await Self.done("K5", in: scene) }),
      (.usage, "in the future", { try await Self.done("K3", at: "2027-01-01 10:00", in: scene) }),
      (.usage, "long before the launch", { try await Self.done("K3", at: "2016-11-23 10:00", in: scene) }),
      (.usage, "is no time", { try await Self.done("K3", at: "gestern", in: scene) }),
      (.usage, "is no name", { try await Self.done("K3", by: " ", in: scene) }),
      (.usage, "is no name", { try await Self.done("K3", by: "a@b.example", in: scene) }),
      (.usage, "longer than", { try await Self.done("K3", note: String(repeating: "x", count: 2001), in: scene) }),
    ]
    for (kind, words, body) in cases {
      let error = try await failure(body)
      let text = error.message.pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined()
      #expect(error.kind == kind && text.contains(words) && text.contains("othing was recorded"), "\(text)")
    }
    #expect(try Data(contentsOf: scene.receiptsFile) == before)
    let figures = try #require(try await Self.status(scene).calls)
    #expect(figures.made == 1)
    // Somebody rings in: that counts as told.
    try await Self.done("K1", anyway: true, in: scene)
    scene.time.advance(by: 60)
    try await Self.done("K4", .noAnswer, again: true, in: scene)
    #expect(try await Self.status(scene).calls?.reached == 2)
    #expect(try scene.soundReceipts().count { $0.event == .called } == 3)
  }

  // MARK: Beside a delivery

  @Test func whileAnotherProcessDelivers() async throws {
    let scene = try await Self.scene()
    let spool = Spool(folder: scene.folder.url)
    let lock = try SpoolLock.take(spool, campaign: "sommer", at: scene.time.now)
    let owner = try SQLiteStore.open(spool: scene.folder.url, access: .owner, lock: lock)
    let record = try await scene.record()
    let file = try await ReceiptFile.complete(in: spool, campaign: record, from: owner, lock: lock)
    let before = await file.count
    // Nobody brings it to the disk: it says so.
    #expect(try await Self.done("K4", in: scene).behind != nil)
    #expect(await file.count == before)
    try await file.flush()
    #expect(await file.count == before + 1)
    scene.time.advance(by: 60)
    let second = try await failure { try await Self.done("K4", in: scene) }
    #expect(second.kind == .usage)
    withExtendedLifetime(lock) {}
  }

  /// Two callers have reached the same customer and say so at the same moment: one of them is told of the other.
  @Test func twoCallersAtOnce() async throws {
    let scene = try await Self.scene()
    for round in 0..<5 {
      // Whoever was told by mistake is open again.
      if round > 0 {
        scene.time.advance(by: 60)
        try await Self.done("K4", .wrongNumber, again: true, in: scene)
        scene.time.advance(by: 60)
      }
      let outcomes = await withTaskGroup(of: Result<Int, any Error>.self) { group in
        for caller in ["Dienst A", "Dienst B", "Dienst C"] {
          group.addTask {
            do {
              return .success(try await Self.done("K4", by: caller, in: scene).added.count)
            } catch {
              return .failure(error)
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let errors = outcomes.compactMap { outcome in
        if case .failure(let error) = outcome { error as? OperatorError } else { nil }
      }
      #expect(outcomes.count { (try? $0.get()) == 1 } == 1 && errors.count == 2, "\(outcomes)")
      #expect(errors.allSatisfy { $0.kind == .usage })
    }
    #expect(try await Self.status(scene).calls?.reached == 1)
    try await scene.resume()
    #expect(try scene.soundReceipts().count { $0.event == .called } == 9)
  }

  // MARK: Proof

  @Test func aProofHasTheCalls() async throws {
    let scene = try await Self.scene()
    try await Self.done("K3", note: "um 9", in: scene)
    try await Self.done("K4", in: scene)
    for (customer, letters) in [("K3", 0), ("K4", 1)] {
      let proof = try await LetterProof.make(
        scene.location, source: SourceFolder(scene.location.folder), customer: customer, letter: nil, needsOne: false,
        scene.dependencies)
      #expect(proof.letters.count == letters && proof.difference == nil)
      #expect(proof.calls.map { $0.made?.caller } == ["Telefondienst"])
    }
    // The queue says another name than the receipt.
    try await ChildProcess.tool(
      "python3",
      [
        "-c",
        """
        import sqlite3, sys
        database = sqlite3.connect(sys.argv[1])
        database.execute("DROP TRIGGER call_stays")
        database.execute("UPDATE calls SET note = 'um 10'")
        database.commit()
        """, scene.folder.url.appendingPathComponent("queue.sqlite").path,
      ])
    let proof = try await LetterProof.make(
      scene.location, source: SourceFolder(scene.location.folder), customer: "K3", letter: nil, needsOne: false,
      scene.dependencies)
    #expect(proof.difference?.contains("the queue has no call") == true)
  }
}
