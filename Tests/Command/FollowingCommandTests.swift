import Foundation
import TestSupport
import Testing

/// A reminder and a follow-up by the built program, from the first campaign's end to the last receipt.
@Suite struct FollowingCommandTests {
  private static func run(_ queue: URL, _ words: String...) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(try EilbriefProcess.executable().path, words + ["--queue", queue.path])
  }

  private static func done(_ queue: URL, _ words: [String]) async throws -> String {
    let outcome = try await ChildProcess.run(try EilbriefProcess.executable().path, words + ["--queue", queue.path])
    #expect(outcome.status == 0, "\(words): \(outcome.output)\(outcome.errors)")
    return outcome.output
  }

  /// The mailboxes of these customers as changed just now.
  private static func export(_ customers: some Sequence<GeneratedCustomer>, in queue: URL) throws -> String {
    let file = queue.appending(path: "export-\(UInt32.random(in: 0 ... .max)).csv")
    let rows = customers.flatMap(\.mailboxes).map { "\($0.address),2026-11-23 10:00:00\n" }
    try Data(("mailbox,changed_at\n" + rows.joined()).utf8).write(to: file)
    return file.path
  }

  private static func status(of campaign: String, in queue: URL) async throws -> CommandStatus {
    try JSONDecoder().decode(
      CommandStatus.self, from: Data(try await run(queue, "status", campaign, "--json").output.utf8))
  }

  private static func setPort(_ port: Int, of campaign: String, in queue: URL) throws {
    let file = queue.appending(path: "\(campaign)/campaign.yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing(/127\.0\.0\.1:[0-9]+/, with: "127.0.0.1:\(port)").utf8).write(to: file)
  }

  /// Whoever has changed the password before the reminder is made is not in it, whoever does it while it waits is not sent
  /// it, and the others are.
  @Test func remindsThoseWhoAreLeft() async throws {
    try await LaunchedCampaign.with { launched in
      let queue = launched.queue
      let told = launched.customers(.letter)
      try #require(told.count >= 4)
      let unknown = try await Self.run(queue, "remind", launched.name)
      #expect(unknown.status == 64 && unknown.errors.contains("Nobody knows yet"), "\(unknown.errors)")
      _ = try await Self.done(queue, ["changed", launched.name, try Self.export(told.prefix(1), in: queue)])
      let made = try await Self.done(queue, ["remind", launched.name, "--deadline", "2099-12-01T16:00:00+01:00"])
      #expect(made.contains("\(told.count - 1) customers with"), "\(made)")
      let checked = try await Self.done(queue, ["check", "sommer-reminder"])
      #expect(checked.contains("Ready") && !checked.contains("is not used by any row"), "\(checked)")
      let folder = queue.appending(path: "sommer-reminder")
      for name in ["campaign.yaml", "customers.csv"] {
        let mode = try FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)
        #expect((mode[.posixPermissions] as? Int) == 0o600)
      }
      let again = try await Self.run(queue, "remind", launched.name)
      #expect(again.status == 73 && again.errors.contains("exists already"), "\(again.errors)")
      // One changes it before the launch, one while the letters wait, one is reached by telephone.
      _ = try await Self.done(
        queue, ["changed", launched.name, try Self.export(told[1...1], in: queue)])
      try await SinkRelay.with(options: ["-r", "RCPT"]) { relay in
        try Self.setPort(relay.port, of: "sommer-reminder", in: queue)
        async let launch = Self.run(queue, "launch", "sommer-reminder", "--yes", "--late-is-fine")
        try await eventually("letters are deferred") {
          let status = try await Self.status(of: "sommer-reminder", in: queue)
          return status.messages["deferred"] == told.count - 2 && status.messages["excluded"] == 1
        }
        let open = try await Self.run(queue, "remind", launched.name)
        #expect(open.status == 64 && open.errors.contains("has \(told.count - 2) letter"), "\(open.errors)")
        _ = try await Self.done(queue, ["changed", launched.name, try Self.export(told[2...2], in: queue)])
        for customer in told[3...] {
          _ = try await Self.done(
            queue,
            ["calls", "done", launched.name, customer.id, "--by", "Karla Test", "--outcome", "reached", "--anyway"])
        }
        // Nothing is left to do, and the delivery ends without waiting for the next attempt.
        let ended = try await launch
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("not sent: nothing is left to do"), "\(ended.output)")
      }
      let status = try await Self.done(queue, ["status", "sommer-reminder", "--json"])
      #expect(
        status.contains("\"needless\" : \(told.count - 1)") && status.contains("\"as\" : \"reminder\""), "\(status)")
      let calls = try await Self.done(queue, ["calls", "list", "sommer-reminder", "--brief"])
      for customer in told { #expect(!calls.contains(customer.id), "\(calls)") }
      let verified = try await Self.done(queue, ["receipts", "verify", "sommer-reminder"])
      #expect(verified.contains("follows sommer: line") && verified.contains("as it was then"), "\(verified)")
      let nobody = try await Self.run(queue, "remind", launched.name)
      #expect(nobody.status == 64 && nobody.errors.contains("Nobody is left"), "\(nobody.errors)")
      let wrong = try await Self.run(
        queue, "changed", "sommer-reminder", try Self.export(told.prefix(1), in: queue))
      #expect(wrong.status == 64 && wrong.errors.contains("give the export to sommer"), "\(wrong.errors)")
    }
  }

  @Test func aFollowUpGoesToAllWhoWereTold() async throws {
    try await LaunchedCampaign.with { launched in
      let queue = launched.queue
      let told = launched.customers(.letter)
      let missing = try await Self.run(queue, "follow-up", launched.name, "--letter", "neu")
      #expect(missing.status == 65 && missing.errors.contains("There is no letter “neu”"), "\(missing.errors)")
      _ = try await Self.done(queue, ["changed", launched.name, try Self.export(told, in: queue)])
      let made = try await Self.done(
        queue, ["follow-up", launched.name, "--letter", "breach-notice", "--as", "herbst"])
      #expect(made.contains("\(told.count) customers who were told"), "\(made)")
      _ = try await Self.done(queue, ["launch", "herbst", "--yes"])
      let status = try await Self.status(of: "herbst", in: queue)
      #expect(status.state == "completed" && status.messages["accepted"] == told.count)
      // What the other campaign's receipts say is not what they said then.
      let file = queue.appending(path: "\(launched.name)/receipts/receipts.jsonl")
      let lines = try String(contentsOf: file, encoding: .utf8)
      let end = try #require(lines.range(of: "\"event\":\"changed\"", options: .backwards))
      try Data(lines.replacingCharacters(in: end, with: "\"event\":\"locked\"").utf8).write(to: file)
      let other = try await Self.run(queue, "receipts", "verify", "herbst")
      #expect(other.status == 65 && other.errors.contains("it follows line"), "\(other.output)\(other.errors)")
      try FileManager.default.removeItem(at: file)
      let alone = try await Self.done(queue, ["receipts", "verify", "herbst"])
      #expect(alone.contains("not compared with line"), "\(alone)")
    }
  }

  /// It cannot be launched where the followed campaign is not.
  @Test func theFollowedCampaignHasToBeThere() async throws {
    try await LaunchedCampaign.with { launched in
      _ = try await Self.done(launched.queue, ["remind", launched.name, "--everybody"])
      try await TemporaryFolder.with { other in
        try FileManager.default.copyItem(
          at: launched.queue.appending(path: "sommer-reminder"), to: other.appending(path: "sommer-reminder"))
        let checked = try await Self.run(other, "check", "sommer-reminder")
        #expect(checked.output.contains("which was never launched from this queue folder"), "\(checked.output)")
        let refused = try await Self.run(other, "launch", "sommer-reminder", "--yes")
        #expect(refused.status == 78 && refused.errors.contains("was never launched from this queue folder"))
        #expect(!FileManager.default.fileExists(atPath: other.appending(path: "queue.sqlite").path))
        let rehearsed = try await Self.run(other, "rehearse", "sommer-reminder", "--faults", "none")
        #expect(rehearsed.status == 0, "\(rehearsed.output)\(rehearsed.errors)")
      }
    }
  }
}
