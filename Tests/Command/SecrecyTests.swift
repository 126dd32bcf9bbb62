import Foundation
import TestSupport
import Testing

/// What the program keeps from others on the machine.
@Suite struct SecrecyTests {
  private func run(_ campaign: TestCampaign, _ arguments: [String], environment: [String: String] = [:]) async throws
    -> ChildProcess.Outcome
  {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path, arguments + ["--queue", campaign.queue.path],
      environment: ChildProcess.plainEnvironment.merging(environment) { _, new in new })
  }

  /// libcurl would write the keys of each connection to this file, and so open the letters to whoever listened.
  @Test func keysOfConnectionsAreWrittenNowhere() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(in: queue, customers: GeneratedCustomer.customers(2, seed: 3), relay: relay)
        let keys = queue.appendingPathComponent("keys.log")
        let launch = try await run(
          campaign, ["launch", campaign.name, "--yes"], environment: ["SSLKEYLOGFILE": keys.path])
        #expect(launch.status == 0, "\(launch.errors)")
        #expect(!FileManager.default.fileExists(atPath: keys.path))
      }
    }
  }

  @Test func customerFilesThatAllMayReadAreWarnedOf() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(2, seed: 3),
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\"", "tls: none"])
      let path = campaign.customerFile.path
      for (mode, isOpen) in [(0o600, false), (0o640, false), (0o604, true), (0o644, true)] {
        chmod(path, mode_t(mode))
        let check = try await run(campaign, ["check", campaign.name])
        let words = "\(path): every user of this machine who can enter its folder may read the customers' data (mode 0"
        #expect(check.status == 0 && check.output.contains(words) == isOpen, "\(check.output)\(check.errors)")
      }
    }
  }
}
