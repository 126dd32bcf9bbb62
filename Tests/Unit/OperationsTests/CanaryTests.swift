import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Letters
import Queue
import Receipts
import Reports
import SMTP
import TestSupport
import Testing

@testable import Operations

/// A canary and a deadline as the operator meets them.
@Suite(.timeLimit(.minutes(10))) struct CanaryTests {
  private static func scene() throws -> Scene { try Scene(.accept, .accept, .refuse, .accept, .accept, .accept) }

  @Test func theOperatorLooksAndResumes() async throws {
    let scene = try Self.scene()
    try await scene.launchAndStop()
    let paused = try await scene.deliver { $0.canary = Canary(letters: 3, wait: nil) }
    #expect(paused.status.state == .paused && paused.status.remaining == 3 && scene.transport.sent.count == 3)
    let text = try #require(paused.pause).plain
    #expect(text.contains("Canary: 3 letters, accepted 2, refused 1.") && text.contains("2.0.0 Ok: queued"))
    #expect(text.contains("refused: customer K3: “550 5.1.1 no such mailbox”"))
    #expect(text.contains("names no “wait”") && paused.pause?.steps == [.resume, .cancel])
    #expect(try scene.soundReceipts().last?.event == .paused)

    let query = try await StatusQuery.run(scene.location, scene.dependencies, isStopped: { _ in false })
    #expect(query.status.canary?.state == .look && query.status.canary?.letters == 3)
    let object = try JSONSerialization.jsonObject(with: Data(ReportEncoding.json(query.status).utf8)) as? [String: Any]
    let canary = try #require(object?["canary"] as? [String: Any])
    #expect(canary["state"] as? String == "look" && canary["letters"] as? Int == 3)
    #expect(canary["answered_at"] is String && canary["wait_until"] is NSNull)

    let resumed = try await scene.deliver { $0.canary = Canary(letters: 3, wait: nil) }
    #expect(resumed.status.state == .completed && resumed.status.count(.accepted) == 5 && resumed.pause == nil)
    #expect(try await scene.store().canary(in: scene.record().id)?.state == .passed)
    _ = try scene.soundReceipts()
  }

  @Test func theLineSaysUntilWhen() throws {
    let until = Scene.start
    for (state, words) in [
      (CanaryRecord.State.sending, "canary: 20 letters first"), (.waiting, "canary: 20 letters sent, waiting until "),
      (.look, "canary: 20 letters sent, paused for a look"),
    ] {
      let record = CanaryRecord(letters: 20, state: state, answeredAt: Scene.start, waitUntil: until)
      let line = try #require(CanaryTexts.line(record))
      #expect(line.plain.hasPrefix(words) && line.pieces.contains(.clock(until)) == (state == .waiting))
    }
    #expect(CanaryTexts.line(CanaryRecord(letters: 20, state: .passed)) == nil)
  }

  @Test func theLiveLineHasIt() async throws {
    let scene = try Self.scene()
    try await scene.launchAndStop()
    _ = try await scene.deliver { $0.canary = Canary(letters: 3, wait: .seconds(900)) }
    let waits = DeliveryNews.canaryWaits(letters: 3, until: Scene.start.addingTimeInterval(900))
    #expect(
      scene.observer.notes.suffix(3) == [
        .news(.canaryBegins(letters: 3, of: 6)), .news(waits), .news(.canaryPassed(letters: 3)),
      ])
    #expect(waits.message(isRehearsal: false).plain.hasPrefix("Canary: 3 letters sent, waiting until "))
  }

  @Test func aDeadlineThatStopsCompletesTheCampaign() async throws {
    let scene = try Scene(.accept, .postponeLong, .lose)
    try await scene.launchAndStop()
    // Greylisting and the schedule of the file: the second is put off beyond it.
    let outcome = try await scene.deliver { campaign in
      campaign.deadline = campaign.localTime(Scene.start.addingTimeInterval(600))
      campaign.afterDeadline = .stop
    }
    #expect(outcome.status.state == .completed && outcome.status.count(.expired) == 1)
    #expect(outcome.status.hasCalls(at: scene.time.now))
    let events = try scene.soundReceipts()
    #expect(events.last?.event == .completed)
    #expect(events.first { $0.event == .expired }?.reason == Receipt.deadlineReason)
    let news = scene.observer.notes.compactMap { if case .news(let news) = $0 { news } else { nil } }
    #expect(news.count == 2 && news.last == .expired(1))
    let told = try #require(news.first).message(isRehearsal: false)
    #expect(told.plain.contains("2 letters are not accepted (deferred 1, uncertain 1)") && told.steps == [.calls])
    #expect(told.plain.contains("Nothing is sent any more"))
  }

  @Test func aLaunchThatWouldSendNothingIsRefused() throws {
    let scene = try Scene(.accept)
    var campaign = try scene.campaign()
    campaign.deadline = campaign.localTime(Scene.start)
    try DeadlineForecast.requireSending(campaign, at: Scene.start)
    campaign.afterDeadline = .stop
    try DeadlineForecast.requireSending(campaign, at: Scene.start.addingTimeInterval(-1))
    let error = #expect(throws: OperatorError.self) { try DeadlineForecast.requireSending(campaign, at: Scene.start) }
    #expect(error?.kind == .stopped && error?.message.plain.contains("after_deadline: continue") == true)
  }

  @Test func tooManyUncertainLettersPauseWithWords() async throws {
    let scene = try Scene(.lose, .accept, .accept, .accept)
    try await scene.launchAndStop()
    let outcome = try await scene.deliver {
      $0.relays[0].connections = 1
      $0.stopAt = RefusalShare(refused: 0.5, of: 2, uncertain: 0.5)
    }
    #expect(outcome.status.state == .paused && outcome.status.remaining == 2)
    let pause = try #require(outcome.pause)
    #expect(pause.plain.contains("1 of 2 letters that have an outcome are uncertain") && pause.plain.contains("50%"))
    #expect(pause.steps == [.settleByLog, .resume])
    #expect(try await scene.deliver { _ in }.status.state == .completed)
  }

  /// What the reader of a call list is told beside it, before the deadline, after it, and once a letter was accepted since.
  @Test func theCallListSaysWhatTheDeadlineHasToDoWithIt() async throws {
    let scene = try Scene(.accept, .accept, .accept, .refuse)
    try await scene.launchAndStop()
    _ = try await scene.deliver { $0.canary = Canary(letters: 2, wait: nil) }
    let deadline = try await scene.record().plan.deadline
    func notes() async throws -> [String] {
      try await CustomerReports.write(.calls(.json), of: scene.location, scene.dependencies) { { _ in } }.map(\.plain)
    }
    #expect(try await notes().isEmpty)
    scene.time.advance(by: deadline.timeIntervalSince(scene.time.now))
    #expect(try await notes().map { $0.prefix(25) } == ["2 customers to be called: "].map { $0.prefix(25) })
    let outcome = try await scene.deliver { $0.canary = nil }
    #expect(outcome.status.count(.accepted) == 3)
    let after = try await notes()
    #expect(after.count == 1 && after[0].hasPrefix("1 customer is off the list: accepted after the deadline"))
  }
}

extension Scene {
  /// Delivers the launched campaign as a resume does, with a campaign file that says something else.
  func deliver(_ change: (inout Campaign) -> Void) async throws -> DeliveryOutcome {
    var campaign = try campaign()
    change(&campaign)
    let spool = try WritableSpool(location, dependencies)
    let record = try #require(try await spool.store.campaign(named: location.name))
    let end = try await DeliveryRun(
      spool: spool, campaign: campaign, templates: try TemplateSet.load(folder: location.templates), signer: nil,
      record: record, transport: transport, observer: observer, dependencies: dependencies
    ).run()
    return try await DeliveryOutcome(end, of: record, in: spool.store, at: dependencies.now)
  }
}

extension OperatorMessage {
  /// The words alone.
  fileprivate var plain: String {
    pieces.map { if case .text(let text) = $0 { text } else { "" } }.joined()
  }
}
