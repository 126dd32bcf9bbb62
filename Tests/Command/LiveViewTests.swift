import Foundation
import TestSupport
import Testing

/// The live view on real terminals: drawn in place, resized, left clean however it ends; and no escape sequence where there
/// is none.
@Suite(.serialized, .timeLimit(.minutes(15))) struct LiveViewTests {
  /// A launch of some seconds.
  private func with(
    _ count: Int = 40, limits: String = "[8/s]", _ body: (TestCampaign, [String]) async throws -> Void
  ) async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(count, seed: 12), encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none", "limits: \(limits)"])
        try await body(campaign, ["launch", campaign.name, "--yes", "--queue", queue.path])
      }
    }
  }

  private func expectClean(_ shown: ShownTerminal, at place: SourceLocation = #_sourceLocation) {
    let screen = shown.last.joined(separator: "\n")
    #expect(ShownTerminal.bars(in: shown.last) == [], "\(screen)", sourceLocation: place)
    #expect(
      !shown.last.contains { $0.contains(" left") || $0.hasPrefix("deadline ") }, "\(screen)", sourceLocation: place)
    #expect(shown.unknown == [] && shown.left == 0, "\(shown.unknown)", sourceLocation: place)
  }

  @Test(arguments: [80, 40, 20])
  func itIsDrawnInPlaceAndRemoved(columns: Int) async throws {
    try await with { _, launch in
      let shown = try await ShownTerminal.run(launch, columns: columns)
      #expect(shown.status == 0, "\(shown.last)")
      let drawn = shown.frames.filter { !ShownTerminal.bars(in: $0).isEmpty }
      #expect(drawn.count > 3 && drawn.allSatisfy { ShownTerminal.bars(in: $0).count == 1 }, "\(drawn)")
      let frame = try #require(drawn.dropFirst(drawn.count / 2).first)
      #expect(frame.contains { $0.contains(" of 40") } && frame.contains { $0.hasPrefix("accepted ") }, "\(frame)")
      #expect(frame.contains { $0.hasPrefix("sommer") && $0.hasSuffix("ing") }, "\(frame)")
      expectClean(shown)
    }
  }

  @Test func aTerminalMayBeResized() async throws {
    try await with(60) { _, launch in
      let shown = try await ShownTerminal.run(
        launch, columns: 100,
        actions: [
          ("accepted ", 1, .resize(columns: 40)), (" of 60", 1.5, .resize(columns: 20)),
          (" of 60", 1.5, .resize(columns: 120)),
        ])
      #expect(shown.status == 0)
      // Right after a change the old frame is still there, wrapped; the next one has taken its place.
      let widths = Set(shown.frames.flatMap(ShownTerminal.bars).map(\.count))
      #expect(widths.isSuperset(of: [99, 39, 19, 119]), "\(widths)")
      let last = shown.frames.filter { ShownTerminal.bars(in: $0).map(\.count) == [119] }
      #expect(!last.isEmpty)
      for frame in last {
        #expect(frame.filter { $0.hasPrefix("deadline ") }.count == 1, "\(frame.joined(separator: "\n"))")
      }
      expectClean(shown)
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aStoppedLaunchLeavesACleanTerminal(signal: Int32) async throws {
    try await with(200) { campaign, launch in
      let shown = try await ShownTerminal.run(launch, actions: [("accepted ", 1, .signal(signal))])
      #expect(shown.status == 75, "\(shown.last)")
      expectClean(shown)
      #expect(shown.last.contains("Campaign sommer: paused"), "\(shown.last)")
      #expect(shown.last.contains { $0.hasPrefix("Stopping: ") })
    }
  }

  @Test func aLaunchThatFailsLeavesACleanTerminal() async throws {
    try await SinkRelay.with(options: ["-f", "mail"]) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(40, seed: 12), encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none"])
        let shown = try await ShownTerminal.run(["launch", campaign.name, "--yes", "--queue", queue.path])
        #expect(shown.status == 69, "\(shown.last)")
        expectClean(shown)
      }
    }
  }

  @Test func withoutATerminalNoEscapeSequenceIsWritten() async throws {
    try await with(30) { campaign, launch in
      let outcome = try await EilbriefProcess.run("launch", campaign.name, "--yes", queue: campaign.queue)
      #expect(outcome.status == 0 && !(outcome.output + outcome.errors).contains("\u{1B}"))
      let lines = outcome.output.split(separator: "\n").filter { $0.contains(" of 30 done") }
      #expect(lines.count == 1, "\(outcome.output)")
    }
    for environment in [["TERM": "dumb"], ["TERM": ""]] {
      try await with(30) { _, launch in
        let shown = try await ShownTerminal.run(launch, environment: environment)
        #expect(shown.status == 0 && !shown.raw.contains("\u{1B}") && shown.raw.contains(" of 30 done"), "\(shown.raw)")
      }
    }
  }

  @Test func colorsAndUTF8AreThoseOfTheTerminal() async throws {
    try await with(20) { _, launch in
      let plain = try await ShownTerminal.run(launch, environment: ["NO_COLOR": "1"])
      #expect(plain.raw.contains("\u{1B}[K") && !plain.raw.contains(/\x1B\[[0-9]*m/), "\(plain.raw)")
    }
    try await with(20) { _, launch in
      let ascii = try await ShownTerminal.run(launch, environment: ["LC_ALL": "C"])
      #expect(ascii.raw.contains(/\x1B\[[0-9]+m/))
      let bars = ascii.frames.flatMap(ShownTerminal.bars)
      #expect(!bars.isEmpty && bars.allSatisfy { $0.allSatisfy(\.isASCII) }, "\(bars)")
    }
  }

  @Test func statusWatchShowsTheSameFromElsewhere() async throws {
    try await with(200) { campaign, launch in
      try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: campaign.queue) { process in
        try await eventually("letters leave") { try await CommandStatus.read(campaign).messages["accepted"] ?? 0 > 0 }
        let watch = ["status", campaign.name, "--watch", "--queue", campaign.queue.path]
        let shown = try await ShownTerminal.run(watch, columns: 60, actions: [("accepted ", 3, .signal(SIGINT))])
        #expect(shown.status == 0, "\(shown.last)")
        let drawn = shown.frames.filter { !ShownTerminal.bars(in: $0).isEmpty }
        #expect(drawn.count > 1 && drawn.allSatisfy { $0.contains { $0.hasPrefix("sommer") } }, "\(drawn)")
        #expect(ShownTerminal.bars(in: shown.last) == [])
        #expect(shown.last.contains("Campaign sommer: running"), "\(shown.last)")
        process.send(SIGTERM)
        _ = await process.outcome()
      }
      // One that is over is shown once.
      _ = try await EilbriefProcess.run("cancel", campaign.name, "--yes", queue: campaign.queue)
      let over = try await EilbriefProcess.run("status", campaign.name, "--watch", queue: campaign.queue)
      #expect(over.status == 0 && over.output.hasPrefix("Campaign sommer: cancelled\n"), "\(over.output)")
    }
  }

  // MARK: Steps

  @Test func longStepsAreShownAndRemoved() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(2_000, seed: 3), encoding: .utf8,
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\"", "tls: none"])
      let check = ["check", campaign.name, "--queue", queue.path]
      let shown = try await ShownTerminal.run(check)
      #expect(shown.status == 0, "\(shown.last)")
      #expect(shown.frames.contains { $0.contains { $0.wholeMatch(of: /Making the letters: \d+ of \d+/) != nil } })
      #expect(!shown.last.contains { $0.hasPrefix("Making the letters") || $0.hasPrefix("Reading the rows") })
      for signal in [SIGINT, SIGTERM] {
        let stopped = try await ShownTerminal.run(check, actions: [("the letters: ", 0.3, .signal(signal))])
        #expect(stopped.status == -signal && stopped.last == [], "\(stopped.last)")
      }
      let piped = try await EilbriefProcess.run("check", campaign.name, queue: queue)
      #expect(piped.status == 0 && piped.errors == "" && !piped.output.contains("\u{1B}"))
    }
  }

  @Test func shortStepsShowNothing() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(5, seed: 3), encoding: .utf8,
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\"", "tls: none"])
      let shown = try await ShownTerminal.run(["check", campaign.name, "--queue", queue.path])
      #expect(shown.status == 0 && !shown.raw.contains("\u{1B}"), "\(shown.raw)")
    }
  }

  // MARK: Completion

  @Test func bashCompletesTheNamesOfCampaigns() async throws {
    try await TemporaryFolder.with { folder in
      let queue = folder.appendingPathComponent("Queue", isDirectory: true)
      for name in ["sommer", "sonne", "winter"] {
        #expect(try await EilbriefProcess.run("init", name, queue: queue).status == 0)
      }
      try FileManager.default.createDirectory(
        at: queue.appendingPathComponent("sonstiges"), withIntermediateDirectories: true)
      let executable = try EilbriefProcess.executable()
      func complete(_ words: String..., variables: String = "") async throws -> [String] {
        let all = words.map { "'\($0)'" }.joined(separator: " ")
        let script = """
          \(variables) source <('\(executable.path)' --generate-completion-script bash)
          PATH="\(executable.deletingLastPathComponent().path):$PATH"
          COMP_WORDS=(eilbrief \(all)); COMP_CWORD=\(words.count)
          COMP_LINE="eilbrief \(words.joined(separator: " "))"; COMP_POINT=${#COMP_LINE}
          $(complete -p eilbrief | sed 's/.*-F \\([^ ]*\\) .*/\\1/') eilbrief '\(words.last ?? "")' ''
          printf '%s\\n' "${COMPREPLY[@]}"
          """
        let outcome = try await ChildProcess.run("bash", ["-c", script], folder: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      // The default folder is ./Queue.
      #expect(try await complete("status", "so") == ["sommer", "sonne"])
      #expect(try await complete("receipts", "verify", "w") == ["winter"])
      #expect(try await complete("launch", "--queue", queue.path, "") == ["sommer", "sonne", "winter"])
      #expect(try await complete("launch", "--queue", folder.path, "") == [])
      #expect(
        try await complete("check", "s", variables: "export EILBRIEF_QUEUE='\(queue.path)'; cd /;")
          == ["sommer", "sonne"])
    }
  }

  // MARK: The log

  /// Every line is JSON with its campaign, and names no customer, whatever the relay says.
  @Test func theLogInJSONNamesNoCustomer() async throws {
    let customers = ["ok", "defer", "refuse", "lose"].enumerated().map { number, local in
      GeneratedCustomer(
        id: "K-70\(number)", company: "Kanzlei Gänsewein", salutation: "Frau", title: "", firstName: "Zoë",
        lastName: "Gänsewein", language: "de", contact: "\(local)@kanzlei-a\(number + 1).example", phone: "09999 555",
        mailboxes: [.init(address: "post@kanzlei-a\(number + 1).example", access: "imap")])
    }
    let named = customers.flatMap { [$0.contact, $0.contact.uppercased(), $0.id] }.joined(separator: "> <")
    let hostile = "for <\(named)> Gänsewein \u{1B}[31m\u{202E}\",\"level\":\"x\" retry in 30 minutes"
    try await HostileRelay.with(saying: Array(hostile.utf8)) { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: customers, encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "connections: 1"])
        var environment = ChildProcess.plainEnvironment
        environment["EILBRIEF_LOG"] = "trace"
        let launch = try ChildProcess(
          try EilbriefProcess.executable().path,
          ["launch", campaign.name, "--yes", "--queue", queue.path, "--log-format", "json"], environment: environment)
        try await launch.running {
          try await eventually("all were tried: \(launch.errorsSoFar)") {
            try await CommandStatus.read(campaign).messages["queued"] == 0
              && launch.errorsSoFar.contains("\"level\"")
          }
          launch.send(SIGTERM)
          let outcome = await launch.outcome()
          let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("{") }
          #expect(lines.count >= 2, "\(outcome.errors)")
          for line in lines {
            let fields = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
            #expect(fields["campaign"] as? String == campaign.name && fields["level"] as? String != "x", "\(line)")
            let time = try #require(fields["time"] as? String)
            #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            #expect(
              Set(fields.keys).isSubset(of: [
                "time", "level", "message", "campaign", "relay", "message_id", "message_number",
              ]))
            // What the letter knows of its customer, and every address.
            let own = (fields["message_number"] as? Int).map { customers[$0 - 1].id }
            for word in customers.map(\.contact) + ["kanzlei-a", "Gänsewein"] + (own.map { [$0] } ?? []) {
              #expect(!line.lowercased().contains(word.lowercased()), "\(word): \(line)")
            }
            #expect(!line.contains("\u{1B}") && !line.contains("\u{202E}"), "\(line.debugDescription)")
          }
          #expect(
            lines.contains { $0.contains("\"relay\":\"main\"") && $0.contains("\"message_number\":") }, "\(lines)")
        }
      }
    }
  }
}
