import Foundation
import TestSupport
import Testing

/// What the limit of open files decides: before anything is begun, never in the middle.
@Suite struct DescriptorLimitTests {
  private func launch(_ campaign: TestCampaign, limits: String) async throws -> ChildProcess.Outcome {
    var environment = ChildProcess.plainEnvironment
    environment["EILBRIEF_QUEUE"] = campaign.queue.path
    return try await ChildProcess.run(
      "/bin/bash",
      [
        "-c", "\(limits); exec \"$@\"", "bash", try EilbriefProcess.executable().path, "launch", campaign.name, "--yes",
      ],
      environment: environment)
  }

  private func campaign(in queue: URL, port: Int, connections: Int) throws -> TestCampaign {
    try TestCampaign(
      in: queue, customers: RefusedLaunch.customers,
      relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\"", "connections: \(connections)"])
  }

  @Test func connectionsThatDoNotFitAreRefusedWithTheNumberThatDoes() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try campaign(in: queue, port: 9, connections: 64)
      let refused = try await launch(campaign, limits: "ulimit -n 200")
      #expect(refused.status == 78)
      #expect(
        refused.errors.hasPrefix("eilbrief: campaign.yaml asks for 64 connections, which need "), "\(refused.errors)")
      #expect(
        refused.errors.contains(" open files, and this process may have 200: that is enough for "), "\(refused.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: queue.path).filter { $0.hasPrefix("queue.") } == [])
    }
  }

  @Test func theSoftLimitIsRaised() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(in: queue, port: relay.port, connections: 64)
        let launched = try await launch(campaign, limits: "ulimit -Sn 100")
        #expect(launched.status == 0, "\(launched.errors)")
        #expect(try relay.recipients().count == RefusedLaunch.customers.count)
      }
    }
  }

  /// Too few for the program itself: it says so, and does not die of a signal.
  @Test(arguments: [12, 20, 40, 60]) func tooFewForAnything(_ limit: Int) async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try campaign(in: queue, port: 9, connections: 1)
      let refused = try await launch(campaign, limits: "ulimit -n \(limit)")
      #expect(refused.ending == .exited(75))
      #expect(refused.errors.hasPrefix("eilbrief: this process may have only \(limit) files open"), "\(refused.errors)")
    }
  }
}
