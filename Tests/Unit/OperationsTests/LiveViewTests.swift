import Delivery
import Files
import Foundation
import Queue
import Receipts
import TestSupport
import Testing

@testable import Operations
@testable import Reports

/// The live view at four widths, in UTF-8 and in ASCII, as files to look at; and that no line is wider than the terminal,
/// whatever is in it.
///
/// `EILBRIEF_RECORD=1` writes the files anew, and fails.
@Suite(.timeLimit(.minutes(10))) struct LiveViewTests {
  private static let now = Date(timeIntervalSince1970: 1_795_420_800)

  private func words(_ message: OperatorMessage) -> String {
    message.pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .time(let date): RFC3339Text.day(date)
      case .clock(let date): RFC3339Text.clock(date)
      case .span(let seconds): LocalTime.span(seconds)
      case .step(let step): "\(step)"
      }
    }.joined()
  }

  /// Times in UTC, wherever the test runs.
  private enum RFC3339Text {
    static func day(_ date: Date) -> String {
      date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: false))
        .replacing("T", with: " ").prefix(16) + " UTC"
    }
    static func clock(_ date: Date) -> String { String(day(date).dropFirst(11)) }
  }

  private static func time(_ seconds: Double) -> Date { now.addingTimeInterval(seconds) }

  private static func forecast(_ end: Double, late: Int = 0, lateAtWorst: Int = 0) -> Forecast {
    func outcome(_ end: Double, _ late: Int) -> ForecastOutcome {
      var outcome = ForecastOutcome(end: time(end))
      outcome.moments.all = time(end)
      outcome.late.customers = NumberSet(0..<UInt32(late))
      outcome.late.letters = late
      return outcome
    }
    return Forecast(
      at: now, deadline: time(8 * 3600), letters: 1, earliest: outcome(end * 0.9, 0), likely: outcome(end, late),
      latest: outcome(end * 1.25, lateAtWorst), next: now)
  }

  private static func said(_ text: String, code: Int? = 451, ago: Double) -> RelayCondition.Words {
    .init(
      phase: code == nil ? "connect" : "rcpt", code: code, enhanced: "4.7.1", text: text,
      class: code == nil ? nil : "greylisted", scope: code == nil ? nil : "recipient", since: time(-ago), at: time(-ago)
    )
  }

  private struct Scenario {
    var name: String
    var messages: [MessageState: Int]
    var relays: [RelayCondition] = []
    var paces: [String: Double] = [:]
    var forecast: Forecast?
    var outcomes = 1872
    var state = CampaignState.running
    var campaign = "sommer"
  }

  private static let scenarios = [
    Scenario(
      name: "sending",
      messages: [.queued: 1580, .sending: 8, .accepted: 401, .deferred: 8, .refused: 3],
      relays: [RelayCondition(relay: "main", words: said("4.7.1 try again later", ago: 70))], forecast: forecast(1200)),
    Scenario(
      name: "moods",
      messages: [.queued: 700, .accepted: 900, .deferred: 250, .uncertain: 1, .expired: 2, .excluded: 1],
      relays: [
        RelayCondition(relay: "main", words: said("4.7.1 too fast", ago: 30)),
        RelayCondition(
          relay: "backup-frankfurt", state: .paused,
          trouble: "It does not accept the user name and the password (535 5.7.8 authentication failed).",
          words: said("authentication failed", code: 535, ago: 900)),
        RelayCondition(
          relay: "third", state: .resting, since: time(-90), until: time(240),
          words: said("connection refused", code: nil, ago: 4)),
        RelayCondition(relay: "fourth"), RelayCondition(relay: "fifth"),
      ], paces: ["main": 2.04, "fourth": 0.05], forecast: forecast(40_000, late: 120, lateAtWorst: 300)),
    Scenario(
      name: "hostile",
      messages: [.queued: 1, .accepted: 1],
      relays: [
        RelayCondition(
          relay: "relay-漢字-\u{1B}[31m",
          words: said("\u{1B}[2J\u{7}\u{9B}\u{202E}漢字漢字😀 " + String(repeating: "ü", count: 300) + "\r\nQUIT", ago: 5))
      ], forecast: forecast(2), outcomes: 1, campaign: String(repeating: "langer-name-", count: 5)),
    Scenario(name: "no-estimate", messages: [.queued: 40, .accepted: 10], forecast: forecast(100), outcomes: 0),
    Scenario(name: "done", messages: [.accepted: 2000]),
  ]

  private func status(_ scenario: Scenario, _ snapshot: CampaignSnapshot) -> CampaignStatus {
    var snapshot = snapshot
    snapshot.campaign.state = scenario.state
    snapshot.campaign.startedAt = Self.time(-3600)
    snapshot.campaign.plan.deadline = Self.time(8 * 3600)
    snapshot.messages = scenario.messages
    snapshot.lastOutcomeAt = Self.time(-1)
    snapshot.outcomesInLastMinute = scenario.outcomes
    if scenario.outcomes == 0 { snapshot.lastOutcomeAt = nil }
    var status = CampaignStatus(snapshot, at: Self.now)
    status.campaign = scenario.campaign
    status.setWaiting(scenario.relays, DeferredFigures())
    status.paces = scenario.paces
    status.estimate(within: scenario.forecast, at: Self.now)
    return status
  }

  private func snapshot() async throws -> CampaignSnapshot {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let store = try SQLiteStore.open(spool: scene.folder.url, access: .reader)
    let record = try #require(try await store.campaign(named: "sommer"))
    return try await store.snapshot(of: record.id)
  }

  @Test func theViewIsAsRecorded() async throws {
    let snapshot = try await snapshot()
    for isUTF8 in [true, false] {
      var text = ""
      for scenario in Self.scenarios {
        let view = LiveView(status(scenario, snapshot), now: Self.now, isUTF8: isUTF8, words: words)
        for width in [20, 40, 80, 200] {
          let lines = view.lines(width: width)
          text += "--- \(scenario.name), \(width) columns\n" + lines.map { $0.text + "\n" }.joined()
          for line in lines {
            #expect(line.width <= width, "\(line.text)")
            #expect(!line.text.unicodeScalars.contains(where: VisibleText.isHidden), "\(line.text.debugDescription)")
            #expect(isUTF8 || line.text.allSatisfy(\.isASCII), "\(line.text)")
          }
          // A bar is as wide as the terminal.
          #expect(lines[1].width == width)
        }
      }
      let file = PackageRoot.file("Tests/Command/Golden/live-view-\(isUTF8 ? "utf-8" : "ascii").txt")
      if ProcessInfo.processInfo.environment["EILBRIEF_RECORD"] == "1" {
        try Data(text.utf8).write(to: file)
        Issue.record("\(file.lastPathComponent) was recorded anew: run the tests without EILBRIEF_RECORD")
      }
      let recorded = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      #expect(text == recorded, "\(text)")
    }
  }

  @Test func noWidthBreaksALine() async throws {
    let snapshot = try await snapshot()
    for scenario in Self.scenarios {
      let view = LiveView(status(scenario, snapshot), now: Self.now, isUTF8: true, words: words)
      for width in 1...120 {
        for line in view.lines(width: width) { #expect(line.width <= max(8, width), "\(width): \(line.text)") }
      }
    }
  }

  @Test func theBarHasACellForWhatIsNotNothing() {
    #expect(LiveView.shares([0, 0, 0], of: 100, cells: 10) == [0, 0, 0])
    #expect(LiveView.shares([1, 1, 1], of: 1_000_000, cells: 10) == [1, 1, 1])
    #expect(LiveView.shares([99, 0, 0], of: 100, cells: 10) == [9, 0, 0])
    #expect(LiveView.shares([100, 0, 0], of: 100, cells: 10) == [10, 0, 0])
    #expect(LiveView.shares([998, 1, 0], of: 1000, cells: 10) == [8, 1, 0])
    #expect(LiveView.shares([999, 1, 0], of: 1000, cells: 10) == [9, 1, 0])
    #expect(LiveView.shares([0, 0, 0], of: 0, cells: 10) == [0, 0, 0])
    for accepted in 0...50 {
      for refused in 0...(50 - accepted) {
        let shares = LiveView.shares([accepted, refused, 0], of: 50, cells: 20)
        #expect(shares.reduce(0, +) <= 20 && shares.allSatisfy { $0 >= 0 })
        #expect((shares.reduce(0, +) == 20) == (accepted + refused == 50))
      }
    }
  }
}
