import Foundation
import TestSupport
import Testing

/// What `status` says of a delivery that waits for a limit, is stopped, is paused or is killed.
@Suite struct StatusTests {
  private struct Document: Decodable {
    struct Process: Decodable {
      let pid: Int32
      let stopped: Bool
    }
    struct LastProcess: Decodable {
      let pid: Int32
      let killed: Bool
    }
    let eta: String?
    let process: Process?
    let lastProcess: LastProcess?
    let ratePerSecond: Double

    private enum CodingKeys: String, CodingKey {
      case eta, process
      case lastProcess = "last_process"
      case ratePerSecond = "rate_per_second"
    }

    static func read(_ campaign: TestCampaign) async throws -> Document {
      let outcome = try await EilbriefProcess.run("status", campaign.name, "--json", queue: campaign.queue)
      guard outcome.status == 0 else { throw HarnessError("status failed: \(outcome.errors)") }
      return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
    }
  }

  /// Five letters at once, then five an hour: forty take seven hours.
  private func delivering(_ body: (TestCampaign, EilbriefProcess) async throws -> Void) async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(40, seed: 12),
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none", "limits: [5/h, 5000/d]"])
        try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: queue) { launch in
          try await eventually("the limit is reached; its words: \(launch.errorsSoFar)") {
            try await CommandStatus.read(campaign).messages["accepted"] == 5
          }
          try await body(campaign, launch)
        }
      }
    }
  }

  private func text(_ campaign: TestCampaign) async throws -> String {
    try await EilbriefProcess.run("status", campaign.name, queue: campaign.queue).output
  }

  private func hasWords(_ text: String, _ words: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(text.contains(words), "\(text)", sourceLocation: location)
  }

  /// Less the minutes since the letters that went out at once.
  private static func takesSevenHours(_ text: String) -> Bool {
    text.contains("about 7 h") || text.contains("about 6 h 5")
  }

  @Test func theEndIsThatOfTheLimits() async throws {
    try await delivering { campaign, launch in
      let document = try await Document.read(campaign)
      let eta = try #require(document.eta)
      let end = try Date(eta, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
      #expect(end > Date(timeIntervalSinceNow: 5 * 3600))
      #expect(document.process?.pid == launch.child.identifier)
      #expect(document.process?.stopped == false)
      let text = try await text(campaign)
      hasWords(text, "the relays' limits allow the next at ")
      #expect(Self.takesSevenHours(text), "\(text)")
      hasWords(text, "  Process \(launch.child.identifier) on ")
      hasWords(text, "queued    35  waiting to be sent\n")
      try await eventually("the live line says so too: \(launch.outputSoFar)") {
        launch.outputSoFar.contains("limits allow the next at ") && Self.takesSevenHours(launch.outputSoFar)
      }
      #expect(!launch.outputSoFar.contains("about 1 s"))
      // Who does not know the limits promises nothing.
      try FileManager.default.removeItem(at: campaign.campaignFile)
      #expect(try await Document.read(campaign).eta == nil)
    }
  }

  @Test func aProcessThatIsStoppedDeliversNothing() async throws {
    try await delivering { campaign, launch in
      launch.send(SIGSTOP)
      try await eventually("it is stopped") { launch.child.isStopped }
      let document = try await Document.read(campaign)
      #expect(document.process?.stopped == true)
      #expect(document.eta == nil && document.ratePerSecond == 0)
      let text = try await text(campaign)
      hasWords(text, "Process \(launch.child.identifier) is stopped and delivers nothing: `kill -CONT ")
      #expect(!text.contains("about"))
    }
  }

  @Test func whereTheProcessWasKilledNothingIsEstimated() async throws {
    try await delivering { campaign, launch in
      launch.send(SIGKILL)
      _ = await launch.outcome()
      let document = try await Document.read(campaign)
      #expect(document.process == nil)
      #expect(document.lastProcess?.pid == launch.child.identifier && document.lastProcess?.killed == true)
      #expect(document.eta == nil && document.ratePerSecond == 0)
      let text = try await text(campaign)
      hasWords(text, "No process delivers it now. Process \(launch.child.identifier) on ")
      hasWords(text, "did not end by itself: it was killed, or")
      #expect(!text.contains("about") && !text.contains("/s"))

      // What others do meanwhile does not change who was killed; handing over does.
      let resolve = try await EilbriefProcess.run("resolve", campaign.name, "--resend", queue: campaign.queue)
      hasWords(try await self.text(campaign), "Process \(launch.child.identifier) on ")
      #expect(resolve.status != 75, "\(resolve.errors)")
      let resume = try await EilbriefProcess.run("resume", campaign.name, "--detach", queue: campaign.queue)
      #expect(resume.status == 0, "\(resume.errors)")
      let handed = try await Document.read(campaign)
      #expect(handed.lastProcess?.killed == false && handed.lastProcess?.pid != launch.child.identifier)
      hasWords(try await self.text(campaign), "ended by itself: it handed the campaign over")
    }
  }

  /// A worker that is killed is told apart from one that was stopped, for each of its campaigns.
  @Test(arguments: [SIGKILL, SIGTERM]) func howAWorkerEndedIsTold(_ signal: Int32) async throws {
    try await WorkerScene.with { scene in
      let names = ["sommer", "herbst"]
      for (seed, name) in names.enumerated() {
        let campaign = try scene.campaign(name, customers: 30, seed: UInt64(20 + seed))
        try campaign.write(yaml: campaign.yaml().replacing("connections: 2", with: "limits: [5/h]"))
        try await scene.run("launch", name, "--yes", "--detach")
      }
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        for name in names {
          try await eventually("\(name) is at work: \(worker.errorsSoFar)") {
            try await scene.run("status", name).output.contains("Process \(worker.child.identifier) on ")
          }
        }
        worker.send(signal)
        _ = await worker.outcome()
        for name in names {
          let text = try await scene.run("status", name).output
          hasWords(text, signal == SIGKILL ? "did not end by itself" : "ended by itself")
          hasWords(text, "rocess \(worker.child.identifier) on ")
        }
      }
    }
  }

  @Test func aPausedCampaignSaysHowItGoesOn() async throws {
    try await delivering { campaign, launch in
      let pause = try await EilbriefProcess.run("pause", campaign.name, queue: campaign.queue)
      #expect(pause.status == 0, "\(pause.errors)")
      _ = await launch.outcome()
      let text = try await text(campaign)
      hasWords(text, "paused: `eilbrief resume sommer` continues.")
      #expect(!text.contains("next attempt"))
    }
  }
}
