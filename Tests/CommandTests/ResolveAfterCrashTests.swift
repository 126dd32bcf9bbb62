import Foundation
import TestSupport
import Testing

/// What was on the wire when a process was killed is not settled along with what the operator has looked at.
@Suite struct ResolveAfterCrashTests {
  @Test func nothingIsSettledThatNobodyHasSeen() async throws {
    try await SinkRelay.with(options: ["-w", "600"]) { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(5, seed: 11)
        let campaign = try TestCampaign(
          in: queue, customers: customers,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "connections: 2"])
        try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: queue) { launch in
          try await eventually("two letters are on the wire") {
            try await CommandStatus.read(campaign).messages["sending"] == 2
          }
          launch.send(SIGKILL)
          _ = await launch.outcome()
        }
        let crashed = try await EilbriefProcess.run("status", campaign.name, queue: queue)
        #expect(crashed.output.contains("No process delivers it now"))

        let early = try await EilbriefProcess.run("resolve", campaign.name, "--assume-accepted", queue: queue)
        #expect(early.status == 75)
        #expect(
          early.errors == """
            2 letters were on the wire when the last process ended: they are uncertain now.
            eilbrief: nothing was settled: look at all uncertain letters with `eilbrief status`, then run this again.

            """)
        let seen = try await CommandStatus.read(campaign).messages
        #expect(seen["uncertain"] == 2 && seen["accepted"] == 0 && seen["queued"] == 3)

        let settled = try await EilbriefProcess.run("resolve", campaign.name, "--assume-accepted", queue: queue)
        #expect(settled.status == 0, "\(settled.errors)")
        #expect(try await CommandStatus.read(campaign).messages["accepted"] == 2)
      }
    }
  }
}
