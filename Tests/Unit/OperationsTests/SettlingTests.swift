import Delivery
import DeliverySupport
import Foundation
import Queue
import Receipts
import RelayLogs
import Reports
import Synchronization
import TestSupport
import Testing

@testable import Operations

/// Uncertain letters settled by the operator's word, and by the relay's log.
@Suite(.timeLimit(.minutes(10))) struct SettlingTests {
  private func decide(
    _ resolution: Resolution, _ scene: Scene, _ customers: [String] = [], letter: String? = nil
  ) async throws -> [String] {
    try await Settling(scene.location, customers: customers, scene.dependencies).decide(
      resolution, letter: letter
    ) { _ in }.map(\.customer)
  }

  // MARK: By the operator's word

  @Test func wordSettlesAllOrTheNamed() async throws {
    let scene = try Scene(.lose, .lose, .lose, .accept)
    try await scene.launch()
    #expect(try await decide(.accepted, scene, ["K2"]) == ["K2"])
    #expect(try await decide(.resend, scene) == ["K1", "K3"])
    #expect(
      try await scene.states() == ["K1": .queued, "K2": .accepted, "K3": .queued, "K4": .accepted])
    let resolved = try scene.soundReceipts().filter { $0.event == .resolved }
    #expect(resolved.map(\.evidence) == ["operator", "operator", "operator"])
    #expect(try await scene.resume().status.count(.accepted) == 4)
  }

  @Test func nothingUncertainSettlesNothing() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    #expect(try await decide(.accepted, scene).isEmpty)
    #expect(try await decide(.accepted, scene, letter: "other").isEmpty)
  }

  @Test(arguments: ["K2", "K9"])
  func oneWrongNameSettlesNothing(_ wrong: String) async throws {
    let scene = try Scene(.lose, .accept)
    try await scene.launch()
    #expect(try await failure { _ = try await decide(.accepted, scene, ["K1", wrong]) }.kind == .data)
    #expect(try await scene.states()["K1"] == .uncertain)
    #expect(try await failure { _ = try await byLog(scene, [], ["K1", wrong]) }.kind == .data)
  }

  @Test func lettersOnTheWireAreLookedAtFirst() async throws {
    let scene = try Scene(.accept, .accept)
    try await scene.launchAndStop()
    try await scene.leaveOnTheWire("K1")
    let lost = Mutex(0)
    let settling = Settling(scene.location, customers: [], scene.dependencies)
    let error = try await failure {
      _ = try await settling.decide(.accepted, letter: nil) { event in
        if case .recovered(let count) = event { lost.withLock { $0 = count } }
      }
    }
    #expect(error.kind == .stopped && error.message.steps == [.status] && lost.withLock { $0 } == 1)
    #expect(try await scene.states() == ["K1": .uncertain, "K2": .queued])
    // Seen now, so the same words settle it.
    #expect(try await decide(.accepted, scene) == ["K1"])
  }

  @Test func namedLetterOnTheWireIsSettledAtOnce() async throws {
    let scene = try Scene(.accept, .accept)
    try await scene.launchAndStop()
    try await scene.leaveOnTheWire("K1")
    #expect(try await decide(.resend, scene, ["K1"]) == ["K1"])
    #expect(try await scene.states() == ["K1": .queued, "K2": .queued])
  }

  @Test func neverLaunchedCampaignHasNothingToSettle() async throws {
    let scene = try Scene(.accept)
    #expect(try await failure { _ = try await decide(.accepted, scene) }.kind == .usage)
    #expect(!scene.hasStore)
  }

  // MARK: By the relay's log

  /// A log of Postfix that runs from `from` to `to` seconds after the start, and shows these Message-IDs taken at 1 s.
  private func log(
    _ scene: Scene, taken: [String], from: TimeInterval = -300, to: TimeInterval = 900, name: String = "mail.log"
  ) throws -> String {
    func line(_ seconds: TimeInterval, _ text: String) -> String {
      "\(Scene.start.addingTimeInterval(seconds).formatted(.iso8601)) mx postfix/\(text)\n"
    }
    var text = line(from, "anvil[1]: statistics: none")
    for (number, id) in taken.enumerated() {
      let queueID = "4DD53FC60\(10 + number)"
      text += line(1, "cleanup[2]: \(queueID): message-id=\(id)")
      text += line(1, "qmgr[3]: \(queueID): from=<support@kanzlei-it.example>, size=9, nrcpt=1 (queue active)")
    }
    text += line(to, "anvil[1]: statistics: none")
    return try scene.folder.write(text.utf8, to: name).path
  }

  private func byLog(_ scene: Scene, _ paths: [String], _ customers: [String] = []) async throws -> LogSettling {
    try await Settling(scene.location, customers: customers, scene.dependencies).byLogs(paths) { _ in }
  }

  private func id(_ customer: String, _ scene: Scene) async throws -> String {
    "\(try await scene.message(customer).messageID)"
  }

  @Test func logThatNamesTheLetterSettlesItAsAccepted() async throws {
    let scene = try Scene(.accept, .lose, .lose)
    try await scene.launch()
    let path = try log(scene, taken: [try await id("K1", scene), try await id("K2", scene)])
    let settling = try await byLog(scene, [path])
    #expect(
      settling.letters.map(\.customer) == ["K2", "K3"] && settling.letters.map(\.result) == [.accepted, .queuedAgain])
    #expect(settling.count(.accepted) == 1 && settling.uncertain.isEmpty && settling.foreign.isEmpty)
    #expect(try await scene.states() == ["K1": .accepted, "K2": .accepted, "K3": .queued])
    let resolved = try scene.soundReceipts().filter { $0.event == .resolved }
    #expect(resolved.map(\.resolution) == ["accepted", "resend"])
    // The evidence is the log's, without addresses.
    #expect(resolved.allSatisfy { $0.evidence?.contains("@kanzlei-2.example") == false })
    #expect(resolved[0].evidence?.contains("mail.log:") == true)
  }

  @Test func anotherMessageIDIsNoEvidence() async throws {
    let scene = try Scene(.accept, .lose)
    try await scene.launch()
    let other = try await id("K2", scene).replacing("<", with: "<x")
    let path = try log(scene, taken: [try await id("K1", scene), other], to: 60)
    #expect(try await byLog(scene, [path]).letters.map(\.result) == [.open])
    #expect(try await scene.states()["K2"] == .uncertain)
  }

  @Test func logThatEndsTooEarlySettlesNothingYet() async throws {
    let scene = try Scene(.accept, .lose)
    try await scene.launch()
    let path = try log(scene, taken: [try await id("K1", scene)], to: 500)
    let early = try await byLog(scene, [path])
    #expect(early.letters.map(\.result) == [.open] && early.uncertain == ["K2"])
    let times = early.letters[0].evidence.pieces.compactMap { if case .time(let time) = $0 { time } else { nil } }
    #expect(times.first == Scene.start.addingTimeInterval(-60))
    #expect(times.last == Scene.start.addingTimeInterval(600))
    let rest = try log(scene, taken: [], from: 500, to: 900, name: "mail.log.1")
    #expect(try await byLog(scene, [rest, path]).letters.map(\.result) == [.queuedAgain])
  }

  @Test func logOfAnotherRelayIsNoEvidence() async throws {
    let scene = try Scene(.accept, .lose)
    try await scene.launch()
    let path = try log(scene, taken: ["<other@example.org>"])
    #expect(try await byLog(scene, [path]).letters.map(\.result) == [.open])
  }

  @Test func onlyLettersAcceptedWithAReplyAreWitnesses() async throws {
    let scene = try Scene(.lose, .lose, .accept)
    try await scene.launch()
    // The operator's word shows nothing about the log: that K1 is missing there makes it no less whole.
    _ = try await decide(.accepted, scene, ["K1"])
    let path = try log(scene, taken: [try await id("K3", scene)])
    #expect(try await byLog(scene, [path]).letters.map(\.result) == [.queuedAgain])
    let alone = try Scene(.lose, .lose)
    try await alone.launch()
    _ = try await decide(.accepted, alone, ["K1"])
    #expect(try await byLog(alone, [log(alone, taken: [id("K1", alone)])]).letters.map(\.result) == [.open])
  }

  @Test func cancelledCampaignSendsNothingAgain() async throws {
    let scene = try Scene(.accept, .lose, .lose)
    try await scene.launch()
    _ = try await decide(.resend, scene, ["K3"])
    try await scene.cancel()
    let path = try log(scene, taken: [try await id("K1", scene)])
    let settling = try await byLog(scene, [path])
    #expect(settling.letters.map(\.result) == [.notTaken(.cancelled)] && settling.uncertain == ["K2"])
    #expect(try await scene.states()["K2"] == .uncertain)
  }

  @Test func foreignFilesAreNamedAndMissingOnesSettleNothing() async throws {
    let scene = try Scene(.accept, .lose)
    try await scene.launch()
    let good = try log(scene, taken: [try await id("K1", scene)])
    let foreign = try scene.folder.write("nothing of a relay\n".utf8, to: "foreign.log").path
    let error = try await failure { _ = try await byLog(scene, [good, "/no/such.log"]) }
    #expect(error.kind == .data)
    #expect(try await scene.states()["K2"] == .uncertain)
    let settling = try await byLog(scene, [good, foreign])
    #expect(settling.foreign == [foreign] && settling.count(.queuedAgain) == 1)
  }

  @Test func nothingUncertainReadsNoLog() async throws {
    let scene = try Scene(.accept)
    try await scene.launch()
    #expect(try await byLog(scene, ["/no/such.log"]).letters.isEmpty)
  }
}
