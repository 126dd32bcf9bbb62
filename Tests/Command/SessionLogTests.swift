import Foundation
import TestSupport
import Testing

/// `resolve --relay-log` with a log that has no Message-IDs: what is in a session of the campaign's is settled, and what
/// others sent to the same customers settles nothing.
@Suite(.serialized) struct SessionLogTests {
  private static let sender = "support@kanzlei-it.example"

  private func resolve(_ campaign: TestCampaign, _ log: String) async throws -> ChildProcess.Outcome {
    let file = campaign.queue.appendingPathComponent("mail.log")
    try Data(log.utf8).write(to: file)
    return try await EilbriefProcess.run("resolve", campaign.name, "--relay-log", file.path, queue: campaign.queue)
  }

  private func whole(_ log: String) -> String {
    SessionLogRelay.line(-3600, "info: OpenSMTPD 6.8.0p2 starting") + log
      + SessionLogRelay.line(3600, "info: OpenSMTPD 6.8.0p2 starting")
  }

  private func launch(_ campaign: TestCampaign) async throws {
    let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
    #expect(launch.status == 1, "\(launch.errors)")
  }

  private func campaign(_ name: String, in queue: URL, _ customers: [GeneratedCustomer], _ relay: SessionLogRelay)
    throws
    -> TestCampaign
  {
    try TestCampaign(
      name, in: queue, customers: customers,
      relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "connections: 1"])
  }

  @Test func onlyTheCampaignsOwnSessionsSettle() async throws {
    // The ninth is the first letter of its session.
    try await SessionLogRelay.with(taken: [5, 8, 9], cut: [12]) { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(20, seed: 31)
        let campaign = try campaign("sommer", in: queue, customers, relay)
        try await launch(campaign)
        let (fifth, eighth, ninth, twelfth) = (customers[4], customers[7], customers[8], customers[11])
        // Support's own answer to the twelfth, 400 s later.
        let answer = SessionLogRelay.session(400, from: Self.sender, to: twelfth.contact)
        let doubtful = try await resolve(campaign, whole(relay.log + answer))
        #expect(doubtful.status == 1, "\(doubtful.errors)")
        for customer in [fifth, eighth] {
          #expect(doubtful.output.contains("\(customer.id): accepted by the relay\n"), "\(doubtful.output)")
        }
        for customer in [ninth, twelfth] {
          #expect(
            doubtful.output.contains(
              """
              \(customer.id): stays uncertain
                  the log has no Message-IDs, and no other letter of this campaign is in the session of this line: mail.log:
              """), "\(doubtful.output)")
        }
        #expect(doubtful.output.contains("2 accepted, 0 queued again, 2 still uncertain.\n"))
        // Without it the log shows that the twelfth was not taken.
        let settled = try await resolve(campaign, whole(relay.log))
        #expect(settled.output.contains("\(twelfth.id): not taken, queued again\n"), "\(settled.output)")
        #expect(settled.output.contains("0 accepted, 1 queued again, 1 still uncertain.\n"))
        let receipts = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue)
        #expect(receipts.status == 0, "\(receipts.errors)")
      }
    }
  }

  /// Another campaign has written to the same customer a moment ago.
  @Test func anotherCampaignsLetterSettlesNothing() async throws {
    try await SessionLogRelay.with(taken: [], cut: [4, 26]) { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(20, seed: 32)
        let first = try campaign("sommer", in: queue, customers, relay)
        try await launch(first)
        let second = try campaign("winter", in: queue, customers, relay)
        try await launch(second)
        // The sixth was taken in the first campaign, and is uncertain in the second.
        let settled = try await resolve(second, whole(relay.log))
        #expect(settled.output.contains("\(customers[5].id): not taken, queued again\n"), "\(settled.output)")
        // The fourth is uncertain in the first, and was taken in the second.
        let other = try await resolve(first, whole(relay.log))
        #expect(other.output.contains("\(customers[3].id): not taken, queued again\n"), "\(other.output)")
      }
    }
  }

  /// A log that ends with the uncertain letter, though its machine went on.
  @Test func nothingIsAbsentWithoutLettersAfterIt() async throws {
    try await SessionLogRelay.with(taken: [], cut: [20]) { relay in
      try await TemporaryFolder.with { queue in
        let customers = GeneratedCustomer.customers(20, seed: 33)
        let campaign = try campaign("sommer", in: queue, customers, relay)
        try await launch(campaign)
        let open = try await resolve(campaign, whole(relay.log))
        #expect(
          open.output.contains(
            """
            \(customers[19].id): stays uncertain
                no letter that the relay accepted after the attempt is in the log, so nothing shows that it goes on
                Letters that it accepts later show it: send what is left, then run this again with the log of then.
            """), "\(open.output)")
      }
    }
  }
}
