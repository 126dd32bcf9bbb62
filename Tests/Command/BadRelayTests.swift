import Foundation
import TestSupport
import Testing

/// A relay that cannot be used is found before the plan is frozen: nothing is sent, nobody is branded for it, and no
/// password leaves its file.
@Suite(.serialized) struct BadRelayTests {
  private static let advice = "\nNothing was frozen and nothing was sent. Settle that, then launch again.\n"
  private static let user = PostfixRelay.Login().user

  @Test func relayDown() async throws {
    try await TemporaryFolder.with { queue in
      let port = try PostfixRelay.freePorts().0
      let campaign = try TestCampaign(
        in: queue, customers: RefusedLaunch.customers, relay: ["name: main", "url: \"smtp://localhost:\(port)\""])
      try await expectRefusal(
        of: campaign,
        """
        localhost:\(port): no connection (Connection refused). Check host and port in campaign.yaml and the firewalls on \
        the way.
        """)
      try await SinkRelay.with { relay in
        try replace(":\(port)", with: ":\(relay.port)", in: campaign)
        #expect(try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue).status == 0)
        #expect(try relay.recipients().count == 2)
      }
    }
  }

  @Test func relayWithoutTLS() async throws {
    try await PostfixRelay.with(.withoutTLS) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: RefusedLaunch.customers, relay: relay, more: ["tls: starttls"])
        try await expectRefusal(
          of: campaign,
          """
          localhost:\(relay.port): the relay offers no STARTTLS. Use smtps:// and its port if the relay has one; without \
          TLS nothing is sent.
          """)
        #expect(!relay.log.contains("sasl_username") && !relay.log.contains("authentication failed"))
        #expect(relay.takenCount == 0)
        try replace("tls: starttls", with: "tls: none", in: campaign)
        try await expectLaunch(of: campaign, through: relay)
      }
    }
  }

  @Test func certificateForAnotherName() async throws {
    try await PostfixRelay.with(.wrongHost) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(in: queue, customers: RefusedLaunch.customers, relay: relay)
        try await expectRefusal(
          of: campaign,
          """
          localhost:\(relay.port): the certificate is not trusted (SSL: no alternative certificate subject name matches \
          target host name 'localhost'). Use a name that the certificate holds as host in campaign.yaml.
          """)
        #expect(relay.takenCount == 0)
      }
    }
  }

  @Test func certificateOfAnUnknownAuthority() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(in: queue, customers: RefusedLaunch.customers, relay: relay)
        let good = try campaign.yaml()
        try replace(", ca_file: \(relay.authority?.path ?? "")", with: "", in: campaign)
        try await expectRefusal(
          of: campaign,
          """
          localhost:\(relay.port): the certificate is not trusted (unable to get local issuer certificate). Give the \
          authority's certificate as ca_file in campaign.yaml.
          """)
        #expect(relay.takenCount == 0)
        try campaign.write(yaml: good)
        try await expectLaunch(of: campaign, through: relay)
      }
    }
  }

  /// One login is tried, not one a connection: relays lock accounts after a few.
  @Test func wrongPassword() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let wrong = "Sperrgeheimnis-4711"
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(40, seed: 4), relay: relay, connections: 8)
        let password = try Data(contentsOf: campaign.passwordFile)
        try Data("\(wrong)\n".utf8).write(to: campaign.passwordFile)
        try await expectRefusal(of: campaign, refused(by: relay))
        #expect(failedLogins(at: relay) == 1)
        #expect(relay.takenCount == 0)
        try expectNowhere(wrong, in: campaign)
        try password.write(to: campaign.passwordFile)
        try await expectLaunch(of: campaign, through: relay)
      }
    }
  }

  /// The password was changed while the campaign was paused.
  @Test func wrongPasswordOnResume() async throws {
    try await PostfixRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let wrong = "Sperrgeheimnis-4711"
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(40, seed: 5), relay: relay, connections: 8,
          more: ["limits: [5/h]"])
        try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: queue) { launch in
          try await eventually("the limit is reached") {
            try await CommandStatus.read(campaign).messages["accepted"] == 5
          }
          launch.send(SIGTERM)
          #expect(await launch.outcome().status == 75)
        }
        try replace(", limits: [5/h]", with: "", in: campaign)
        let password = try Data(contentsOf: campaign.passwordFile)
        try Data("\(wrong)\n".utf8).write(to: campaign.passwordFile)
        let resume = try await EilbriefProcess.run("resume", campaign.name, queue: queue)
        #expect(resume.status == 69)
        #expect(
          resume.errors
            == "eilbrief: \(refused(by: relay))\nPaused. `eilbrief resume sommer` continues once that is settled.\n")
        #expect(failedLogins(at: relay) == 1)
        #expect(!resume.output.contains(wrong))
        try expectNowhere(wrong, in: campaign)
        let status = try await CommandStatus.read(campaign)
        #expect(status.state == "paused" && status.messages["queued"] == 35 && status.addsUp)

        try password.write(to: campaign.passwordFile)
        #expect(try await EilbriefProcess.run("resume", campaign.name, queue: queue).status == 0)
        try await relay.untilQueueIsEmpty()
        #expect(relay.takenCount == 40)
      }
    }
  }

  // MARK: -

  private func refused(by relay: PostfixRelay) -> String {
    """
    localhost:\(relay.port): AUTH was answered with “535 5.7.8 Error: authentication failed: authentication failure”. \
    Check username, password_file and auth of the relay in campaign.yaml.
    """
  }

  private func failedLogins(at relay: PostfixRelay) -> Int {
    relay.log.components(separatedBy: "authentication failed").count - 1
  }

  private func replace(_ old: String, with new: String, in campaign: TestCampaign) throws {
    let yaml = try campaign.yaml()
    try #require(yaml.contains(old))
    try campaign.write(yaml: yaml.replacing(old, with: new))
  }

  private func expectRefusal(
    of campaign: TestCampaign, _ message: String, at location: SourceLocation = #_sourceLocation
  ) async throws {
    let outcome = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
    #expect(outcome.status == 69, sourceLocation: location)
    #expect(outcome.errors == "eilbrief: \(message)\(Self.advice)", sourceLocation: location)
    #expect(outcome.output == "", sourceLocation: location)
    let status = try await CommandStatus.read(campaign)
    #expect(status.state == "draft" && status.plan == nil && status.messages["total"] == 0, sourceLocation: location)
    let receipts = campaign.folder.appendingPathComponent("receipts").path
    #expect(!FileManager.default.fileExists(atPath: receipts), sourceLocation: location)
    let database = campaign.queue.appendingPathComponent("queue.sqlite").path
    #expect(!FileManager.default.fileExists(atPath: database), sourceLocation: location)
  }

  private func expectLaunch(of campaign: TestCampaign, through relay: PostfixRelay) async throws {
    let outcome = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
    #expect(outcome.status == 0, "\(outcome.errors)")
    try await relay.untilQueueIsEmpty()
    #expect(relay.takenCount == campaign.customers.count)
  }

  /// Neither in clear nor as AUTH sends it, in any file but the password's own.
  private func expectNowhere(_ secret: String, in campaign: TestCampaign) throws {
    let forms = [
      Data(secret.utf8), Data(Data(secret.utf8).base64EncodedString().utf8),
      Data(Data("\0\(Self.user)\0\(secret)".utf8).base64EncodedString().utf8),
    ]
    let files = FileManager.default.enumerator(at: campaign.queue, includingPropertiesForKeys: [.isRegularFileKey])
    for case let file as URL in try #require(files) where file.lastPathComponent != "relay-password" {
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      let bytes = try Data(contentsOf: file)
      #expect(forms.allSatisfy { bytes.range(of: $0) == nil }, "\(file.lastPathComponent)")
    }
  }
}
