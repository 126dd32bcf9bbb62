import Foundation
import TestSupport
import Testing

/// When `purge` does nothing, and says what to do instead.
@Suite struct PurgeRefusedTests {
  @Test func notBeforeTheEndAndNotBeforeTheDate() async throws {
    // The second letter is an hour away.
    try await RefusedLaunch.with(more: ["limits: [1/h]"]) { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      func purge(_ more: String...) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
          try EilbriefProcess.executable().path, ["purge", name] + more,
          environment: ChildProcess.plainEnvironment.merging(["EILBRIEF_QUEUE": queue.path]) { $1 })
      }
      let never = try await purge("--now", "--confirm", name)
      #expect(never.status == 64 && never.errors.contains("was never launched"))
      try await EilbriefProcess.running("launch", name, "--yes", queue: queue) { launch in
        try await eventually("the first letter is accepted") {
          try await CommandStatus.read(bad.campaign).messages["accepted"] == 1
        }
        let running = try await purge("--now", "--confirm", name)
        #expect(running.status == 75 && running.errors.contains("the spool is in use by process"))
        launch.send(SIGINT)
        #expect(await launch.outcome().status == 75)
      }
      let paused = try await purge("--now", "--confirm", name)
      #expect(paused.status == 64)
      #expect(
        paused.errors == """
          eilbrief: \(name) is paused, not over; nothing was removed. `eilbrief resume \(name)` finishes it, `eilbrief \
          cancel \(name)` ends it.

          """)
      #expect(try await EilbriefProcess.run("cancel", name, "--yes", queue: queue).status == 0)

      let unset = try await purge()
      #expect(unset.status == 64 && unset.errors.contains("Add “retention: {purge_after: 90d}”"), "\(unset.errors)")
      try bad.campaign.write(yaml: try bad.campaign.yaml() + "retention: {purge_after: 90d}\n")
      let early = try await purge()
      #expect(early.status == 75)
      #expect(early.errors.hasPrefix("eilbrief: \(name) is kept until 2"), "\(early.errors)")
      #expect(early.errors.contains("(90 days after its end, campaign.yaml); nothing was removed."))
      let report = try await EilbriefProcess.run("report", name, queue: queue)
      #expect(report.status == 0 && report.output.contains(bad.campaign.customers[0].contact))

      _ = try await PurgeScene.database(
        queue, "UPDATE campaigns SET finished_at = finished_at - \(90 * 86_400_000) RETURNING finished_at")
      let due = try await purge()
      #expect(due.status == 0, "\(due.errors)")
      #expect(!FileManager.default.fileExists(atPath: bad.campaign.customerFile.path))
      let verify = try await EilbriefProcess.run("receipts", "verify", name, queue: queue)
      #expect(verify.status == 0 && verify.output.contains("purged at "), "\(verify.errors)")
    }
  }

  @Test func notWhileALetterIsUncertainOrToBeSentAgain() async throws {
    try await TemporaryFolder.with { queue in
      let customers = GeneratedCustomer.customers(10, seed: 5)
      let campaign = try TestCampaign(
        in: queue, customers: customers, relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let scratch = queue.appendingPathComponent("scratch")
      _ = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults", "lost-reply \(customers[4].contact)",
        queue: queue)
      let uncertain = try await EilbriefProcess.run("purge", "sommer", "--now", "--confirm", "sommer", queue: scratch)
      #expect(uncertain.status == 64)
      #expect(
        uncertain.errors == """
          eilbrief: 1 letter of sommer is uncertain; nothing was removed. `eilbrief status sommer` names the customers, \
          `eilbrief resolve sommer` settles the letters.

          """)
      _ = try await EilbriefProcess.run("resolve", "sommer", "--resend", queue: scratch)
      let open = try await EilbriefProcess.run("purge", "sommer", "--now", "--confirm", "sommer", queue: scratch)
      #expect(open.status == 64)
      #expect(open.errors.contains("1 letter of sommer is to be sent again; nothing was removed."))
      #expect(try await EilbriefProcess.run("report", "sommer", queue: scratch).output.contains(customers[4].contact))
    }
  }
}
