import Foundation
import TestSupport
import Testing

/// The main job through a real Postfix with STARTTLS and AUTH: who gets a letter gets one, whatever stops the process.
@Suite(.serialized) struct EndToEndTests {
  @Test func aThousandCustomersEachOnce() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(1_000, seed: 1)
        let campaign = try TestCampaign(in: queue, customers: customers, relay: relay)
        let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        #expect(launch.status == 0, "\(launch.errors)")
        try await relay.untilQueueIsEmpty()
        let letters = try await ReadLetter.all(in: relay.maildir)
        #expect(LetterComparison(customers: customers, letters: letters).differences(subjects: EndToEnd.subjects) == [])

        let again = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("Nothing to send: no letter of sommer is waiting.\n"))
        try await relay.untilQueueIsEmpty()
        #expect(relay.takenCount == 1_000)

        let status = try await CommandStatus.read(campaign)
        #expect(status.state == "completed" && status.messages["accepted"] == 1_000 && status.addsUp)
        let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue)
        #expect(verified.status == 0 && verified.output.contains("chain unbroken"), "\(verified.errors)")
        try EndToEnd.expectReceipts(of: campaign, accepted: 1_000)
      }
    }
  }

  @Test func stoppedBySignalAndResumedEachOnce() async throws {
    try await EndToEnd(customers: 400, perSecond: 60, seed: 2).stopAndResume(after: 50)
  }

  @Test func killedAndResumedNothingIsLostOrDoubled() async throws {
    try await EndToEnd(customers: 400, perSecond: 80, seed: 3).killAndResume(afterEach: 60)
  }
}
