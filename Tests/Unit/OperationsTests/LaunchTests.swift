import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Reports
import TestSupport
import Testing

@testable import Operations

/// A first launch: what comes of it, and that a refused one leaves nothing behind.
@Suite(.timeLimit(.minutes(10))) struct LaunchTests {
  @Test func eachAnswerBecomesItsState() async throws {
    let scene = try Scene(.accept, .refuse, .postpone, .lose, .call, .nothing)
    let outcome = try await scene.launch()
    guard case .finished = outcome.end else { throw HarnessError("\(outcome.end)") }
    #expect(outcome.uncertain == ["K4"] && outcome.status.state == .completed && outcome.status.total == 4)
    #expect(
      try await scene.states() == ["K1": .accepted, "K2": .refused, "K3": .accepted, "K4": .uncertain])
    #expect(scene.observer.notes == [.launched(letters: 4, relays: ["main"])])
    #expect(scene.observer.questions.map(\.letters) == [4] && scene.observer.progressEnds == 1)
    #expect(scene.transport.sent.count == 5 && scene.transport.open == 0)
    #expect(try scene.soundReceipts().last?.event == .completed)
  }

  @Test func progressIsShownWhileLettersLeave() async throws {
    let scene = try Scene(.watch)
    try await scene.launch()
    let shown = try #require(scene.observer.progress.first)
    #expect(shown.total == 1 && shown.state == .running)
  }

  @Test func postponedLettersWaitForTheRetrySchedule() async throws {
    let scene = try Scene(.postpone)
    try await scene.launch()
    let sent = scene.transport.sent
    #expect(sent.count == 2 && sent[1].at.timeIntervalSince(sent[0].at) >= 30 * 60)
    // The letter of every attempt is the same, but for the encoding.
    #expect(sent[0].message == sent[1].message)
  }

  @Test func pastDeadlineIsAnObjection() async throws {
    let scene = try Scene(.accept, .accept)
    try scene.edit("deadline: 2099-11-23T16:00:00+01:00", "deadline: 2026-11-22T16:00:00+01:00")
    try await scene.launch()
    #expect(scene.observer.questions.first?.objection != nil)
  }

  // MARK: Refused

  /// What a refused launch leaves: nothing in the queue, no receipts, no letter.
  private func expectNothing(_ scene: Scene, _ place: SourceLocation = #_sourceLocation) {
    #expect(!scene.hasStore && !scene.exists(scene.receipts), sourceLocation: place)
    #expect(scene.transport.sent.isEmpty && scene.observer.notes.isEmpty, sourceLocation: place)
    #expect(SpoolLock.holder(of: Spool(folder: scene.folder.url)) == nil, sourceLocation: place)
  }

  @Test func operatorWhoDisagreesStartsNothing() async throws {
    let scene = try Scene(.accept)
    scene.observer.refuses = true
    await #expect(throws: RecordingObserver.Refusal.self) { try await scene.launch() }
    expectNothing(scene)
  }

  @Test func noUsableRelayIsRefused() async throws {
    let scene = try Scene(.accept)
    scene.unreachable.relays = ["main"]
    #expect(try await failure { try await scene.launch() }.kind == .relay)
    #expect(scene.observer.questions.isEmpty)
    expectNothing(scene)
  }

  @Test func rejectedRowsAreRefusedUnlessLeftOut() async throws {
    let scene = try Scene(.accept)
    try scene.addBadRow()
    #expect(try await failure { try await scene.launch() }.kind == .data)
    expectNothing(scene)
    let outcome = try await scene.launch(withoutRejected: true)
    #expect(outcome.status.rows.rejected == 1 && outcome.status.count(.accepted) == 1)
  }

  @Test func campaignWithoutLettersIsRefused() async throws {
    let scene = try Scene(.call, .nothing)
    #expect(try await failure { try await scene.launch() }.kind == .data)
    expectNothing(scene)
  }

  @Test func lettersWithErrorsAreRefused() async throws {
    let scene = try Scene(.accept)

    try scene.spoilLetters()
    #expect(try await failure { try await scene.launch() }.kind == .data)
    expectNothing(scene)
  }

  @Test func missingPasswordFileIsRefused() async throws {
    let scene = try Scene(.accept, relay: Scene.relay + ["username: u", "password_file: no-such-file"])
    #expect(try await failure { try await scene.launch() }.kind == .campaignFile)
    expectNothing(scene)
  }

  @Test func foreignReceiptsAreRefused() async throws {
    let other = try Scene(.accept)
    try await other.launch()
    for (name, copies) in [("sommer", true), ("winter", true), ("sommer", false)] {
      let scene = try Scene(.accept, name: name)
      if copies {
        try FileManager.default.copyItem(at: other.receipts, to: scene.receipts)
      } else {
        try FileManager.default.createDirectory(at: scene.receipts, withIntermediateDirectories: true)
        try Data("not a receipt\n".utf8).write(to: scene.receiptsFile)
      }
      #expect(try await failure { try await scene.launch() }.kind == .data)
      #expect(!scene.hasStore && scene.transport.sent.isEmpty)
    }
  }

  @Test func queueInUseIsRefused() async throws {
    let scene = try Scene(.accept)
    let lock = try SpoolLock.take(Spool(folder: scene.folder.url), campaign: "winter", at: Scene.start)
    #expect(try await failure { try await scene.launch() }.kind == .stopped)
    #expect(!scene.hasStore)
    withExtendedLifetime(lock) {}
  }

  // MARK: Relays

  @Test func oneOfTwoRelaysIsEnough() async throws {
    let scene = try Scene(.accept)
    try scene.edit(
      "- {name: main, url: \"smtp://relay.example:25\"}",
      "- {name: main, url: \"smtp://relay.example:25\"}\n  - {name: spare, url: \"smtp://spare.example:25\"}")
    scene.unreachable.relays = ["main"]
    try await scene.launch()
    #expect(
      scene.observer.notes == [.relaysUnusable([.unreachable]), .launched(letters: 1, relays: ["main", "spare"])])
    #expect(scene.transport.sent.map(\.relay) == ["spare"])
  }

  @Test func probeNamesRelaysWithoutSMTPUTF8OnlyWhereTheSenderNeedsIt() async throws {
    let scene = try Scene(.accept)
    scene.unreachable.offersSMTPUTF8 = false
    var campaign = try scene.campaign()
    #expect(try await scene.probe(campaign).isEmpty)
    #expect(scene.transport.open == 0 && scene.transport.sent.isEmpty)
    campaign.sender.from = try NamedAddress(parsing: "müller@kanzlei-it.example")
    await #expect(throws: OperatorError.self) { _ = try await scene.probe(campaign) }
    campaign.relays.append(campaign.relays[0])
    campaign.relays[1].name = "down"
    scene.unreachable.offersSMTPUTF8 = true
    scene.unreachable.relays = ["down"]
    #expect(try await scene.probe(campaign).map(\.kind) == [.unreachable])
  }
}
