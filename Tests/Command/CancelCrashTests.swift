import Foundation
import TestSupport
import Testing

/// The delivering process is killed while it does what `cancel` asked of it: the campaign is cancelled, letters and all, or
/// nothing of it is.
@Suite struct CancelCrashTests {
  @Test(arguments: [(point: "cancelUncommitted", state: "running"), (point: "cancelCommitted", state: "cancelled")])
  func cancelledWholeOrNotAtAll(_ point: String, _ state: String) async throws {
    // The second letter is an hour away.
    try await RefusedLaunch.with(more: ["limits: [1/h]"]) { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      try await EilbriefProcess.running(
        "launch", name, "--yes", queue: queue, environment: ["EILBRIEF_FAULT": point]
      ) { launch in
        try await eventually("the first letter is accepted") {
          try await CommandStatus.read(bad.campaign).messages["accepted"] == 1
        }
        let cancel = try await EilbriefProcess.run("cancel", name, "--yes", queue: queue)
        #expect(await launch.outcome().ending == .killed(signal: SIGKILL))
        #expect(cancel.status == (state == "cancelled" ? 0 : 75), "\(cancel.errors)")
      }
      if state == "cancelled" { try await expectAllSigned(bad.campaign) }
      let crashed = try await CommandStatus.read(bad.campaign)
      #expect(crashed.state == state)
      #expect(crashed.messages["cancelled"] == (state == "cancelled" ? 1 : 0))

      if state == "running" {
        let again = try await EilbriefProcess.run("cancel", name, "--yes", queue: queue)
        #expect(again.status == 0, "\(again.errors)")
      }
      let resume = try await EilbriefProcess.run("resume", name, queue: queue)
      #expect(resume.status == 64)
      #expect(
        resume.errors == """
          eilbrief: sommer was cancelled and does not go on; 1 letter was accepted before.
          For the others make a new campaign: a new folder with campaign.yaml, the customer file and templates/, without \
          receipts/. Take the customers who were told already out of its customer file, or they are told twice: \
          `eilbrief report sommer` lists them.

          """)
      let end = try await CommandStatus.read(bad.campaign)
      #expect(end.state == "cancelled" && end.messages["cancelled"] == 1 && end.messages["accepted"] == 1)
      try await expectAllSigned(bad.campaign)
      #expect(try bad.relay.recipients().count == 1)
    }
  }

  private func expectAllSigned(_ campaign: TestCampaign) async throws {
    let verify = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: campaign.queue)
    #expect(verify.status == 0 && verify.output.contains("all of them signed"), "\(verify.output)\(verify.errors)")
    let lines = try String(
      contentsOf: campaign.folder.appendingPathComponent("receipts/receipts.jsonl"), encoding: .utf8)
    #expect(lines.split(separator: "\n").last?.contains("\"event\":\"cancelled\",\"figures\"") == true)
  }
}
