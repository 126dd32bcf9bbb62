import Foundation
import TestSupport
import Testing

/// Ctrl-C, SIGTERM, `pause` and `cancel` end a delivery whatever its relay does. The relay's time limits are minutes; the
/// process has to end without them.
@Suite struct StopTests {
  enum Order: String, CaseIterable { case interrupt, terminate, pause, cancel }

  /// Less than any limit of a relay, and long enough for a machine under load.
  private static let soon = Duration.seconds(100)

  private func campaign(
    in queue: URL, _ relays: [SilentRelay], customers: Int = 3, connections: Int = 2, more: [String] = []
  ) throws -> TestCampaign {
    func entry(_ number: Int) -> [String] {
      [
        "name: relay\(number)", "url: \"smtp://127.0.0.1:\(relays[number].port)\"", "tls: none",
        "connections: \(connections)",
      ] + more
    }
    let campaign = try TestCampaign(
      in: queue, customers: GeneratedCustomer.customers(customers, seed: 10), relay: entry(0))
    let others = relays.indices.dropFirst().map { "  - {\(entry($0).joined(separator: ", "))}\n" }.joined()
    try campaign.write(yaml: campaign.yaml().replacing("retry: {", with: "\(others)retry: {"))
    return campaign
  }

  private func give(_ order: Order, to launch: EilbriefProcess, of campaign: TestCampaign) async throws {
    switch order {
    case .interrupt: launch.send(SIGINT)
    case .terminate: launch.send(SIGTERM)
    case .pause, .cancel:
      let more = order == .cancel ? ["--yes"] : []
      let asked = try await ChildProcess.run(
        try EilbriefProcess.executable().path,
        [order.rawValue, campaign.name] + more + ["--queue", campaign.queue.path])
      #expect(asked.status == 0, "\(asked.errors)")
      #expect(asked.output.contains("Asked process \(launch.child.identifier)"))
    }
  }

  private func requireSoon<Value>(_ body: () async throws -> Value) async rethrows -> Value {
    let start = ContinuousClock.now
    let value = try await body()
    #expect(ContinuousClock.now - start < Self.soon)
    return value
  }

  @Test(arguments: [SilentRelay.Habit.mail, .rcpt, .data], Order.allCases)
  func beforeTheDotTheLetterStaysInTheQueue(_ habit: SilentRelay.Habit, _ order: Order) async throws {
    try await SilentRelay.with(habit) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(in: queue, [relay])
        try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: queue) { launch in
          try await eventually("the relay is silent: \(launch.errorsSoFar)") { relay.events.contains("silent") }
          let outcome = try await requireSoon {
            try await give(order, to: launch, of: campaign)
            return await launch.outcome()
          }
          #expect(outcome.status == (order == .cancel ? 1 : 75), "\(outcome.output)\(outcome.errors)")
          #expect(!outcome.errors.contains("waiting up to"), "\(outcome.errors)")
          #expect(outcome.errors.contains("Stopping: ") == [.interrupt, .terminate].contains(order))
        }
        let status = try await CommandStatus.read(campaign)
        #expect(status.addsUp && relay.recipients.isEmpty)
        let open = (status.messages["queued"] ?? 0) + (status.messages["deferred"] ?? 0)
        #expect(order == .cancel ? status.messages["cancelled"] == 3 : open == 3, "\(status.messages)")
        let verified = try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: queue)
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
      }
    }
  }

  @Test(arguments: Order.allCases) func afterTheDotItIsUncertain(_ order: Order) async throws {
    try await SilentRelay.with(.dot) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(in: queue, [relay], connections: 1)
        try await EilbriefProcess.running(
          "launch", campaign.name, "--yes", "--wait", "2", queue: queue
        ) { launch in
          try await eventually("the relay is silent: \(launch.errorsSoFar)") { relay.events.contains("silent") }
          let outcome = try await requireSoon {
            try await give(order, to: launch, of: campaign)
            return await launch.outcome()
          }
          #expect(outcome.status == (order == .cancel ? 1 : 75), "\(outcome.output)\(outcome.errors)")
          #expect(
            outcome.errors.contains("waiting up to 2 s for the relay's answer to 1 letter\n"), "\(outcome.errors)")
        }
        let status = try await CommandStatus.read(campaign)
        #expect(status.addsUp && status.messages["uncertain"] == 1 && relay.recipients.count == 1, "\(status.messages)")
      }
    }
  }

  /// What was broken off goes out on resume, each letter once.
  @Test func resumeSendsWhatWasBrokenOff() async throws {
    try await SilentRelay.with(.data) { silent in
      try await SilentRelay.with(.none) { good in
        try await TemporaryFolder.with { queue in
          let campaign = try campaign(in: queue, [silent])
          try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: queue) { launch in
            try await eventually("the relay is silent") { silent.events.contains("silent") }
            launch.send(SIGINT)
            _ = await launch.outcome()
          }
          try campaign.write(yaml: campaign.yaml().replacing(":\(silent.port)\"", with: ":\(good.port)\""))
          let resumed = try await EilbriefProcess.run("resume", campaign.name, queue: queue)
          #expect(resumed.status == 0, "\(resumed.output)\(resumed.errors)")
          #expect(silent.recipients.isEmpty && good.recipients == campaign.customers.map(\.contact).sorted())
        }
      }
    }
  }

  /// A relay that does not answer QUIT costs nothing at the start, and little at the end.
  @Test func aSilentGoodbyeHoldsNobodyUp() async throws {
    try await SilentRelay.with(.quit) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(in: queue, [relay])
        let outcome = try await requireSoon {
          try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        }
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(relay.recipients == campaign.customers.map(\.contact).sorted())
      }
    }
  }

  @Test(arguments: [SilentRelay.Habit.greeting, .ehlo])
  func aDeadRelayBesideAGoodOneCostsNoTime(_ habit: SilentRelay.Habit) async throws {
    try await SilentRelay.with(habit) { dead in
      try await SilentRelay.with(.none) { good in
        try await TemporaryFolder.with { queue in
          for relays in [[dead, good], [good, dead]] {
            let campaign = try campaign(in: queue.appendingPathComponent("\(relays[0].port)"), relays, customers: 1)
            let outcome = try await requireSoon {
              try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
            }
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.errors.contains("127.0.0.1:\(dead.port): no session within 2 seconds"), "\(outcome.errors)")
          }
          #expect(good.recipients.count == 2 && dead.recipients.isEmpty)
        }
      }
    }
  }

  @Test func aRelayThatDoesNotGreetIsTold() async throws {
    try await SilentRelay.with(.greeting) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(in: queue, [relay])
        for verb in ["launch", "check"] {
          let more = verb == "launch" ? "--yes" : "--online"
          try await EilbriefProcess.running(verb, campaign.name, more, queue: queue) { process in
            try await eventually("it is told, before any time limit") {
              process.errorsSoFar.contains("trying relay0 (127.0.0.1:\(relay.port)) … no session for 10 s\n")
            }
          }
        }
      }
    }
  }

  // MARK: PIPELINING and SIZE

  @Test func swallowedCommandsCostNoLetter() async throws {
    try await SilentRelay.with(.swallow) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(in: queue, [relay], customers: 4, connections: 1)
        let outcome = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(relay.recipients == campaign.customers.map(\.contact).sorted())
        #expect(outcome.errors.contains("relay0 (127.0.0.1:\(relay.port)) offers PIPELINING, but"), "\(outcome.errors)")
      }
    }
  }

  @Test func swallowedCommandsAreAvoidedWhereItIsSaid() async throws {
    try await SilentRelay.with(.swallow) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(in: queue, [relay], more: ["pipelining: no"])
        let outcome = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.output)\(outcome.errors)")
        #expect(relay.recipients.count == 3)
      }
    }
  }

  @Test func aSmallSizeIsFoundBeforeTheLaunch() async throws {
    try await SilentRelay.with(.small) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try campaign(in: queue, [relay])
        let words = /takes messages up to 2,000 bytes, but the largest letter has (\d+,\d+) bytes/
        let launch = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: queue)
        #expect(launch.status == 69, "\(launch.output)\(launch.errors)")
        let figure = try #require(launch.errors.firstMatch(of: words)?.output.1)
        #expect(launch.errors.contains("Nothing was frozen and nothing was sent."))
        #expect(!FileManager.default.fileExists(atPath: queue.appendingPathComponent("queue.sqlite").path))
        let check = try await EilbriefProcess.run("check", campaign.name, "--online", "--json", queue: queue)
        #expect(check.output.contains("up to 2,000 bytes, but the largest letter has \(figure) bytes"))
        // As large as the largest letter file that `preview` writes, which is a letter as it is sent.
        let letters = queue.appendingPathComponent("letters")
        _ = try await EilbriefProcess.run("preview", campaign.name, "--all", letters.path, queue: queue)
        let sizes = try FileManager.default.contentsOfDirectory(at: letters, includingPropertiesForKeys: [.fileSizeKey])
          .compactMap { try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize }
        let largest = try #require(Int(figure.replacing(",", with: "")))
        // Dates may differ by a digit.
        #expect(abs((sizes.max() ?? 0) - largest) <= 2)
        #expect(relay.recipients.isEmpty)
      }
    }
  }
}
