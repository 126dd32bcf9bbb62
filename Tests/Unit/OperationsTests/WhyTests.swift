import Delivery
import Foundation
import Queue
import Receipts
import Synchronization
import TestSupport
import Testing

@testable import Operations
@testable import Reports

/// Why letters are not accepted: in the live line, at the end of a delivery, in the status and in the report.
@Suite(.timeLimit(.minutes(10))) struct WhyTests {
  /// A message as plain text, times in seconds since the scene's start.
  private func text(_ message: OperatorMessage) -> String {
    message.pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .time(let date), .clock(let date): "T+\(Int(date.timeIntervalSince(Scene.start)))"
      case .span(let seconds): "\(Int(seconds)) s"
      case .step(let step): "\(step)"
      }
    }.joined()
  }

  private func time(_ seconds: Double) -> Date { Scene.start.addingTimeInterval(seconds) }

  private func said(_ text: String, at seconds: Double) -> RelayCondition.Words {
    .init(
      phase: "rcpt", code: 451, enhanced: "4.7.1", text: text, class: "greylisted", scope: "recipient",
      since: time(10), at: time(seconds))
  }

  private func status(
    _ messages: [MessageState: Int], _ relays: [RelayCondition], _ figures: DeferredFigures = .init(),
    nextDue: Date? = nil, outcomes: Int = 60
  ) async throws -> CampaignStatus {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let store = try SQLiteStore.open(spool: scene.folder.url, access: .reader)
    let record = try #require(try await store.campaign(named: "sommer"))
    var snapshot = try await store.snapshot(of: record.id)
    snapshot.campaign.state = .running
    snapshot.campaign.startedAt = time(0)
    snapshot.messages = messages
    snapshot.nextDue = nextDue
    snapshot.lastOutcomeAt = time(100)
    snapshot.outcomesInLastMinute = outcomes
    var status = CampaignStatus(snapshot, at: time(100))
    status.setWaiting(relays, figures)
    let waiting = status.count(.queued) + status.count(.sending) + min(figures.due, status.count(.deferred))
    let rate = max(status.ratePerSecond, 0.001)
    let end = max(time(100).addingTimeInterval(Double(waiting) / rate), figures.lastDue ?? time(100))
    status.estimate(within: Self.forecast(endingAt: end, at: time(100)), at: time(100))
    return status
  }

  private static func forecast(endingAt end: Date, at now: Date) -> Forecast {
    var outcome = ForecastOutcome(end: end)
    outcome.moments.all = end
    return Forecast(at: now, letters: 1, earliest: outcome, likely: outcome, latest: outcome, next: now)
  }

  private func line(_ status: CampaignStatus) -> String { text(ProgressLine.text(status, now: time(100))) }

  // MARK: The live line

  @Test func theLiveLineSaysWhatLettersWaitFor() async throws {
    let resting = RelayCondition(
      relay: "main", state: .resting, since: time(60), until: time(360), words: said("4.7.1 slow down", at: 60))
    #expect(
      line(try await status([.queued: 40, .accepted: 10], [resting]))
        == """
        10 of 50 done · 1.0/s · 40 left · no estimate: 40 letters wait for the relay main, which rests until T+360 · main: \
        greylisted “451 4.7.1 slow down” · accepted 10
        """)
    let well = RelayCondition(relay: "main", words: said("4.7.1 " + String(repeating: "x", count: 99), at: 90))
    #expect(
      line(
        try await status(
          [.deferred: 40, .accepted: 10], [well], .init(due: 0, lastDue: time(400)), nextDue: time(200)))
          == """
          10 of 50 done · 1.0/s · 40 left · next attempt at T+200 · about 300 s · main: greylisted “451 4.7.1 \
          \(String(repeating: "x", count: 49))…” · accepted 10, deferred 40
          """)
    // Nobody waits for what was said.
    #expect(
      line(try await status([.queued: 40, .accepted: 10], [well]))
        == "10 of 50 done · 1.0/s · 40 left · about 40 s · accepted 10")
  }

  @Test func everyReasonWithoutAnEstimateHasItsWords() async throws {
    let paused = RelayCondition(relay: "main", state: .paused, trouble: "It refuses us.")
    #expect(
      line(try await status([.queued: 1], [paused]))
        == "0 of 1 done · 1.0/s · 1 left · no estimate: 1 letter waits, and every relay is paused")
    var slow = try await status([.queued: 2], [], outcomes: 0)
    #expect(line(slow) == "0 of 2 done · 2 left · no estimate: 2 letters wait, and nothing has moved for a minute")
    slow.estimate(within: nil, at: time(100))
    #expect(line(slow).contains("campaign.yaml, which has the relays' limits, cannot be read"))
    slow.setProcess(nil)
    #expect(line(slow) == "0 of 2 done · 2 left")
  }

  @Test func aRelayHasItsLines() {
    #expect(RelayTexts.lines(RelayCondition(relay: "main")) == [])
    let resting = RelayCondition(
      relay: "main", state: .resting, since: time(60), until: time(360), words: said("4.7.1 slow\ndown", at: 60))
    #expect(
      RelayTexts.lines(resting).map(text) == [
        "relay main rests since T+60; next try at T+360",
        "relay main said last (T+10 to T+60, at RCPT): “451 4.7.1 slow / down”",
        "  greylisting: a first letter is put off on purpose (greylisted); it concerns this recipient",
      ])
    let paused = RelayCondition(relay: "main", state: .paused, trouble: "It refuses us.")
    #expect(RelayTexts.lines(paused).map(text) == ["relay main is paused: It refuses us."])
  }

  // MARK: Groups

  @Test func reasonsAreLinesTheMostFrequentFirst() {
    var groups = ReasonGroups()
    for number in 1...12 {
      groups.add(
        UnacceptedMessage(
          customer: "K\(number)", state: .refused, recipient: "a@k\(number).example", phase: "rcpt", code: 550,
          reply: number > 2 ? "5.1.1 no such mailbox" : "5.2.1 mailbox disabled"))
    }
    groups.add(
      UnacceptedMessage(
        customer: "K13", state: .uncertain, recipient: "a@k13.example", phase: "final", reply: "connection lost"))
    #expect(
      ReasonTexts(groups.sorted).lines() == [
        "Why letters are not accepted:", "  10  refused    the address does not exist, such as customer K3",
        "                 “550 5.1.1 no such mailbox”",
        "   2  refused    the recipient's mailbox is disabled, such as customer K1",
        "                 “550 5.2.1 mailbox disabled”", "   1  uncertain  “connection lost”, such as customer K13",
      ])
    #expect(ReasonTexts(groups.sorted).lines(most: 1).last == "  … and 2 more kinds, 3 letters")
    #expect(ReasonTexts([]).lines() == [])
  }

  // MARK: A campaign

  private func report(_ content: CustomerReports.Content, _ scene: Scene) async throws -> String {
    let text = Mutex("")
    _ = try await CustomerReports.write(content, of: scene.location, scene.dependencies) {
      { piece in text.withLock { $0 += piece } }
    }
    return text.withLock { $0 }
  }

  @Test func theEndOfADeliveryAndTheReportGroupTheReasons() async throws {
    let scene = try Scene(.accept, .refuse, .refuse, .lose)
    let outcome = try await scene.launch()
    try #require(outcome.reasons.map(\.count) == [2, 1])
    #expect(outcome.reasons.map(\.state) == [.refused, .uncertain] && outcome.reasons[0].customer == "K2")
    let lines = try await report(.reasonLines, scene)
    #expect(lines.hasPrefix("Why letters are not accepted:\n  2  refused    ") && lines.hasSuffix("\n"), "\(lines)")
    #expect(lines.contains(" customer K2\n") && lines.contains("“550 5.1.1 no such mailbox”"), "\(lines)")
    struct Row: Decodable {
      let count: Int
      let state, words, customer: String
      let `class`, meaning, scope: String?
    }
    let rows = try JSONDecoder().decode([Row].self, from: Data(try await report(.reasons(.json), scene).utf8))
    try #require(rows.map(\.count) == [2, 1])
    #expect(rows[0].class == "address-dead" && rows[0].scope == "recipient")
    #expect(rows[0].meaning == ExplanationTexts(.english).says(.addressDead) && rows[1].class == nil)
    let csv = try await report(.reasons(.csv(.semicolon)), scene).split(separator: "\r\n")
    try #require(csv.count == 3)
    #expect(csv[0] == "\u{FEFF}count;state;class;meaning;scope;words;customer")
    #expect(csv[1].hasPrefix("2;refused;address-dead;") && csv[1].hasSuffix(";550 5.1.1 no such mailbox;K2"))
  }

  @Test func reportsOfReasonsAreKnownAsOurs() async throws {
    let scene = try Scene(.accept, .refuse)
    try await scene.launch()
    let file = scene.folder.url.appendingPathComponent("reasons")
    for content in [.reasonLines, .reasons(.json), .reasons(.csv(.tab))] as [CustomerReports.Content] {
      try Data(try await report(content, scene).utf8).write(to: file)
      #expect(GeneratedFile.isReport(file) && GeneratedFile.kind(of: file) != nil, "\(content)")
    }
  }

  @Test func whatARelaySaidIsInTheStatusOfAnotherProcess() async throws {
    let scene = try Scene(.accept, .refuse)
    try await scene.launch()
    let query = try await StatusQuery.run(scene.location, scene.dependencies, isStopped: { _ in false })
    try #require(query.status.relays.map(\.relay) == ["main"])
    #expect(query.status.relays[0].words?.text == "5.1.1 no such mailbox")
    #expect(query.status.relays[0].words?.class == "address-dead")
    // Who has nothing to say about the end has nothing to explain either.
    #expect(query.status.eta == nil && query.status.noEstimate == nil)
    let everythingWell = try Scene(.accept)
    #expect(try await everythingWell.launch().reasons == [])
    #expect(try await report(.reasonLines, everythingWell) == "")
  }
}
