import Foundation
import TestSupport
import Testing

/// Words of others reach a terminal with everything visible that would steer it, turn its text around or hide in it.
///
/// Every command is run on a campaign whose every word from outside holds such characters: the queue folder's name, the
/// customers, the relay's replies, DNS, the relay's log, the campaign file, templates, the environment; into pipes, and on
/// a terminal.
@Suite(.serialized, .timeLimit(.minutes(15))) struct HostileWordsTests {
  /// One of each kind; no line feed, which a path or a field may not have here.
  static let hostile =
    "\u{1B}[31m\u{7}\u{8}\r\t\u{7F}\u{9B}2J\u{85}\u{AD}\u{61C}\u{200B}\u{200E}\u{202E}gpj\u{2066}\u{2028}\u{2029}\u{2060}\u{FEFF}\u{FFF9}\u{E0041}"
  /// What a customer file may have: the rest of it makes a row rejected.
  private static let invisible = "\u{200B}\u{200E}\u{2060}\u{FEFF}\u{FFF9}\u{E0041}"

  private struct Case {
    var words: [String]
    var environment: [String: String] = [:]
    /// Whether there is nothing hostile in what it prints.
    var isHarmless = false
    /// A document for another program, raw in a pipe.
    var isDocument = false

    init(
      _ words: String..., environment: [String: String] = [:], isHarmless: Bool = false, isDocument: Bool = false
    ) {
      (self.words, self.environment, self.isHarmless, self.isDocument) = (words, environment, isHarmless, isDocument)
    }
  }

  /// The characters that must not be there, whatever the program itself takes for them.
  private static func controls(in text: String, but allowed: Set<UInt32> = []) -> [String] {
    let ranges: [ClosedRange<UInt32>] = [
      0...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x61C...0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F,
      0xFEFF...0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F,
    ]
    return text.unicodeScalars.filter { scalar in
      scalar != "\n" && !allowed.contains(scalar.value) && ranges.contains { $0.contains(scalar.value) }
    }.map { "U+" + String($0.value, radix: 16) }
  }

  private static let marks = ["\\u{", "\\u00", "\\u20", "\\033", "\u{FFFD}"]

  // MARK: The two ways of output

  @discardableResult
  private func run(
    _ all: Case, onTerminal: Bool, _ done: inout Set<[String]>, at location: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let executable = try EilbriefProcess.executable().path
    var environment = ChildProcess.plainEnvironment
    environment.merge(all.environment) { $1 }
    let outcome: ChildProcess.Outcome
    if onTerminal {
      let command = ([executable] + all.words).map { "'\($0)'" }.joined(separator: " ")
      outcome = try await ChildProcess.run("script", ["-qec", command, "/dev/null"], environment: environment)
    } else {
      outcome = try await ChildProcess.run(executable, all.words, environment: environment)
    }
    let name = all.words.joined(separator: " ")
    var text = outcome.output + outcome.errors
    if onTerminal {
      // The terminal's own line end, and the one sequence of ours.
      text = text.replacingOccurrences(of: "\r\n", with: "\n", options: .literal)
      text = text.replacingOccurrences(of: "\r\u{1B}[K", with: "", options: .literal)
    }
    #expect(
      (0...78).contains(outcome.status ?? -1) && outcome.status != 70, "\(name): \(outcome.ending)\n\(text)",
      sourceLocation: location)
    let raw = all.isDocument && !onTerminal
    let allowed: Set<UInt32> = all.words.contains("tab") ? [9] : []
    if !raw {
      let found = Self.controls(in: text, but: allowed)
      #expect(
        found == [], "\(name), \(onTerminal ? "terminal" : "pipe"): \(text.debugDescription)", sourceLocation: location)
    }
    #expect(
      all.isHarmless || raw || Self.marks.contains(where: text.contains),
      "\(name) shows nothing hostile: \(text)", sourceLocation: location)
    done.insert(all.words)
    return text
  }

  // MARK: The campaign

  private static func customer(_ id: String, _ local: String, _ access: String = "imap") -> GeneratedCustomer {
    GeneratedCustomer(
      id: id, company: "Kanzlei \(invisible)Müller", salutation: "Frau", title: "", firstName: "Zoë\(invisible)",
      lastName: "Mül\(invisible)ler", language: "de", contact: "\(local)@kanzlei-\(id.lowercased()).example",
      phone: "09999 555\(invisible)",
      mailboxes: [.init(address: "post@kanzlei-\(id.lowercased()).example", access: access)])
  }

  /// - Parameter words: In a row that is rejected.
  private func campaign(
    _ name: String, in queue: URL, _ relay: HostileRelay, rejected words: String
  ) throws -> TestCampaign {
    var customers = [
      Self.customer("A1", "ok"), Self.customer("A2", "refuse"), Self.customer("A3", "lose"),
      Self.customer("A4", "lose"),
      Self.customer("A5", "ok", "central-inbox"),
    ]
    customers.append(
      GeneratedCustomer(
        id: "A6", company: "Kanzlei \(words)", salutation: "Frau", title: "",
        firstName: "",
        lastName: "Weber", language: "de", contact: "weber\(words)@kanzlei-a6.example",
        phone: "", mailboxes: [.init(address: "post@kanzlei-a6.example", access: "imap")]))
    return try TestCampaign(
      name, in: queue, customers: customers, encoding: .utf8,
      relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "connections: 1"])
  }

  /// Postfix's log for two letters: one of them taken.
  private func log(_ campaign: TestCampaign, _ queue: URL) async throws -> String {
    let report = try await ChildProcess.tool(
      try EilbriefProcess.executable().path,
      ["report", campaign.name, "--format", "json", "--queue", queue.path])
    let rows = try JSONSerialization.jsonObject(with: Data(report.utf8)) as? [[String: Any]] ?? []
    func id(_ customer: String) throws -> String {
      try #require(rows.first { $0["customer"] as? String == customer }?["message_id"] as? String)
    }
    func stamp(_ seconds: TimeInterval) -> String { Date(timeIntervalSinceNow: seconds).formatted(.iso8601) }
    let path = queue.appendingPathComponent("\(campaign.name) \(Self.hostile).log").path
    let lines = try [
      "\(stamp(-7200)) relay postfix/anvil[17]: statistics",
      "\(stamp(0)) relay postfix/cleanup[17]: 4ABCDE: message-id=\(id("A1"))",
      "\(stamp(0)) relay postfix/qmgr[17]: 4ABCDE: from=<a@kanzlei-it.example>, size=1, nrcpt=1 (queue active)",
      "\(stamp(0)) relay postfix/cleanup[17]: 4ABCDF: message-id=\(id("A3"))",
      "\(stamp(0)) relay postfix/qmgr[17]: 4ABCDF: from=<a\(Self.hostile)@kanzlei-it.example>, nrcpt=1 (queue active)",
      "\(stamp(7200)) relay postfix/anvil[17]: statistics \(Self.hostile)",
    ]
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  private static let zone = [
    #"kanzlei-it IN TXT "v=spf1 \027[31m\194\155\226\128\174 -all""#,
    #"_dmarc.kanzlei-it IN TXT "v=DMARC1; p=\027]0;x\007\226\128\174""#, "kanzlei-it IN MX 10 mail.kanzlei-it",
    "mail.kanzlei-it IN A 192.0.2.10",
  ]

  @Test(arguments: [false, true])
  func everyCommandShowsThem(onTerminal: Bool) async throws {
    let commands = try await CommandList.read()
    #expect(commands.count >= 22)
    try await HostileRelay.with(saying: Array(Self.hostile.replacing("\r", with: "").utf8) + [0x9B, 0x32, 0x4A, 0xFF]) {
      relay in
      try await TestNameServer.with(Self.zone) { server in
        try await TemporaryFolder.with { folder in
          let queue = folder.appendingPathComponent("Queue \(Self.hostile)", isDirectory: true)
          try FileManager.default.createDirectory(at: queue, withIntermediateDirectories: true)
          // C1 in a customer file means another encoding, and stops everything: that is the case of another campaign.
          let words = String(
            String.UnicodeScalarView(
              Self.hostile.unicodeScalars.filter { !(0x80...0x9F).contains($0.value) && $0 != "\r" }))
          let campaign = try self.campaign("sommer", in: queue, relay, rejected: words)
          try campaign.write(yaml: campaign.yaml() + "release: two\n")
          var done: Set<[String]> = []
          func run(_ cases: Case...) async throws {
            for var one in cases {
              one.words += ["--queue", queue.path]
              let text = try await self.run(one, onTerminal: onTerminal, &done)
              if one.words[0] == "launch" { #expect(text.contains("  uncertain  2"), "\(text)") }
            }
          }
          func new(_ name: String) -> String { queue.appendingPathComponent("\(name) \(Self.hostile)").path }

          try await run(Case("init", "neu"), Case("init", "neu"), Case("queue", "init"))
          try await run(
            Case("check", "sommer"), Case("check", "sommer", "--json"),
            Case("check", "sommer", "--rejected", new("rows.csv")),
            Case("check", "sommer", "--rejected", new("rows") + ".xlsx"),
            Case("check", "sommer", "--rejected", new("rows.csv"), "--force", "--json"),
            Case("check", "sommer", "--online", "--resolver", server.address),
            Case("check", "sommer", "--online", "--resolver", server.address, "--json"))
          let browser = folder.appendingPathComponent("browser\(Self.invisible)")
          try FileManager.default.createSymbolicLink(atPath: browser.path, withDestinationPath: "/bin/true")
          try await run(
            Case("preview", "sommer", "--customer", "A1"), Case("preview", "sommer", "--customer", "A6"),
            Case("preview", "sommer", "--customer", "A1", "--format", "text"),
            Case("preview", "sommer", "--customer", "A1", "--format", "html", isDocument: true),
            // Its bytes are ASCII.
            Case("preview", "sommer", "--customer", "A1", "--format", "eml", isHarmless: true, isDocument: true),
            Case("preview", "sommer", "--sample"), Case("preview", "sommer", "--all", new("all")),
            Case("preview", "sommer", "--sample", "--open", environment: ["DISPLAY": ":0", "BROWSER": browser.path]))
          try await run(
            Case("send-test", "sommer", "--to", "ok@firm.example", "--customer", "A2"),
            Case("send-test", "sommer", "--to", "refuse@firm.example", "--customer", "A1"),
            Case("send-test", "sommer", "--to", "no \(Self.hostile)", "--customer", "A1"),
            Case("send-test", "sommer", "--to", "ok@firm.example", "--customer", "A1", "--relay", Self.hostile))
          try await run(
            Case("rehearse", "sommer", "--at-speed", isHarmless: true),
            Case("rehearse", "sommer", "--at-speed", "--json", isHarmless: true),
            Case("rehearse", "sommer"), Case("rehearse", "sommer", "--keep", new("scratch")),
            Case("rehearse", "sommer", "--faults", "greylist 10% \(Self.hostile)"))
          try await run(
            // It names the character by its code point.
            Case(
              "approve", "sommer", "--as", "Telefondienst \(Self.hostile)", "--yes", "--without-rejected",
              isHarmless: true
            ),
            Case("approve", "sommer", "--as", "Telefondienst", "--yes", "--without-rejected"),
            // Digests and a name that has been looked at.
            Case("approve", "sommer", "--as", "Udo Test", "--yes", "--without-rejected", "--json", isHarmless: true))
          try await run(
            Case("pause", "sommer"),
            Case(
              "launch", "sommer", "--yes", "--without-rejected", environment: ["EILBRIEF_LOG": "trace"]),
            Case("resume", "sommer", isHarmless: true), Case("resume", "sommer", "--frozen", isHarmless: true),
            Case("resume", "sommer", "--detach", isHarmless: true), Case("worker", "--once"))
          let token = queue.appendingPathComponent("page-token")
          try Data("no token\n".utf8).write(to: token)
          try await run(Case("serve", "--port", "0"))
          try FileManager.default.removeItem(at: token)
          try await run(
            Case("status", "sommer"), Case("status", "sommer", "--watch", isHarmless: true),
            Case("status", "sommer", "--json", isHarmless: true))
          for part in ["customers", "calls", "reasons"] {
            for format in ["csv", "json"] {
              try await run(Case("report", "sommer", part, "--format", format, isDocument: format == "csv"))
            }
            try await run(Case("report", "sommer", part, "--delimiter", "tab", isDocument: true))
          }
          try await run(
            Case("report", "sommer", "calls", "--format", "html", isDocument: true),
            Case("report", "sommer", "calls", "--format", "text", isDocument: true),
            Case("report", "sommer", "reasons", "--format", "text", isDocument: true),
            Case("report", "sommer", "--format", "html"), Case("report", "sommer", "summary", "--format", "json"),
            Case("report", "sommer", "--format", "html", "--customer", "A2"),
            Case("report", "sommer", "--format", "pdf", "--output", new("report") + ".pdf", isHarmless: true),
            Case("report", "sommer", "--format", "json", "--customer", "A2"),
            Case("report", "sommer", "--output", queue.path))
          let form = new("form.csv")
          try Data("Customer;Called by;Outcome;Note;Time\r\n\(Self.hostile);x;\(Self.hostile);;\r\n".utf8)
            .write(to: URL(fileURLWithPath: form))
          try await run(
            Case("calls", "list", "sommer"), Case("calls", "list", "sommer", "--brief"),
            Case("calls", "list", "sommer", "--json"), Case("calls", "list", "sommer", "--output", new("calls.csv")),
            Case(
              "calls", "done", "sommer", "A5", "--by", "Telefondienst", "--outcome", "no-answer", "--note",
              Self.hostile,
              isHarmless: true),
            Case("calls", "done", "sommer", "no \(Self.hostile)", "--by", "Telefondienst", "--outcome", "reached"),
            Case("calls", "done", "sommer", "A5", "--by", "K", "--outcome", "reached", "--at", "at \(Self.hostile)"),
            Case("calls", "list", "sommer", "--brief", "--all"), Case("calls", "import", "sommer", form))
          let lines = try String(
            contentsOf: campaign.folder.appendingPathComponent("receipts/receipts.jsonl"), encoding: .utf8)
          let taken = try #require(
            lines.firstMatch(of: /"event":"accepted".*"message_id":"(<[^"]+>)"/)?.output.1)
          let returned = new("returned\(Self.hostile).eml")
          try Data(ReturnedMails.about(String(taken), saying: "550 5.1.1 \(Self.hostile)").utf8)
            .write(to: URL(fileURLWithPath: returned))
          try await run(
            Case("bounces", "read", "sommer", returned),
            // Read again it is known, and no word of it is shown.
            Case("bounces", "read", "sommer", returned, "--json", isHarmless: true),
            Case("bounces", "read", "sommer", returned + "gone"))
          let export = new("mailboxes.csv")
          try Data("user;changed\r\n\(Self.hostile);\(Self.hostile)\r\na@other.example;2026-11-30\r\n".utf8)
            .write(to: URL(fileURLWithPath: export))
          // No word of a cell is shown, which may be a password.
          try await run(
            Case("changed", "sommer", export, isHarmless: true),
            Case("changed", "sommer", export, "--without-rejected", isHarmless: true),
            Case("locked", "sommer", export, "--columns", "mailbox=\(Self.hostile)", isHarmless: true),
            Case("changed", "sommer", export, "--time-zone", Self.hostile, isHarmless: true),
            Case("changed", "sommer", export, "--domain", Self.hostile, isHarmless: true))
          try await run(
            Case("remind", "sommer", "--everybody", isHarmless: true),
            Case("remind", "sommer", "--as", Self.hostile, "--everybody"),
            Case("remind", "sommer", "--deadline", Self.hostile, "--everybody", isHarmless: true),
            Case("follow-up", "sommer", "--letter", "breach-notice", isHarmless: true),
            Case("follow-up", "sommer", "--letter", Self.hostile))
          try await run(
            Case("receipts", "verify", "sommer", isHarmless: true),
            Case("receipts", "verify", "sommer", "--json", isHarmless: true),
            Case("receipts", "show", "sommer", "--customer", "A2"),
            Case("receipts", "show", "sommer", "--customer", "A2", "--json"),
            Case("receipts", "prove", "sommer", "--customer", "A2"),
            Case("receipts", "prove", "sommer", "--customer", "A2", "--json"),
            Case("receipts", "prove", "sommer", "--customer", "A1", "--output", new("proof")),
            Case("receipts", "export", "sommer", new("export")))
          let code = try #require(try relay.codes().last)
          try await run(
            Case("verify", code), Case("verify", code, "--json"),
            Case("verify", "1234 \(Self.hostile)", isHarmless: true),
            // A code that no letter has.
            Case("verify", "0000 0000 5724"))
          let log = try await self.log(campaign, queue)
          try await run(
            Case("resolve", "sommer", "--relay-log", log),
            // What names another sender settles nothing.
            Case("receipts", "show", "sommer", "--customer", "A3", isHarmless: true),
            Case("resolve", "sommer", "--customer", "no \(Self.hostile)", "--resend"),
            Case("resolve", "sommer", "--assume-accepted", isHarmless: true), Case("cancel", "neu", "--yes"),
            Case("purge", "sommer", isHarmless: true))
          // Somebody has written to the receipts.
          let receipts = campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
          let sound = try Data(contentsOf: receipts)
          try (sound + Data("{\"seq\":99,\"\(Self.hostile)\":\"\(Self.hostile)\"}\n".utf8)).write(to: receipts)
          try await run(
            Case("receipts", "verify", "sommer"), Case("receipts", "verify", "sommer", "--json", isHarmless: true),
            Case("receipts", "show", "sommer", "--customer", "A1"))
          try sound.write(to: receipts)
          try await run(
            Case("purge", "sommer", "--now", "--confirm", "sommer"), Case("purge", "sommer", isHarmless: true))

          let yaml = try campaign.yaml()
          try campaign.write(yaml: yaml + "\"evil\\e[31m\\u202e\\u009b\": 1\n\(Self.hostile): 2\n")
          try await run(Case("check", "sommer"))
          try campaign.write(yaml: yaml + "\(Self.hostile.replacing("\u{1B}", with: "")): 2\n")
          try await run(Case("check", "sommer"))
          let other = try self.campaign("winter", in: queue, relay, rejected: Self.hostile.replacing("\r", with: ""))
          try await run(Case("check", "winter"), Case("check", "winter", "--json"))
          let template = other.folder.appendingPathComponent("templates/password-change\(Self.hostile)/de.txt.mustache")
          try FileManager.default.createDirectory(
            at: template.deletingLastPathComponent(), withIntermediateDirectories: true)
          try Data("{{nothing\(Self.hostile)}}".utf8).write(to: template)
          try await run(
            Case("check", "winter", "--online"), Case("preview", "winter", "--sample"),
            Case("check", "winter", environment: ["EILBRIEF_LOG": "loud\(Self.hostile)"]),
            Case("check", "winter", "--online", "--resolver", "192.0.2.\(Self.hostile)"),
            Case("check", "winter\(Self.hostile)", isHarmless: true),
            Case("check", "winter", "--no-option\(Self.hostile)"), Case("status", "winter", "more\(Self.hostile)"))
          try await self.run(Case("no-verb\(Self.hostile)"), onTerminal: onTerminal, &done)
          for more in [[], ["--json"], ["--phase", "no\(Self.hostile)"]] {
            var one = Case("explain", "550 5.1.1 \(Self.hostile)", isHarmless: true)
            one.words += more
            try await self.run(one, onTerminal: onTerminal, &done)
          }
          let mail = queue.appendingPathComponent("mail\(Self.hostile).eml")
          try Data(ReturnedMails.bounce(saying: Self.hostile).utf8).write(to: mail)
          for more in [[], ["--json"], [mail.path + "gone"]] {
            var one = Case("bounces", "explain", mail.path)
            one.words += more
            try await self.run(one, onTerminal: onTerminal, &done)
          }
          for (words, key) in [(["--json"], "key.json"), ([], "key.text")] {
            var one = Case("dkim-key", "--domain", "kanzlei-it.example", "--selector", "a", "--output", new(key))
            one.words += words
            try await self.run(one, onTerminal: onTerminal, &done)
            try await self.run(one, onTerminal: onTerminal, &done)
          }
          expectCases(done, for: commands)
        }
      }
    }
  }

  /// Every command has a case, in JSON too where it prints that, and in each format.
  private func expectCases(_ done: Set<[String]>, for commands: [[String]: CommandList.Command]) {
    for (path, command) in commands {
      let cases = done.filter { Array($0.prefix(path.count)) == path }
      #expect(cases.contains { !$0.contains("--json") }, "no case for \(path.joined(separator: " "))")
      if command.has("json") {
        #expect(cases.contains { $0.contains("--json") }, "no case for \(path.joined(separator: " ")) --json")
      }
      for format in command.values(of: "format") ?? [] {
        #expect(cases.contains { $0.contains(format) }, "no case for \(path.joined(separator: " ")) --format \(format)")
      }
    }
  }
}
