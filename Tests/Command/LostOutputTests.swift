import Foundation
import TestSupport
import Testing

/// Output that cannot be written ends with 73 and is said; a reader that goes away ends it quietly; and a delivery goes on
/// in either case.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LostOutputTests {
  /// What a command gets in place of standard output.
  enum Target: String, CaseIterable {
    /// No space is left on the device.
    case full
    /// A pipe that nobody reads.
    case unread
    /// Nothing: the descriptor is closed.
    case closed
  }

  private static let script = """
    import os, signal, sys
    kind, descriptor, words = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    # Python ignores the signal, and a program that it starts would do so too.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if kind == "full":
        os.dup2(os.open("/dev/full", os.O_WRONLY), descriptor)
    elif kind == "unread":
        reading, writing = os.pipe()
        os.close(reading)
        os.dup2(writing, descriptor)
    else:
        os.close(descriptor)
    os.execvp(words[0], words)
    """

  private func run(
    _ words: [String], to target: Target, descriptor: Int32 = 1, queue: URL
  ) async throws -> ChildProcess.Outcome {
    var environment = ChildProcess.plainEnvironment
    environment["EILBRIEF_QUEUE"] = queue.path
    return try await ChildProcess.run(
      "python3", ["-c", Self.script, target.rawValue, "\(descriptor)", try EilbriefProcess.executable().path] + words,
      environment: environment)
  }

  private static let why: [Target: String] = [.full: "No space left on device", .closed: "Bad file descriptor"]

  private func message(_ target: Target) -> String {
    Self.why[target].map {
      """
      eilbrief: standard output: cannot be written: \($0). A part of the output is missing, and nothing else: what was done \
      is done, and recorded.

      """
    } ?? ""
  }

  // MARK: What a delivery is worth

  @Test(arguments: Target.allCases)
  func aLaunchDeliversEverything(target: Target) async throws {
    try await RefusedLaunch.with { bad in
      let name = bad.campaign.name
      let launch = try await run(["launch", name, "--yes"], to: target, queue: bad.campaign.queue)
      #expect(launch.status == (target == .unread ? 0 : 73), "\(launch.ending) \(launch.errors)")
      #expect(launch.errors == message(target))
      #expect(try bad.relay.recipients().count == 2)
      let status = try await CommandStatus.read(bad.campaign)
      #expect(status.state == "completed" && status.messages["accepted"] == 2)
      let verified = try await EilbriefProcess.run("receipts", "verify", name, queue: bad.campaign.queue)
      #expect(verified.status == 0 && verified.output.contains("signed up to line"), "\(verified.errors)")
      let again = try await run(["resume", name], to: target, queue: bad.campaign.queue)
      #expect(again.status == (target == .unread ? 0 : 73) && again.errors == message(target))
      // Its own status says more than a line that could not be printed.
      let wrong = try await run(["launch", "nobody", "--yes"], to: target, queue: bad.campaign.queue)
      #expect(wrong.status == 78 || wrong.status == 64, "\(wrong.errors)")
    }
  }

  @Test(arguments: Target.allCases)
  func aRehearsalGoesOn(target: Target) async throws {
    try await RefusedLaunch.with { bad in
      for (faults, status) in [("none", target == .unread ? 0 : 73), ("unknown kontakt@gross.example", 1)]
        as [(String, Int32)]
      {
        let rehearsal = try await run(
          ["rehearse", bad.campaign.name, "--faults", faults], to: target, queue: bad.campaign.queue)
        #expect(rehearsal.status == status, "\(rehearsal.errors)")
        #expect(rehearsal.errors == message(target))
      }
    }
  }

  /// The terminal is gone in the middle, and with it both streams.
  @Test func aLaunchOutlivesItsReader() async throws {
    try await SinkRelay.with { relay in
      try await TemporaryFolder.with { queue in
        let campaign = try TestCampaign(
          in: queue, customers: GeneratedCustomer.customers(60, seed: 7), encoding: .utf8,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "limits: [6/s]"])
        let command = "'\(try EilbriefProcess.executable().path)' launch \(campaign.name) --yes --queue '\(queue.path)'"
        // The reader takes one line; bash says how the launch ended.
        let piped = try await ChildProcess.run(
          "bash", ["-c", "\(command) 2>&1 | head -n 1; exit ${PIPESTATUS[0]}"])
        #expect(piped.status == 0, "\(piped.ending)")
        #expect(piped.output.hasPrefix("Launched sommer: 60 letters") && piped.errors == "")
        #expect(try relay.recipients().count == 60)
        let status = try await CommandStatus.read(campaign)
        #expect(status.state == "completed" && status.messages["accepted"] == 60)
      }
    }
  }

  // MARK: What is printed

  /// Each command, in an order in which nearly all of them have something to print.
  private static func successes(_ name: String, in folder: URL) -> [[String]] {
    [
      ["init", "neu"], ["check", name], ["check", name, "--json"],
      ["check", name, "--rejected", folder.path + "/rows"],
      ["preview", name, "--customer", "100"], ["preview", name, "--customer", "100", "--format", "html"],
      ["preview", name, "--customer", "100", "--format", "eml"], ["preview", name, "--sample"],
      ["preview", name, "--all", folder.path + "/all"], ["status", name], ["status", name, "--json"],
      ["status", name, "--watch"], ["receipts", "verify", name], ["receipts", "verify", name, "--json"],
      ["receipts", "show", name, "--customer", "100"], ["receipts", "prove", name, "--customer", "100"],
      ["receipts", "export", name, folder.path + "/export"], ["report", name], ["report", name, "--format", "json"],
      ["report", name, "--format", "html"], ["report", name, "summary", "--format", "json"],
      ["report", name, "--format", "html", "--customer", "100"], ["report", name, "calls"],
      ["report", name, "calls", "--format", "html"],
      ["report", name, "calls", "--format", "text"], ["resume", name], ["resume", name, "--frozen"],
      ["calls", "list", name], ["calls", "list", name, "--json"],
      ["calls", "list", name, "--output", folder.path + "/form.csv"],
      ["calls", "done", name, "100", "--by", "Karla Test", "--outcome", "reached", "--anyway"],
      ["calls", "import", name, folder.path + "/form.csv"],
      ["resolve", name, "--resend"], ["bounces", "read", name, folder.path],
      ["bounces", "read", name, folder.path, "--json"],
      ["changed", name, folder.path + "/form.csv", "--columns", "mailbox=Phone,time=Time"],
      ["locked", name, folder.path + "/form.csv", "--columns", "mailbox=Phone"],
      ["remind", name], ["follow-up", name, "--letter", "breach-notice"],
      ["verify", "0000 0000 0000"], ["rehearse", name, "--faults", "none"],
      ["approve", name, "--as", "Karla Test", "--yes"], ["cancel", "vorlage", "--yes"], ["pause", "vorlage"],
      ["purge", name, "--now", "--confirm", name],
      ["dkim-key", "--domain", "a.example", "--selector", "a", "--output", folder.path + "/key.pem"],
      ["bounces", "explain", folder.path], ["bounces", "explain", folder.path, "--json"],
      ["explain", "550 5.1.1 no such user"], ["explain", "550 5.1.1 no such user", "--json"],
      ["launch", name, "--yes"], ["launch", name, "--yes", "--detach"], ["resume", name, "--detach"],
      ["queue", "init"], ["worker", "--once"], ["serve", "--queue", folder.path + "/nothing"],
      ["send-test", "neu", "--to", "me@firm.example", "--customer", "1001"], ["--help"], ["--version"],
      ["help", "report"], ["report", "--help"],
      ["--experimental-dump-help"], ["--generate-completion-script", "bash"],
    ]
  }

  @Test(arguments: Target.allCases)
  func everyCommandSaysSo(target: Target) async throws {
    let commands = try await CommandList.read()
    try await RefusedLaunch.with { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      #expect(try await EilbriefProcess.run("launch", name, "--yes", queue: queue).status == 0)
      let all = try await TemporaryFolder.with { folder in
        let all = Self.successes(name, in: folder)
        for words in all {
          let outcome = try await run(words, to: target, queue: queue)
          // What failed before it printed anything says that, and a question is left out by --yes.
          let hasFailed = outcome.errors.contains("eilbrief: ") && !outcome.errors.contains("standard output")
          if target == .unread {
            #expect(!outcome.errors.contains("cannot be written"), "\(words): \(outcome.errors)")
            #expect(
              outcome.status == 0 || hasFailed || words[0] == "verify", "\(words): \(outcome.ending) \(outcome.errors)")
          } else if hasFailed {
            let code = outcome.status ?? 0
            #expect(code >= 64 && code != 73, "\(words): \(outcome.ending) \(outcome.errors)")
          } else {
            #expect(outcome.status == 73, "\(words): \(outcome.ending)")
            #expect(outcome.errors.hasSuffix(message(target)), "\(words): \(outcome.errors)")
          }
        }
        return all
      }
      for path in commands.keys {
        #expect(all.contains { Array($0.prefix(path.count)) == path }, "no case for \(path.joined(separator: " "))")
      }
    }
  }

  @Test func standardErrorCountsToo() async throws {
    try await RefusedLaunch.with { bad in
      let queue = bad.campaign.queue
      // The code of a preview is a sample: said on standard error.
      let preview = ["preview", bad.campaign.name, "--all"]
      try await TemporaryFolder.with { folder in
        let full = try await run(preview + [folder.path + "/a"], to: .full, descriptor: 2, queue: queue)
        #expect(full.status == 73 && full.output.hasPrefix("Wrote 2 letters"))
        let unread = try await run(preview + [folder.path + "/b"], to: .unread, descriptor: 2, queue: queue)
        #expect(unread.status == 0 && unread.output.hasPrefix("Wrote 2 letters"))
      }
      let silent = try await run(["status", bad.campaign.name], to: .full, descriptor: 2, queue: queue)
      #expect(silent.status == 0)
    }
  }

  /// A descriptor that is closed is not the next file's.
  @Test func nothingIsPrintedIntoTheQueue() async throws {
    try await RefusedLaunch.with { bad in
      let queue = bad.campaign.queue
      for descriptor: Int32 in [0, 1, 2] {
        _ = try await run(["launch", bad.campaign.name, "--yes"], to: .closed, descriptor: descriptor, queue: queue)
      }
      #expect(try bad.relay.recipients().count == 2)
      let verified = try await EilbriefProcess.run("receipts", "verify", bad.campaign.name, queue: queue)
      #expect(verified.status == 0, "\(verified.errors)")
      for file in FileManager.default.enumerator(at: queue, includingPropertiesForKeys: nil) ?? .init() {
        guard let file = file as? URL, let bytes = try? Data(contentsOf: file) else { continue }
        for words in ["Launched ", "Nothing to send", "cannot be written"] {
          #expect(bytes.range(of: Data(words.utf8)) == nil, "\(file.path): \(words)")
        }
      }
    }
  }

  // MARK: Files

  @Test func aFullDiskIsSaidOfEveryFile() async throws {
    try await RefusedLaunch.with { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      #expect(try await EilbriefProcess.run("launch", name, "--yes", queue: queue).status == 0)
      try await ScarceDisk.with { disk in
        guard disk.isMounted else { return }
        try await disk.fill(leaving: 0)
        let folder = disk.folder.path
        for words in [
          ["report", name, "--output", folder + "/report.csv"], ["preview", name, "--all", folder + "/all"],
          ["calls", "list", name, "--output", folder + "/calls.csv"],
          ["receipts", "export", name, folder + "/export"],
          ["receipts", "prove", name, "--customer", "100", "--output", folder + "/letter.eml"],
          ["dkim-key", "--domain", "a.example", "--selector", "a", "--output", folder + "/key.pem"],
        ] {
          let outcome = try await ChildProcess.run(
            try EilbriefProcess.executable().path, words,
            environment: ChildProcess.plainEnvironment.merging(["EILBRIEF_QUEUE": queue.path]) { $1 })
          #expect(outcome.status == 73, "\(words): \(outcome.ending)")
          #expect(outcome.errors.contains("No space left on device"), "\(words): \(outcome.errors)")
          let left = try FileManager.default.contentsOfDirectory(atPath: folder)
          #expect(left == ["filler"], "\(words) leaves \(left)")
        }
      }
      // By links, so that a mistake of ours replaces a link and no device.
      try await TemporaryFolder.with { folder in
        for (device, status, errors) in [
          ("full", 73, "eilbrief: \(folder.path)/full: cannot be written: No space left on device.\n"), ("null", 0, ""),
        ] as [(String, Int32, String)] {
          let link = "\(folder.path)/\(device)"
          try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/\(device)")
          let outcome = try await EilbriefProcess.run("report", name, "--output", link, queue: queue)
          #expect(outcome.status == status && outcome.errors == errors, "\(outcome.errors)")
          #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/\(device)")
        }
      }
    }
  }

  /// As an operator types it each hour, and once by mistake.
  @Test func anEarlierReportIsReplacedAndNothingElse() async throws {
    try await RefusedLaunch.with { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      #expect(try await EilbriefProcess.run("launch", name, "--yes", queue: queue).status == 0)
      let report = queue.appendingPathComponent("report.csv").path
      for _ in 0..<2 {
        #expect(try await EilbriefProcess.run("report", name, "--output", report, queue: queue).status == 0)
      }
      let yaml = try Data(contentsOf: bad.campaign.campaignFile)
      for more in [[], ["--force"]] {
        let mistake = try await ChildProcess.run(
          try EilbriefProcess.executable().path,
          ["report", name, "--output", bad.campaign.campaignFile.path, "--queue", queue.path] + more)
        #expect(mistake.status == 73)
        #expect(
          mistake.errors == """
            eilbrief: \(bad.campaign.campaignFile.path) belongs to the queue folder or to a campaign and is never written \
            over; name another file.

            """)
      }
      #expect(try Data(contentsOf: bad.campaign.campaignFile) == yaml)
      let notes = queue.appendingPathComponent("../\(queue.lastPathComponent)-notes")
      try Data("mine".utf8).write(to: notes)
      defer { try? FileManager.default.removeItem(at: notes) }
      let refused = try await EilbriefProcess.run("report", name, "--output", notes.path, queue: queue)
      #expect(refused.status == 73 && refused.errors.contains("replace this one with --force"), "\(refused.errors)")
      let forced = try await EilbriefProcess.run("report", name, "--output", notes.path, "--force", queue: queue)
      #expect(forced.status == 0)
      let alone = try await EilbriefProcess.run("report", name, "--force", queue: queue)
      #expect(alone.status == 64 && alone.errors.contains("--force goes with --output."))
    }
  }
}
