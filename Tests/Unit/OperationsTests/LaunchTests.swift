import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Letters
import Mail
import Preflight
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

  @Test func aDeadlineThatCannotBeKeptRefusesTheLaunch() async throws {
    for (deadline, limits) in [("2026-11-22T16:00:00+01:00", "1000/h"), ("2026-11-23T08:30:00+00:00", "1/h")] {
      let scene = try Scene(.accept, .accept, relay: Scene.relay + ["limits: [\(limits)]"])
      try scene.edit("deadline: 2099-11-23T16:00:00+01:00", "deadline: \(deadline)")
      let error = try await failure { try await scene.launch() }
      #expect(error.kind == .stopped && error.message.steps.last == .launchLate(withoutRejected: false))
      #expect(scene.observer.questions.isEmpty)
      expectNothing(scene)
      try await scene.launch(lateIsFine: true)
      #expect(scene.observer.questions.first?.deadline.objection != nil)
      #expect(try await scene.states() == ["K1": .accepted, "K2": .accepted])
    }
  }

  /// It was begun: those who are told late are told.
  @Test func aResumeThatIsLateGoesOnAndSaysSo() async throws {
    let scene = try Scene(.accept, .accept, relay: Scene.relay + ["limits: [1/h]"])
    try scene.edit("deadline: 2099-11-23T16:00:00+01:00", "deadline: 2026-11-23T08:30:00+00:00")
    scene.observer.stops = true
    try await scene.launch(lateIsFine: true)
    scene.observer.stops = false
    try await scene.launch()
    #expect(scene.observer.notes.contains(.late))
    #expect(try await scene.states() == ["K1": .accepted, "K2": .accepted])
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
    #expect(
      outcome.status.rows.rejected == 0 && outcome.status.customers.phone == 1 && outcome.status.count(.accepted) == 1)
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

  /// What opening the campaign's relays before a launch comes to.
  private func probe(
    _ campaign: Campaign, _ scene: Scene, needs: LetterNeeds = LetterNeeds(largest: nil, international: 0)
  ) async throws -> [RelayUnavailable] {
    try await RelayProbe(
      campaign: campaign, needs: needs, transport: scene.transport, time: scene.dependencies.time,
      log: scene.dependencies.log
    ).run()
  }

  @Test func probeNamesRelaysWithoutSMTPUTF8OnlyWhereTheSenderNeedsIt() async throws {
    let scene = try Scene(.accept)
    scene.unreachable.offersSMTPUTF8 = false
    var campaign = try scene.campaign()
    #expect(try await probe(campaign, scene).isEmpty)
    #expect(scene.transport.open == 0 && scene.transport.sent.isEmpty)
    campaign.sender.from = try NamedAddress(parsing: "müller@kanzlei-it.example")
    await #expect(throws: OperatorError.self) { _ = try await probe(campaign, scene) }
    campaign.relays.append(campaign.relays[0])
    campaign.relays[1].name = "down"
    scene.unreachable.offersSMTPUTF8 = true
    scene.unreachable.relays = ["down"]
    #expect(try await probe(campaign, scene).map(\.kind) == [.unreachable])
  }

  /// What a relay that takes only smaller letters, and a launch that begins nevertheless, would come to.
  @Test func aRelayForSmallerLettersIsNoRelay() async throws {
    let scene = try Scene(.accept)
    let needs = LetterNeeds(largest: 20_000, largestEightBit: 15_000, international: 0)
    #expect(try await probe(scene.campaign(), scene, needs: needs).isEmpty)
    scene.unreachable.size = 14_999
    let refused = try await failure { _ = try await probe(scene.campaign(), scene, needs: needs) }
    #expect(refused.kind == .relay)
    scene.unreachable.size = 2_000
    let launch = try await failure { try await scene.launch() }
    #expect(launch.kind == .relay && !scene.hasStore && scene.transport.sent.isEmpty)
    scene.unreachable.size = 1_000_000
    try await scene.launch()
    #expect(scene.transport.sent.count == 1)
  }

  /// The largest message, among letters of which each is the largest in one way.
  @Test func theLargestLetterIsTheOneWithMostBytes() throws {
    let scene = try Scene(.accept)
    // More characters; more bytes in quoted-printable.
    try scene.addRow("K8;\(String(repeating: "x", count: 900));Frau;;Ute;Weber;de;a@k8.example;;p@k8.example;imap")
    try scene.addRow("K9;\(String(repeating: "ä", count: 400));Frau;;Ute;Weber;de;a@k9.example;;p@k9.example;imap")
    let loaded = try LoadedCampaign(scene.location, credentials: nil, at: Scene.start)
    var customers: [Customer] = []
    let (_, check) = try LetterCheck.run(loaded, date: loaded.campaign.localTime(Scene.start)) { customer, _ in
      customers.append(customer)
    }
    let renderer = try loaded.renderer(date: loaded.campaign.localTime(Scene.start))
    let composer = LetterComposer(campaign: loaded.campaign, key: Array(repeating: 7, count: 32), signer: nil)
    func largest(_ encoding: TransferEncoding) throws -> Int? {
      try customers.map { customer in
        try composer.bytes(
          for: renderer.letter("password-change", for: customer), to: customer, date: Scene.start, encoding: encoding
        ).count
      }.max()
    }
    let needs = try check.needs(loaded, at: Scene.start)
    #expect(try needs.largest == largest(.quotedPrintable) && needs.largestEightBit == largest(.eightBit))
    #expect(customers.count == 3)
  }

  @Test func aRelayThatDoesNotAnswerIsNotWaitedForBesideAnother() async throws {
    let scene = try Scene(.accept)
    var campaign = try scene.campaign()
    let dead = Relay(name: "dead", host: "dead.example", port: 25, tls: .none)
    campaign.relays = [dead] + campaign.relays
    let transport = ScriptedTransport(time: scene.dependencies.time, .init(neverOpens: ["dead"]))
    let troubles = try await RelayProbe(
      campaign: campaign, needs: LetterNeeds(largest: nil, international: 0), transport: transport,
      time: scene.dependencies.time, log: scene.dependencies.log
    ).run()
    #expect(troubles.map(\.kind) == [.unreachable] && troubles[0].message.hasPrefix("dead.example:25: no session"))
    #expect(transport.open == 0)
  }
}
