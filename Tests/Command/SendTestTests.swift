import Foundation
import Rehearsal
import RelaySupport
import TestSupport
import Testing

/// `send-test` through a relay that speaks SMTP: what it says, how it ends, and that the campaign stays as it was.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SendTestTests {
  private func campaign(_ port: Int, in queue: URL, more: [String] = []) throws -> TestCampaign {
    try TestCampaign(
      in: queue, customers: GeneratedCustomer.customers(3, seed: 11), encoding: .utf8,
      relay: ["name: main", "url: \"smtp://127.0.0.1:\(port)\""] + more)
  }

  private func send(_ campaign: TestCampaign) async throws -> ChildProcess.Outcome {
    try await EilbriefProcess.run(
      "send-test", campaign.name, "--to", "me@firm.example", "--customer",
      GeneratedCustomer.customers(3, seed: 11)[0].id, queue: campaign.queue)
  }

  @Test(arguments: [
    ("unknown @other.example", Int32(0), "accepted by the relay: 250 "),
    ("unknown @firm.example", 69, "refused at rcpt: 550 5.1.1 Recipient unknown"),
    ("temporary @firm.example", 75, "put off at rcpt: 450 4.2.1 Mailbox temporarily not available"),
    ("lost-reply @firm.example always", 1, "uncertain: it was sent whole, and the answer is missing"),
  ])
  func saysWhatTheRelayAnswered(faults: String, status: Int32, words: String) async throws {
    try await withRelay(faults: faults) { relay, port in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(port, in: queue)
        let sent = try await send(campaign)
        #expect(sent.status == status && sent.output.contains(words), "\(sent.ending) \(sent.output)\(sent.errors)")
        #expect(sent.output.contains("class ") == [69, 75].contains(status), "\(sent.output)")
        #expect(relay.journal.flatMap(\.recipients) == (status == 0 || status == 1 ? ["me@firm.example"] : []))
        #expect(!FileManager.default.fileExists(atPath: queue.appendingPathComponent("queue.sqlite").path))
        let lines = try String(
          contentsOf: campaign.folder.appendingPathComponent("test-letters.jsonl"), encoding: .utf8)
        #expect(lines.split(separator: "\n").count == 2 && !lines.contains("firm.example"))
      }
    }
  }

  @Test func noRelayIsReached() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try campaign(1, in: queue)
      let sent = try await send(campaign)
      #expect(sent.status == 69 && sent.errors.contains("The test letter was not sent."), "\(sent.errors)")
      #expect(sent.output == "")
    }
  }

  /// Beside a delivery that waits for its limit: there is no place, and the plan is told as it would have been.
  @Test func besideADelivery() async throws {
    try await withRelay { relay, port in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(port, in: queue, more: ["limits: [1/h]", "connections: 1"])
        try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: queue) { launch in
          try await eventually("the first letter has left") { !relay.journal.isEmpty }
          let sent = try await send(campaign)
          #expect(sent.status == 75 && sent.errors.contains("have no place"), "\(sent.ending) \(sent.errors)")
          #expect(relay.journal.count == 1)
          let paused = try await EilbriefProcess.run("pause", campaign.name, queue: queue)
          #expect(paused.status == 0, "\(paused.errors)")
          _ = await launch.outcome()
        }
        // A relay without limits takes it.
        try campaign.write(yaml: campaign.yaml().replacing(", limits: [1/h]", with: ""))
        #expect(try await send(campaign).status == 0)
        let status = try await CommandStatus.read(campaign)
        #expect(status.messages["accepted"] == 1)
        let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue)
        #expect(verified.status == 0, "\(verified.errors)")
      }
    }
  }
}
