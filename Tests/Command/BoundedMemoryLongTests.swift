import Foundation
import TestSupport
import Testing

/// The memory that the built command takes for files that are large in every way.
@Suite(.serialized) struct BoundedMemoryLongTests {
  /// Megabytes that a command may take at most: some 200 bytes a row beside what any command takes.
  private static let most = 90

  /// Runs a command and gives its exit status and the most memory it had, in megabytes.
  private func check(_ campaign: TestCampaign, _ more: String...) async throws -> (status: Int, megabytes: Int) {
    let script = """
      import resource, subprocess, sys
      ended = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
      print(ended.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
      """
    var environment = ChildProcess.plainEnvironment
    environment["EILBRIEF_QUEUE"] = campaign.queue.path
    let outcome = try await ChildProcess.run(
      "python3", ["-c", script, try EilbriefProcess.executable().path, "check", campaign.name] + more,
      environment: environment)
    let numbers = outcome.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    guard numbers.count == 2 else { throw HarnessError("\(outcome.output)\(outcome.errors)") }
    return (numbers[0], numbers[1])
  }

  private func with(
    _ body: (TestCampaign, _ write: (_ begin: String, _ count: Int, _ row: (Int) -> String) throws -> Void) async throws
      -> Void
  ) async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: RefusedLaunch.customers, relay: ["name: main", "url: \"smtp://127.0.0.1:9\""])
      let header = "Kundennummer;Firma;Anrede;Titel;Vorname;Nachname;Sprache;E-Mail;Telefon;Postfach;Zugang\r\n"
      try await body(campaign) { begin, count, row in
        try Data((header + begin).utf8).write(to: campaign.customerFile)
        let file = try FileHandle(forWritingTo: campaign.customerFile)
        try file.seekToEnd()
        for start in stride(from: 0, to: count, by: 10_000) {
          try file.write(contentsOf: Data((start..<min(start + 10_000, count)).map(row).joined().utf8))
        }
        try file.close()
      }
    }
  }

  @Test(.timeLimit(.minutes(10))) func manyRejectedRows() async throws {
    try await with { campaign, write in
      try write("", 100_000) { "\($0);Firma;;;;;xx;k\($0)@@k.example;1;p\($0)@k.example;imap\r\n" }
      for more in [[], ["--json"]] {
        let found = try await more.isEmpty ? check(campaign) : check(campaign, "--json")
        #expect(found.status == 65 && found.megabytes < Self.most, "\(more): \(found)")
      }
    }
  }

  @Test(.timeLimit(.minutes(10))) func manyRowsOfOneCustomer() async throws {
    try await with { campaign, write in
      try write("", 100_000) { "1;Firma \($0);;;;;de;k@k.example;1;p\($0)@k.example;imap\r\n" }
      let found = try await check(campaign)
      #expect(found.status == 65 && found.megabytes < Self.most, "\(found)")
    }
  }

  @Test(.timeLimit(.minutes(10))) func aCellWithoutEnd() async throws {
    try await with { campaign, write in
      try write("1;\"", 200_000) { _ in "a cell that goes on and on, with a quotation mark that is never closed\r\n" }
      let found = try await check(campaign)
      #expect(found.status == 65 && found.megabytes < Self.most, "\(found)")
    }
  }
}
