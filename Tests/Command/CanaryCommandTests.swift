import Foundation
import TestSupport
import Testing

/// A canary and a deadline with the built program.
@Suite struct CanaryCommandTests {
  private struct Document: Decodable {
    struct Canary: Decodable {
      let letters: Int
      let state: String
    }
    let canary: Canary?
    let state: String
    let messages: [String: Int]

    static func read(_ campaign: TestCampaign) async throws -> Document {
      let outcome = try await EilbriefProcess.run("status", campaign.name, "--json", queue: campaign.queue)
      guard outcome.status == 0 else { throw HarnessError("status failed: \(outcome.errors)") }
      return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
    }
  }

  private func launched(
    _ yaml: String, limits: String = "", deadline: Date? = nil,
    _ body: (TestCampaign, SinkRelay, ChildProcess.Outcome) async throws -> Void
  ) async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(12, seed: 12),
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none"]
            + (limits.isEmpty ? [] : ["limits: [\(limits)]"]))
        var text = try campaign.yaml() + yaml
        if let deadline {
          text = text.replacing(
            "2099-11-23T16:00:00+01:00", with: deadline.ISO8601Format().replacing("Z", with: "+00:00"))
        }
        try campaign.write(yaml: text)
        let launch = try await EilbriefProcess.run(
          "launch", campaign.name, "--yes", "--late-is-fine", queue: queue)
        try await body(campaign, relay, launch)
      }
    }
  }

  @Test func aCanaryPausesForALookAndResumeGoesOn() async throws {
    try await launched("canary: {letters: 3}\n") { campaign, _, launch in
      #expect(launch.status == 75, "\(launch.output)\(launch.errors)")
      #expect(launch.output.contains("Canary: 3 letters of 12 leave before the others."))
      #expect(launch.output.contains("Canary: 3 letters, accepted 3.") && launch.output.contains("Paused for a look"))
      #expect(launch.output.contains("9 letters wait: `eilbrief resume sommer"))
      var status = try await Document.read(campaign)
      #expect(status.state == "paused" && status.canary?.state == "look" && status.canary?.letters == 3)
      #expect(status.messages["accepted"] == 3 && status.messages["queued"] == 9)
      let text = try await EilbriefProcess.run("status", campaign.name, queue: campaign.queue).output
      #expect(text.contains("canary: 3 letters sent, paused for a look"))
      let resume = try await EilbriefProcess.run("resume", campaign.name, queue: campaign.queue)
      #expect(resume.status == 0, "\(resume.output)\(resume.errors)")
      status = try await Document.read(campaign)
      #expect(status.state == "completed" && status.canary?.state == "passed" && status.messages["accepted"] == 12)
      #expect(
        try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: campaign.queue).status == 0)
    }
  }

  @Test func aCanaryWithAWaitGoesOnByItself() async throws {
    try await launched("canary: {letters: 3, wait: 2s}\n") { campaign, _, launch in
      #expect(launch.status == 0, "\(launch.output)\(launch.errors)")
      #expect(launch.output.contains("Canary: 3 letters sent, waiting until "))
      #expect(launch.output.contains("Canary: passed, the others leave now."))
      let status = try await Document.read(campaign)
      #expect(status.messages["accepted"] == 12)
    }
  }

  /// Two an hour: the others wait for the limit when the deadline comes.
  @Test func atADeadlineThatStopsTheRestExpires() async throws {
    try await launched(
      "after_deadline: stop\n", limits: "2/h", deadline: Date.now.addingTimeInterval(25)
    ) { campaign, _, launch in
      #expect(launch.status == 1, "\(launch.output)\(launch.errors)")
      #expect(launch.output.contains("has passed: 10 letters are not accepted (queued 10)."))
      #expect(launch.output.contains("10 letters not accepted by the deadline have expired."))
      let status = try await Document.read(campaign)
      #expect(status.state == "completed" && status.messages["expired"] == 10 && status.messages["accepted"] == 2)
      #expect(
        try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: campaign.queue).status == 0)
      let calls = try await EilbriefProcess.run("report", campaign.name, "calls", queue: campaign.queue)
      #expect(calls.output.components(separatedBy: "not accepted by the deadline and given up: never sent").count == 11)
      #expect(calls.errors.contains("10 customers to be called: not accepted by the deadline"))
    }
  }

  @Test func aLaunchAfterADeadlineThatStopsIsRefused() async throws {
    try await launched(
      "after_deadline: stop\n", deadline: Date.now.addingTimeInterval(-3600)
    ) { campaign, _, launch in
      #expect(launch.status == 75 && launch.errors.contains("no letter would be sent"), "\(launch.errors)")
      let status = try await Document.read(campaign)
      #expect(status.state == "draft")
    }
  }
}
