import Foundation
import PostgresSupport
import Rehearsal
import RelaySupport
import TestSupport
import Testing

/// A whole campaign whose queue is in PostgreSQL, as an operator runs it.
@Suite(.timeLimit(.minutes(5))) struct PostgresCommandTests {
  @Test func aKilledLaunchIsResumedAndProved() async throws {
    let server = try await ScratchServer()
    // Slow enough to be killed in the middle.
    try await withRelay(RelayOptions(faults: try FaultPlan(parsing: "slow 100% 1s"))) { _, port in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(40, seed: 11),
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\"", "tls: none", "connections: 2"])
        let name = campaign.name
        let file = queue.appendingPathComponent("queue.yaml")
        try Data("database: postgresql://postgres@/eilbrief?host=\(server.folder.path)\n".utf8).write(to: file)

        // Others may read it.
        chmod(file.path, 0o644)
        let open = try await EilbriefProcess.run("queue", "init", queue: queue)
        #expect(open.status == 73 && open.errors.contains("chmod 600"), "\(open.errors)")
        chmod(file.path, 0o600)
        let early = try await EilbriefProcess.run("status", name, queue: queue)
        #expect(early.status == 73 && early.errors.contains("`eilbrief queue init` makes one"), "\(early.errors)")
        for words in ["the queue was made (format 4)", "the queue is there already (format 4)"] {
          let made = try await EilbriefProcess.run("queue", "init", queue: queue)
          #expect(made.status == 0 && made.output.contains(words), "\(made.output)\(made.errors)")
        }

        try await EilbriefProcess.running("launch", name, "--yes", queue: queue) { launch in
          try await eventually("some letters are accepted") {
            try await CommandStatus.read(campaign).messages["accepted"] ?? 0 >= 5
          }
          // Nobody else delivers meanwhile, from whatever folder.
          try await TemporaryFolder.with { other in
            let twin = try TestCampaign(
              in: other, customers: campaign.customers, relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\""])
            try FileManager.default.copyItem(at: file, to: other.appendingPathComponent("queue.yaml"))
            let second = try await EilbriefProcess.run("resume", twin.name, queue: other)
            #expect(second.status == 75 && second.errors.contains("delivers from this database"), "\(second.errors)")
          }
          launch.send(SIGKILL)
          _ = await launch.outcome()
        }
        let killed = try await CommandStatus.read(campaign).messages
        #expect((killed["queued"] ?? 0) > 0)
        let resumed = try await EilbriefProcess.run("resume", name, queue: queue)
        #expect([0, 1].contains(resumed.status), "\(resumed.output)\(resumed.errors)")
        _ = try await EilbriefProcess.run("resolve", name, "--resend", queue: queue)
        let end = try await EilbriefProcess.run("resume", name, queue: queue)
        #expect(end.status == 0, "\(end.output)\(end.errors)")
        let status = try await CommandStatus.read(campaign)
        #expect(status.state == "completed" && status.messages["accepted"] == 40)

        let verified = try await EilbriefProcess.run("receipts", "verify", name, queue: queue)
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        let report = try await EilbriefProcess.run("report", name, queue: queue)
        #expect(report.status == 0 && report.output.contains("40"), "\(report.errors)")
        let purged = try await EilbriefProcess.run("purge", name, "--now", "--confirm", name, queue: queue)
        #expect(purged.status == 0, "\(purged.output)\(purged.errors)")
        #expect(try await server.psql("SELECT count(*) FROM eilbrief.customers") == "0\n")
        // Nothing of a queue is in the folder.
        #expect(!FileManager.default.fileExists(atPath: queue.appendingPathComponent("queue.sqlite").path))
      }
    }
  }
}
