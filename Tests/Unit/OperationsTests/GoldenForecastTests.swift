import Campaigns
import Delivery
import Foundation
import Rehearsal
import TestSupport
import Testing

@testable import Operations

/// The words of forecasts, whole: files of `Tests/Command/Golden`. The clock is the scene's, so that the chart is always the
/// same.
@Suite(.timeLimit(.minutes(10))) struct GoldenForecastTests {
  private func text(_ lines: [OperatorMessage]) -> String {
    lines.map { line in
      line.pieces.map { piece in
        switch piece {
        case .text(let text): text
        case .time(let date): date.formatted(.iso8601)
        case .clock(let date): String(date.formatted(.iso8601).dropFirst(11).prefix(5))
        case .span(let seconds): "\(Int(seconds.rounded())) s"
        case .step(let step): "[\(step)]"
        }
      }.joined() + "\n"
    }.joined()
  }

  /// As it is: nothing differs from run to run.
  private func difference(_ name: String, _ output: String) throws -> String? {
    let golden = GoldenOutput(name)
    if ProcessInfo.processInfo.environment["EILBRIEF_RECORD"] == "1" {
      try Data(output.utf8).write(to: golden.file)
      return "\(name) was recorded anew"
    }
    return golden.difference(between: output, and: try String(contentsOf: golden.file, encoding: .utf8))
  }

  @Test func rehearseAtSpeed() async throws {
    let scene = try Scene(
      .accept, .accept, .accept, .accept, .accept, .accept, .accept,
      relay: Scene.relay + ["limits: [2/h]", "connections: 1"])
    try scene.edit(
      "deadline: 2099-11-23T16:00:00+01:00",
      "deadline: 2026-11-23T10:30:00+00:00\ncanary: {letters: 1, wait: 15m}")
    let faults = try FaultPlan(
      parsing: "unknown \(Scene.contact(2, .accept)), greylist 300s for \(Scene.contact(3, .accept))")
    let played = try await RehearsalAtSpeed(scene.location, faults: faults, scene.dependencies).run()
    let found = try difference("rehearse-at-speed", text(played.lines))
    #expect(found == nil)
  }

  @Test func theForecastOfStatus() throws {
    let hourly = RateLimit(count: 100, window: .seconds(3600))
    let relay = Relay(name: "main", host: "main.example", port: 25, tls: .none, connections: 4, limits: [hourly])
    func lines(_ deadline: TimeInterval) -> String {
      let plan = ForecastPlan(
        at: Scene.start, letters: WaitingLetters(untried: 250), relays: [ForecastPlan.Relay(relay)], retry: .standard,
        deadline: Scene.start.addingTimeInterval(deadline),
        experience: ForecastExperience(rate: 10, putOff: 0.1, refused: 0.02))
      return text(ForecastTexts.lines(Forecast(plan)))
    }
    let words = [86_400.0, 7300, 3600].map(lines).joined(separator: "\n")
    let found = try difference("forecast", words)
    #expect(found == nil)
  }
}
