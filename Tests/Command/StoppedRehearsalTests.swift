import Foundation
import TestSupport
import Testing

/// What a rehearsal has made is gone when it is stopped, and when it cannot begin.
@Suite struct StoppedRehearsalTests {
  private func campaign(in queue: URL) throws -> TestCampaign {
    try TestCampaign(
      in: queue, customers: GeneratedCustomer.customers(30, seed: 9),
      relay: ["name: main", "url: \"smtp://127.0.0.1:1\"", "connections: 1"])
  }

  /// Stopped in the middle, told to end, and let go on: before the first letter, and among them. The letters take half a
  /// minute, so that it hears before the last one.
  @Test(arguments: ["freezeUncommitted", "claimCommitted"])
  func nothingIsLeftOfOneThatIsInterrupted(_ point: String) async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try campaign(in: queue)
      let scratch = queue.appendingPathComponent("tmp")
      try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: false)
      func left() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: scratch.path) }
      let environment = [
        "TMPDIR": scratch.path, "EILBRIEF_FAULT": point, "EILBRIEF_FAULT_ACTION": "stop",
      ]
      try await EilbriefProcess.running(
        "rehearse", campaign.name, "--faults", "slow 100% 1s", queue: queue, environment: environment
      ) { rehearsal in
        try await eventually("it is stopped") { Self.isStopped(rehearsal.child.identifier) }
        #expect(try left().count == 1)
        rehearsal.send(SIGINT)
        rehearsal.send(SIGCONT)
        let outcome = await rehearsal.outcome()
        #expect(outcome.status == 75, "\(outcome.ending) \(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("Stopping: "))
      }
      #expect(try left() == [])
    }
  }

  /// The third word of its line in /proc, after the name in parentheses.
  private static func isStopped(_ process: Int32) -> Bool {
    let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return line?.split(separator: ") ").last?.first == "T"
  }

  @Test func nothingIsLeftOfOneWhoseLettersCannotGoOut() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try campaign(in: queue)
      let template = campaign.folder.appendingPathComponent("templates/password-change")
      try FileManager.default.createDirectory(at: template, withIntermediateDirectories: true)
      for language in ["de", "en"] {
        for part in ["html", "subject", "txt"] {
          try Data("Guten Tag\n".utf8).write(to: template.appendingPathComponent("\(language).\(part).mustache"))
        }
      }
      let kept = queue.appendingPathComponent("kept")
      let outcome = try await EilbriefProcess.run("rehearse", campaign.name, "--keep", kept.path, queue: queue)
      #expect(outcome.status == 65, "\(outcome.errors)")
      #expect(!FileManager.default.fileExists(atPath: kept.path))
    }
  }
}
