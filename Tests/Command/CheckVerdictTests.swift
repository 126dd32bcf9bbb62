import Foundation
import TestSupport
import Testing

/// The last words of `check` and its exit code: never “Ready” where `launch` or `resume` would not begin.
@Suite struct CheckVerdictTests {
  private static let customer = GeneratedCustomer(
    id: "100", company: "Kanzlei Müller", salutation: "Herr", title: "Dr.", firstName: "Jörg", lastName: "Müller",
    language: "de", contact: "kontakt@mueller.example", phone: "09999 555-100",
    mailboxes: [.init(address: "post@mueller.example", access: "imap")])

  private func check(_ campaign: TestCampaign) async throws -> ChildProcess.Outcome {
    try await EilbriefProcess.run("check", campaign.name, queue: campaign.queue)
  }

  @Test func aMissingPasswordIsNotReady() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: [Self.customer],
        relay: ["name: main", "url: \"smtp://localhost:1\"", "username: post", "password_file: relay-password"])
      let missing = try await check(campaign)
      // The secret may be on another machine.
      #expect(missing.status == 0, "\(missing.errors)")
      #expect(!missing.output.contains("Ready"))
      let verdict = try #require(missing.output.components(separatedBy: "\n\n").last)
      #expect(verdict.hasPrefix("Not ready: `launch` will not begin before this is settled:\n  "))
      #expect(verdict.contains(campaign.passwordFile.path))

      try Data("geheim\n".utf8).write(to: campaign.passwordFile)
      chmod(campaign.passwordFile.path, 0o600)
      let there = try await check(campaign)
      #expect(there.status == 0 && there.output.contains("\nReady, but see the warnings above. Next: eilbrief preview"))
      #expect(there.output.contains("kunden.csv: 1 row, "))
    }
  }

  /// “Ready.” alone is for a campaign without warnings.
  @Test func warningsArePointedAt() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: [Self.customer], relay: ["name: main", "url: \"smtp://localhost:1\""])
      let unused = ["pop3", "e2e", "mx", "website", "central-inbox"]
      let lines = try campaign.yaml().split(separator: "\n").filter { line in
        !unused.contains { line.hasPrefix("  \($0): {") }
      }
      let yaml = lines.joined(separator: "\n") + "\ndkim: relay\n"
      try campaign.write(yaml: yaml)
      let good = try await check(campaign)
      #expect(good.status == 0 && good.output.contains("\nReady. Next: eilbrief preview"), "\(good.output)")
      try campaign.write(yaml: yaml.replacing("deadline: 2099", with: "deadline: 2020"))
      let late = try await check(campaign)
      #expect(
        late.output.contains("\nReady, but see the warnings above. `launch` alone would refuse the deadline. Next: "),
        "\(late.output)")
      #expect(late.output.contains(" --late-is-fine") && late.output.contains("\n  the deadline has passed; "))
    }
  }

  @Test func aLaunchedCampaignIsNotLaunchedAgain() async throws {
    // The second letter is an hour away.
    try await RefusedLaunch.with(more: ["limits: [1/h]"]) { bad in
      let (campaign, name, queue) = (bad.campaign, bad.campaign.name, bad.campaign.queue)
      try await EilbriefProcess.running("launch", name, "--yes", queue: queue) { launch in
        try await eventually("the first letter is accepted") {
          try await CommandStatus.read(campaign).messages["accepted"] == 1
        }
        launch.send(SIGINT)
        #expect(await launch.outcome().status == 75)
      }
      func verdict(_ status: Int32, at location: SourceLocation = #_sourceLocation) async throws -> String {
        let outcome = try await check(campaign)
        #expect(outcome.status == status, "\(outcome.output)\(outcome.errors)", sourceLocation: location)
        let last = outcome.output.components(separatedBy: "\n\n").last ?? ""
        #expect(last.hasPrefix("\(name) was frozen at "), "\(last)", sourceLocation: location)
        #expect(!last.contains("eilbrief launch"), "\(last)", sourceLocation: location)
        return last
      }
      let paused = try await verdict(0)
      #expect(
        paused.contains(" and is paused; 1 letter left. Next: eilbrief status \(name), eilbrief resume \(name)"),
        "\(paused)")

      let yaml = try campaign.yaml()
      try campaign.write(yaml: yaml.replacing("Support-Team", with: "Support"))
      let changed = try await verdict(65)
      #expect(changed.contains("What it is made of has changed since:\n  campaign.yaml: "), "\(changed)")
      let json = try await EilbriefProcess.run("check", name, "--json", queue: queue)
      #expect(json.status == 65 && json.output.contains("\"changes\""))
      #expect(try await EilbriefProcess.run("resume", name, queue: queue).status == 65)

      try campaign.write(yaml: yaml.replacing("limits: [1/h]", with: "connections: 1"))
      #expect(try await EilbriefProcess.run("resume", name, queue: queue).status == 0)
      let completed = try await verdict(0)
      #expect(completed.contains(" and is completed; no letter of it is waiting. Next: "), "\(completed)")
      #expect(completed.contains("eilbrief report \(name)"))
    }
  }

  /// Whoever no row names is not told, before the launch and after it.
  @Test func aLaunchedCampaignSaysWhichRejectedRowsNameNobody() async throws {
    try await RefusedLaunch.with { bad in
      let (campaign, name, queue) = (bad.campaign, bad.campaign.name, bad.campaign.queue)
      var text = try String(contentsOf: campaign.customerFile, encoding: .utf8)
      // A mailbox of nobody, and a firm whose mailbox is no address.
      text += ";;;;;;de;;;post@ohne.example;imap\r\n;Kanzlei Ohne;;;;;de;;;kaputt;imap\r\n"
      try Data(text.utf8).write(to: campaign.customerFile)
      let before = try await check(campaign)
      #expect(before.output.contains("1 row names nobody, who would not be told: line 5"), "\(before.output)")
      let launch = try await EilbriefProcess.run("launch", name, "--yes", "--without-rejected", queue: queue)
      #expect(
        (launch.output + launch.errors).contains("Not told: 1 rejected row of kunden.csv that names nobody, line 5."),
        "\(launch)")
      let after = try await check(campaign)
      #expect(after.output.contains("Rejected rows: 2. Their customers get no letter."), "\(after.output)")
      #expect(after.output.contains("1 customer with rejected rows is on the call list and gets no letter"))
      #expect(after.output.contains("Not told: 1 rejected row of kunden.csv that names nobody, line 5."))
    }
  }

  @Test func aCancelledCampaignIsOver() async throws {
    try await RefusedLaunch.with(more: ["limits: [1/h]"]) { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      try await EilbriefProcess.running("launch", name, "--yes", queue: queue) { launch in
        try await eventually("the first letter is accepted") {
          try await CommandStatus.read(bad.campaign).messages["accepted"] == 1
        }
        #expect(try await EilbriefProcess.run("cancel", name, "--yes", queue: queue).status == 0)
        _ = await launch.outcome()
      }
      let over = try await check(bad.campaign)
      #expect(over.status == 65, "\(over.errors)")
      #expect(over.output.contains(" and is cancelled: nothing of it is sent any more. `eilbrief resume"))
      #expect(!over.output.contains("Ready"))
    }
  }
}
