import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Rehearsal
import Reports
import TestSupport
import Testing

@testable import Operations

/// A rehearsal on a simulated clock, and its bar chart.
@Suite(.timeLimit(.minutes(10))) struct AtSpeedTests {
  private func play(_ scene: Scene, _ faults: String? = nil) async throws -> RehearsalAtSpeed.Outcome {
    let plan = try faults.map { try FaultPlan(parsing: $0) } ?? .none
    return try await RehearsalAtSpeed(scene.location, faults: plan, scene.dependencies).run()
  }

  private func text(_ message: OperatorMessage) -> String {
    message.pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .time: "TIME"
      case .clock: "CLOCK"
      case .span: "SPAN"
      case .step: "STEP"
      }
    }.joined()
  }

  private func seconds(_ moment: Date?) -> Double { moment?.timeIntervalSince(Scene.start) ?? .infinity }

  @Test func limitsAndRetriesTakeTheirTime() async throws {
    let scene = try Scene(.accept, .accept, .accept, relay: Scene.relay + ["limits: [2/h]", "connections: 1"])
    let (first, third) = (Scene.contact(1, .accept), Scene.contact(3, .accept))
    let played = try await play(scene, "unknown \(third), greylist 300s for \(first)")
    #expect(played.outcome.accepted == 2 && played.outcome.refused == 1 && !played.isEveryoneToldInTime)
    // The greylisted letter gave its place back.
    #expect((300...331).contains(seconds(played.outcome.moments.all)))
    #expect(played.faults == ["greylist": 1, "unknown": 1])
    #expect(!scene.hasStore && !scene.exists(scene.receipts) && scene.transport.sent.isEmpty)
    #expect(scene.dependencies.time.now == Scene.start)
  }

  @Test func whoIsLateIsNamed() async throws {
    let scene = try Scene(.accept, .accept, .accept, relay: Scene.relay + ["limits: [2/h]"])
    try scene.edit("deadline: 2099-11-23T16:00:00+01:00", "deadline: 2026-11-23T08:30:00+00:00")
    let played = try await play(scene)
    #expect(played.lateCustomers == ["K3"] && played.outcome.late.letters == 1)
    #expect(
      played.outcome.late.reasons == [.limit(relay: "main", RateLimit(count: 2, window: .seconds(3600))): 1])
    #expect(played.lines.contains { $0.pieces.contains(.time(played.deadline)) })
    let words = played.lines.map { text($0) }.joined(separator: "\n")
    #expect(words.contains("1 letter for the limit 2/h of relay main\n  K3"), "\(words)")
    #expect(words.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(words)")
    let json = try ReportEncoding.json(played.document)
    for words in [
      "\"late_customers\" : [\n    \"K3\"\n  ]", "\"limit\" : \"2/h\"", "\"accepted_50\" : \"2026-11-23T08:0",
    ] {
      #expect(json.contains(words), "\(json)")
    }
  }

  /// Those at the end of the order are late, not those at the end of the file.
  @Test func theOrderDecidesWhoIsLate() async throws {
    let scene = try Scene(.accept, relay: Scene.relay + ["limits: [2/h]"])
    let header = "Kundennummer;Firma;Anrede;Titel;Vorname;Nachname;Sprache;E-Mail;Telefon;Postfach;Zugang;Rang"
    let rows = (1...3).map {
      "K\($0);Kanzlei;Frau;;Ute;Weber;de;k\($0)@a\($0).example;09999 1;post@p\($0).example;imap;\(4 - $0)"
    }
    try Data(([header] + rows).map { $0 + "\r\n" }.joined().utf8).write(to: scene.files.customerFile)
    try scene.edit(
      "deadline: 2099-11-23T16:00:00+01:00", "deadline: 2026-11-23T08:30:00+00:00\norder: {column: Rang}")
    #expect(try await play(scene).lateCustomers == ["K1"])
  }

  @Test func nothingLeavesAfterADeadlineThatStops() async throws {
    let scene = try Scene(.accept, .accept, .accept, relay: Scene.relay + ["limits: [2/h]"])
    try scene.edit(
      "deadline: 2099-11-23T16:00:00+01:00", "deadline: 2026-11-23T08:30:00+00:00\nafter_deadline: stop")
    let played = try await play(scene)
    #expect(played.outcome.accepted == 2 && played.outcome.left == 1 && played.lateCustomers == ["K3"])
  }

  @Test func theCanarysWaitIsPlayed() async throws {
    let scene = try Scene(.accept, .accept, .accept)
    try scene.edit(
      "deadline: 2099-11-23T16:00:00+01:00",
      "deadline: 2099-11-23T16:00:00+01:00\ncanary: {letters: 2, wait: 15m}")
    #expect((900...930).contains(seconds(try await play(scene).outcome.moments.all)))
  }

  @Test func theRelaysTroubleIsPlayed() async throws {
    let scene = try Scene(.accept, .accept, .accept, .accept, relay: Scene.relay + ["connections: 1"])
    #expect(seconds(try await play(scene, "away 10m after 2").outcome.moments.all) > 600)
    #expect(seconds(try await play(scene, "quota 2/h").outcome.moments.all) > 3600)
    #expect(seconds(try await play(scene, "slow 100% 30s").outcome.moments.all) > 120)
    #expect(try await play(scene, "lost-reply \(Scene.contact(1, .accept))").outcome.uncertain == 1)
    #expect(try await play(scene, "full \(Scene.contact(1, .accept))").outcome.expired == 1)
    let refused = try await play(scene, "refuse-all")
    #expect(refused.isPaused && refused.outcome.left == 4 && refused.outcome.accepted == 0)
    let once = try await play(scene, "421 100%, cut-data \(Scene.contact(1, .accept))")
    #expect(once.outcome.accepted == 4 && seconds(once.outcome.moments.all) < 120)
  }

  @Test(arguments: ["hang at rcpt", "size 1000", "pipelining off", "session-limit 10", "hang at greeting"])
  func whatNeedsADialogueIsRefused(_ fault: String) async throws {
    let scene = try Scene(.accept)
    let error = try await failure { _ = try await play(scene, "greylist 10%, \(fault)") }
    #expect(error.kind == .usage && text(error.message).contains(fault.split(separator: " ")[0]))
    #expect(!text(error.message).contains("greylist"))
  }

  @Test func rowsAreWiderWhereTheTimeIsLong() {
    func outcome(_ quarters: [Int: Int]) -> ForecastOutcome {
      var outcome = ForecastOutcome(end: Scene.start)
      outcome.quarters = quarters
      return outcome
    }
    let short = TimelineChart(outcome([100: 40, 102: 1, 103: 20]))
    #expect(short.step == 900 && short.rows.map(\.accepted) == [40, 0, 1, 20])
    #expect(short.rows.map(\.bar.count) == [40, 0, 1, 20] && short.rows[2].bar == "█")
    #expect(TimelineChart(outcome([100: 400, 101: 1])).rows[1].bar == "▌")
    for last in [31, 32, 63, 64, 200, 3000, 40_000] {
      let chart = TimelineChart(outcome([100: 7, 100 + last: 3]))
      #expect(chart.rows.count <= 32 && chart.rows.map(\.accepted).reduce(0, +) == 10, "\(last)")
      #expect(chart.rows.first?.accepted == 7 && chart.rows.last?.accepted == 3)
    }
    #expect(TimelineChart(outcome([:])).rows.isEmpty)
  }
}
