import Foundation
import TestSupport
import Testing

/// A queue folder in which nothing can be written is read all the same: just then the call list is wanted.
@Suite struct UnwritableQueueTests {
  private static let isRoot = getuid() == 0 || ProcessInfo.processInfo.environment["CI"] != nil

  /// A queue as a machine leaves it that stopped while a campaign was delivered: what happened since the last checkpoint is
  /// in the log alone.
  private static func withStopped(_ body: (TestCampaign, _ code: String) async throws -> Void) async throws {
    try await SinkRelay.with(options: ["-f", "RCPT"]) { relay in
      try await TemporaryFolder.with { queue in
        let all = GeneratedCustomer.customers(14, seed: 11, everyoneGetsALetter: false)
        let others = all.filter { $0.outcome != .letter }
        let campaign = try TestCampaign(
          in: queue, customers: Array(all.filter { $0.outcome == .letter }.prefix(2)) + others,
          relay: ["name: main", "url: \"smtp://127.0.0.1:\(relay.port)\"", "tls: none"])
        let letters = campaign.customers.filter { $0.outcome == .letter }
        try await EilbriefProcess.running("launch", "sommer", "--yes", queue: queue) { launch in
          let receipts = campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
          // On disk too, which comes after the database.
          try await eventually("the letters are deferred") {
            let lines = (try? String(contentsOf: receipts, encoding: .utf8)) ?? ""
            return lines.components(separatedBy: "\"event\":\"deferred\"").count == letters.count + 1
          }
          launch.send(SIGSTOP)
          let file = queue.appendingPathComponent("letter.eml")
          _ = try await EilbriefProcess.run(
            "receipts", "prove", "sommer", "--customer", letters[0].id, "--output", file.path, queue: queue)
          let code = try await ChildProcess.tool(
            "python3",
            [
              "-c",
              """
              import email, email.policy, re, sys
              letter = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
              print(re.search(r"\\b\\d{4} \\d{4} \\d{4}\\b", letter.get_body(("plain",)).get_content())[0], end="")
              """, file.path,
            ])
          try await body(campaign, code)
        }
      }
    }
  }

  private static func commands(_ campaign: TestCampaign, _ code: String) throws -> [[String]] {
    let customer = try #require(campaign.customers.first { $0.outcome == .letter })
    return [
      ["status", "sommer", "--json"], ["report", "sommer", "--format", "json"], ["report", "sommer", "calls"],
      ["report", "sommer", "calls", "--format", "text"],
      ["receipts", "show", "sommer", "--customer", customer.id, "--json"],
      ["receipts", "verify", "sommer", "--json"], ["verify", code],
      ["preview", "sommer", "--customer", customer.id],
    ]
  }

  /// Runs each command on the queue it was left in and on `copy`, and expects the same. The folder for temporary files must
  /// be empty afterwards.
  private static func expectSame(
    _ campaign: TestCampaign, _ code: String, in copy: URL, as program: [String] = []
  ) async throws {
    try await TemporaryFolder.with { temporary in
      for command in try commands(campaign, code) {
        let expected = try await run(command, campaign.queue, temporary)
        let outcome = try await run(command, copy, temporary, program)
        #expect(expected.output != "", "\(command): \(expected.errors)")
        #expect(outcome.status == expected.status, "\(command): \(outcome.errors)")
        #expect(plain(outcome.output) == plain(expected.output), "\(command): \(outcome.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: temporary.path)
        #expect(left.isEmpty, "\(command) left \(left)")
      }
    }
  }

  private static func run(
    _ command: [String], _ queue: URL, _ temporary: URL, _ program: [String] = []
  ) async throws -> ChildProcess.Outcome {
    var environment = ChildProcess.plainEnvironment
    environment["EILBRIEF_QUEUE"] = queue.path
    environment["TMPDIR"] = temporary.path
    let words = (program.isEmpty ? ["env"] : program) + [try EilbriefProcess.executable().path] + command
    return try await ChildProcess.run(words[0], Array(words.dropFirst()), environment: environment)
  }

  /// Without what depends on the moment, or on whether the process is still there.
  private static func plain(_ output: String) -> String {
    output.split(separator: "\n").filter { line in
      !["\"eta\"", "\"process\"", "\"pid\"", "\"host\"", "\"since\"", "\"stopped\"", "\"rate_per_second\"", "}", "{"]
        .contains {
          line.trimmingCharacters(in: .whitespaces).hasPrefix($0)
        }
    }.joined(separator: "\n")
  }

  /// Copies the queue; a file beginning with one of `omitting` is left behind.
  private static func copy(_ queue: URL, to folder: URL, omitting: [String] = []) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: queue.path)
    where !omitting.contains(name) && !name.hasSuffix(".lock") {
      try FileManager.default.copyItem(
        at: queue.appendingPathComponent(name), to: folder.appendingPathComponent(name))
    }
  }

  @Test(.enabled(if: isRoot)) func onAFileSystemMountedReadOnly() async throws {
    try await Self.withStopped { campaign, code in
      try await ReadOnlyDisk.with { disk in
        let log = disk.folder.appendingPathComponent("log")
        let index = disk.folder.appendingPathComponent("index")
        try Self.copy(campaign.queue, to: log, omitting: ["queue.sqlite-shm"])
        try Self.copy(campaign.queue, to: index)
        try await disk.makeReadOnly()
        for copy in [log, index] { try await Self.expectSame(campaign, code, in: copy) }
      }
    }
  }

  @Test func inAFolderThatThisUserMayOnlyRead() async throws {
    try await Self.withStopped { campaign, code in
      try await TemporaryFolder.with { folder in
        let copy = folder.appendingPathComponent("queue")
        try Self.copy(campaign.queue, to: copy, omitting: ["queue.sqlite-shm"])
        try await ChildProcess.tool("chmod", ["-R", "a-w", copy.path])
        let drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"]
        let ordinary = getuid() == 0 ? drop : []
        try await Self.expectSame(campaign, code, in: copy, as: ordinary)
        // What has to be written says so.
        let resume = try await Self.run(["resume", "sommer"], copy, folder, ordinary)
        #expect(
          resume.status == 73 && resume.errors.contains("cannot be written: Permission denied"), "\(resume.errors)")
        try await ChildProcess.tool("chmod", ["-R", "u+w", copy.path])
      }
    }
  }

  @Test(.enabled(if: isRoot)) func onAFullDisk() async throws {
    try await Self.withStopped { campaign, code in
      try await ScarceDisk.with { disk in
        let copy = disk.folder.appendingPathComponent("queue")
        try Self.copy(campaign.queue, to: copy, omitting: ["queue.sqlite-shm"])
        try await disk.fill(leaving: 0)
        try await Self.expectSame(campaign, code, in: copy)
        // Where the copy has no room either.
        let name = campaign.name
        let nowhere = try await Self.run(["status", name], copy, disk.folder)
        #expect(nowhere.status == 73 && nowhere.errors.contains("environment variable TMPDIR"), "\(nowhere.errors)")
      }
    }
  }
}
