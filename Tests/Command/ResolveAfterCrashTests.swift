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
            2 letters were on the wire when the last process ended: they are uncertain.
            eilbrief: nothing was settled: look at all uncertain letters (`eilbrief status \(campaign.name)`), then run this again.

            """)
        let seen = try await CommandStatus.read(campaign).messages
        #expect(seen["uncertain"] == 2 && seen["accepted"] == 0 && seen["queued"] == 3)

        let settled = try await EilbriefProcess.run("resolve", campaign.name, "--assume-accepted", queue: queue)
        #expect(settled.status == 0, "\(settled.errors)")
        #expect(try await CommandStatus.read(campaign).messages["accepted"] == 2)
      }
    }
  }

  /// README.txt of an export counts what the relay accepted and what was settled as accepted, as the last line does.
  @Test func theReadmeCountsWhatWasSettledAsWell() async throws {
    try await SinkRelay.with(options: ["-w", "600"]) { slow in
      try await SinkRelay.with { relay in
        try await TemporaryFolder.with { queue in
          let campaign = try TestCampaign(
            in: queue, customers: GeneratedCustomer.customers(5, seed: 11),
            relay: ["name: main", "url: \"smtp://127.0.0.1:\(slow.port)\"", "connections: 2"])
          let (name, yaml) = (campaign.name, try campaign.yaml())
          try await EilbriefProcess.running("launch", name, "--yes", queue: queue) { launch in
            try await eventually("two letters are on the wire") {
              try await CommandStatus.read(campaign).messages["sending"] == 2
            }
            launch.send(SIGKILL)
            _ = await launch.outcome()
          }
          // The first one only finds them uncertain.
          for status in [75, 0] as [Int32] {
            let settled = try await EilbriefProcess.run("resolve", name, "--assume-accepted", queue: queue)
            #expect(settled.status == status, "\(settled.errors)")
          }
          try campaign.write(yaml: yaml.replacing(":\(slow.port)", with: ":\(relay.port)"))
          let resume = try await EilbriefProcess.run("resume", name, queue: queue)
          #expect(resume.status == 0, "\(resume.errors)")
          let proof = queue.appendingPathComponent("proof")
          let export = try await EilbriefProcess.run("receipts", "export", name, proof.path, queue: queue)
          #expect(export.status == 0, "\(export.errors)")

          let readme = try String(contentsOf: proof.appendingPathComponent("README.txt"), encoding: .utf8)
          let commands = readme.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix("grep -c ") }
          #expect(commands.count == 1)
          let count = try await ChildProcess.run("dash", ["-c", commands.first ?? "false"], folder: proof)
          #expect(count.output == "5\n" && readme.contains("\n   prints 5.\n"))
          let receipts = try String(contentsOf: proof.appendingPathComponent("receipts.jsonl"), encoding: .utf8)
          let last = receipts.split(separator: "\n").last
          #expect(last?.contains("\"event\":\"completed\"") == true && last?.contains("\"accepted\":5,") == true)
          #expect(receipts.split(separator: "\n").filter { $0.contains("\"event\":\"accepted\"") }.count == 3)
        }
      }
    }
  }
}
