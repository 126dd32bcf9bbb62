import Foundation
import TestSupport
import Testing

/// Why letters wait and are not accepted is said everywhere: by the launch, the status of another process, the log and
/// the report.
@Suite(.timeLimit(.minutes(10))) struct WhyTests {
  struct Document: Decodable {
    struct Words: Decodable {
      let phase, text, since, at: String
      let code: Int?
      let enhanced, `class`, scope: String?
    }
    struct Relay: Decodable {
      let name, state: String
      let until, trouble: String?
      let lastWords: Words?
      private enum CodingKeys: String, CodingKey {
        case name, state, until, trouble
        case lastWords = "last_words"
      }
    }
    struct NoEstimate: Decodable {
      let reason: String
      let relay, until: String?
      let letters: Int?
    }
    let eta: String?
    let noEstimate: NoEstimate?
    let relays: [Relay]
    private enum CodingKeys: String, CodingKey {
      case eta, relays
      case noEstimate = "no_eta"
    }

    static func read(_ name: String, in queue: URL) async throws -> Document {
      let outcome = try await EilbriefProcess.run("status", name, "--json", queue: queue)
      guard outcome.status == 0 else { throw HarnessError("status failed: \(outcome.errors)") }
      return try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
    }
  }

  private func hasWords(_ text: String, _ words: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(text.contains(words), "\(words) is not in: \(text)", sourceLocation: location)
  }

  // MARK: The built-in relay

  @Test func aRehearsalGroupsWhyLettersAreNotAccepted() async throws {
    try await TemporaryFolder.with { folder in
      let queue = folder.appendingPathComponent("queue", isDirectory: true)
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(30, seed: 3),
        relay: ["name: main", "url: \"smtp://relay.example:25\""])
      let kept = folder.appendingPathComponent("kept", isDirectory: true)
      let rehearsal = try await ChildProcess.run(
        try EilbriefProcess.executable().path,
        [
          "rehearse", campaign.name, "--queue", queue.path, "--keep", kept.path, "--faults",
          "unknown 30%, greylist 20%, lost-reply 5%",
        ])
      #expect(rehearsal.status == 1, "\(rehearsal.errors)")
      hasWords(rehearsal.output, "  Why letters are not accepted:\n")
      hasWords(rehearsal.output, "the address does not exist, such as customer ")
      hasWords(rehearsal.output, "“550 5.1.1 Recipient unknown”")

      let status = try await EilbriefProcess.run("status", campaign.name, queue: kept)
      hasWords(status.output, "  relay main said last (")
      let relay = try #require(try await Document.read(campaign.name, in: kept).relays.first)
      #expect(relay.name == "main" && relay.lastWords != nil && relay.trouble == nil)

      let text = try await EilbriefProcess.run("report", campaign.name, "reasons", "--format", "text", queue: kept)
      #expect(text.status == 0, "\(text.errors)")
      hasWords(text.output, "“550 5.1.1 Recipient unknown”")
      // The same lines, further in.
      for line in text.output.split(separator: "\n") { hasWords(rehearsal.output, String(line)) }
      let csv = try await EilbriefProcess.run("report", campaign.name, "reasons", queue: kept)
      hasWords(csv.output, "count;state;class;meaning;scope;words;customer\r\n")
      hasWords(csv.output, ";refused;address-dead;the address does not exist;recipient;550 5.1.1 Recipient unknown;")
      let html = try await EilbriefProcess.run("report", campaign.name, "reasons", "--format", "html", queue: kept)
      #expect(html.status == 64)
    }
  }

  // MARK: A delivery that waits

  private func customers(_ locals: [String]) -> [GeneratedCustomer] {
    locals.enumerated().map { number, local in
      GeneratedCustomer(
        id: "A\(number + 1)", company: "Kanzlei Müller", salutation: "Frau", title: "", firstName: "Zoë",
        lastName: "Müller", language: "de", contact: "\(local)@kanzlei-a\(number + 1).example", phone: "09999 555",
        mailboxes: [.init(address: "post@kanzlei-a\(number + 1).example", access: "imap")])
    }
  }

  /// The relay's words steer a terminal and name a customer. They are harmless wherever they are shown, and name nobody.
  @Test func whatLettersWaitForIsSaidEverywhere() async throws {
    let address = "defer@kanzlei-a2.example"
    let hostile = "for <\(address)> \u{1B}[31m\u{202E} retry in 30 minutes"
    try await HostileRelay.with(saying: Array(hostile.utf8)) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: customers(["ok", "defer", "refuse"]), encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "connections: 1"])
        let executable = try EilbriefProcess.executable().path
        var environment = ChildProcess.plainEnvironment
        environment["EILBRIEF_LOG"] = "info"
        let launch = try ChildProcess(
          executable, ["launch", campaign.name, "--yes", "--queue", queue.path], environment: environment)
        try await launch.running {
          try await eventually("the letter waits; the launch says: \(launch.outputSoFar)\(launch.errorsSoFar)") {
            try await Document.read(campaign.name, in: queue).relays.contains { $0.lastWords != nil }
              && launch.outputSoFar.contains("next attempt") && launch.outputSoFar.contains("main: ")
          }
          let status = try await EilbriefProcess.run("status", campaign.name, queue: queue)
          let json = try await EilbriefProcess.run("status", campaign.name, "--json", queue: queue)
          let document = try await Document.read(campaign.name, in: queue)
          let said = try #require(document.relays.first?.lastWords)
          hasWords(status.output, "  relay main said last (")
          hasWords(status.output, "[31m\\u{202E} retry")
          hasWords(status.output, " it concerns ")
          #expect(said.class != nil && said.scope != nil && said.phase == "rcpt", "\(said)")
          // The end is when the letter is due, not what the rate of the first second says.
          let eta = try #require(document.eta)
          let end = try Date(eta, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
          #expect(end > Date(timeIntervalSinceNow: 20 * 60) && document.noEstimate == nil)
          hasWords(launch.outputSoFar, "main: ")
          hasWords(launch.errorsSoFar, " relay main: ")
          launch.send(SIGTERM)
          let outcome = await launch.outcome()
          #expect(outcome.status == 75, "\(outcome.errors)")
          hasWords(outcome.output, "  Why letters are not accepted:\n")
          hasWords(outcome.output, "deferred  ")
          hasWords(outcome.output, " such as customer A2")
          let after = try await EilbriefProcess.run("status", campaign.name, queue: queue)
          hasWords(after.output, "  relay main said last (")
          let report = try await EilbriefProcess.run(
            "report", campaign.name, "reasons", "--format", "json", queue: queue)
          for text in [status.output, json.output, outcome.output, outcome.errors, after.output, report.output] {
            #expect(!text.contains(address) && !text.contains("kanzlei-a2"), "\(text)")
            #expect(!text.contains("\u{1B}[31m") && !text.contains("\u{202E}"), "\(text.debugDescription)")
          }
          hasWords(report.output, "<address>")
        }
      }
    }
  }

  @Test func aRelayThatIsGoneIsSaidToRestAndNothingIsEstimated() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try await HostileRelay.with(saying: []) { relay in
        // The relay has taken one letter, and is gone before the second may go.
        let campaign = try TestCampaign(
          in: queue, customers: customers(["ok", "ok", "ok"]), encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "connections: 1", "limits: [1/10s]"])
        let launch = try ChildProcess(
          try EilbriefProcess.executable().path, ["launch", campaign.name, "--yes", "--queue", queue.path])
        try await eventually("a letter is taken") {
          try await CommandStatus.read(campaign).messages["accepted"] == 1
        }
        return (campaign, launch)
      }
      try await campaign.1.running {
        try await eventually("the relay rests: \(campaign.1.outputSoFar)\(campaign.1.errorsSoFar)") {
          try await Document.read(campaign.0.name, in: queue).noEstimate?.reason == "relay-rests"
        }
        let document = try await Document.read(campaign.0.name, in: queue)
        #expect(document.eta == nil && document.noEstimate?.relay == "main" && document.noEstimate?.until != nil)
        #expect(document.relays.map(\.state) == ["resting"] && document.relays[0].lastWords?.code == nil)
        let status = try await EilbriefProcess.run("status", campaign.0.name, queue: queue)
        hasWords(status.output, "no estimate: ")
        hasWords(status.output, " for the relay main, which rests until ")
        hasWords(status.output, "  relay main rests since ")
        #expect(!status.output.contains("about "))
      }
    }
  }
}
