import Foundation
import TestSupport
import Testing

/// A password file that may not be read, or that others may read, stops the launch before anything else happens.
@Suite(.serialized) struct BadPasswordFileTests {
  @Test func unreadable() async throws {
    try await expect(mode: 0o000) { path in
      "\(path): this file may not be read; check its owner and mode with \"ls -l\""
    }
  }

  @Test func readableForOthers() async throws {
    try await expect(mode: 0o644) { path in
      "\(path): others can read this password file (mode 0644); run \"chmod 600 \(path)\""
    }
  }

  private func expect(mode: mode_t, _ message: (String) -> String) async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(in: queue, customers: RefusedLaunch.customers, relay: relay)
        let path = campaign.passwordFile.path
        chmod(path, mode)
        let refused = try await OrdinaryUser.run("launch", campaign.name, "--yes", queue: queue)
        #expect(refused.status == 78)
        #expect(refused.errors == "eilbrief: \(message(path))\n")
        #expect(refused.output == "")
        // Not so much as a spool was made, and the relay heard nothing.
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue.path) == [campaign.name])
        #expect(!relay.log.contains("sasl_username") && relay.takenCount == 0)

        chmod(path, 0o600)
        let launch = try await OrdinaryUser.run("launch", campaign.name, "--yes", queue: queue)
        #expect(launch.status == 0, "\(launch.errors)")
        try await relay.untilQueueIsEmpty()
        #expect(relay.takenCount == 2)
      }
    }
  }
}
