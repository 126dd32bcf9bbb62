import Foundation
import SMTP
import TestSupport
import Testing

/// The words of the commands, whole: one file of `Golden` for each.
@Suite struct GoldenOutputTests {
  @Test func check() async throws {
    try await RefusedLaunch.with { bad in
      let golden = GoldenOutput(
        "check",
        replacing: [
          bad.campaign.queue.path: "QUEUE", "localhost:\(bad.relay.port)": "localhost:PORT",
          "EHLO \(ClientName.ofThisMachine)": "EHLO NAME",
        ])
      let check = try await EilbriefProcess.run("check", bad.campaign.name, queue: bad.campaign.queue)
      #expect(check.status == 0 && check.errors == "")
      let difference = try golden.difference(from: check.output)
      #expect(difference == nil)
    }
  }

  /// A campaign of letters and calls that is over.
  @Test func afterTheLaunch() async throws {
    try await LaunchedCampaign.with { launched in
      for (name, words) in [
        ("status", ["status", launched.name]), ("receipts-verify", ["receipts", "verify", launched.name]),
        ("report-calls", ["report", launched.name, "calls"]),
        ("calls-list", ["calls", "list", launched.name, "--brief"]),
        (
          "calls-done",
          ["calls", "done", launched.name, "10012", "--by", "Karla Test", "--outcome", "reached", "--note", "ruft an"]
        ),
        ("calls-list-all", ["calls", "list", launched.name, "--brief", "--all"]),
      ] {
        let golden = GoldenOutput(name, replacing: [launched.queue.path: "QUEUE"])
        let outcome = try await ChildProcess.run(
          try EilbriefProcess.executable().path, words + ["--queue", launched.queue.path])
        #expect(outcome.status == 0 && outcome.errors == "", "\(name)")
        let difference = try golden.difference(from: outcome.output)
        #expect(difference == nil)
      }
    }
  }

  /// Exports of the mail server, and the campaigns that follow.
  @Test func afterTheCampaign() async throws {
    try await LaunchedCampaign.with { launched in
      let queue = launched.queue
      let mailboxes = launched.customers(.letter).flatMap(\.mailboxes).map(\.address)
      let changed = mailboxes.prefix(3).map { "\($0),2026-11-23 10:00\n" }.joined()
      try Data(
        "mailbox,changed_at\n\(changed)\(mailboxes[3]),2026-11-20 10:00\npostmaster@firm.example,2026-11-23\n".utf8
      ).write(to: queue.appending(path: "changed.csv"))
      try Data("mailbox\n\(mailboxes[4])\n".utf8).write(to: queue.appending(path: "locked.csv"))
      let deadline = "2099-12-01T16:00:00+01:00"
      for (name, words) in [
        ("changed", ["changed", launched.name, queue.path + "/changed.csv"]),
        ("locked", ["locked", launched.name, queue.path + "/locked.csv"]),
        ("remind", ["remind", launched.name, "--deadline", deadline]),
        ("follow-up", ["follow-up", launched.name, "--letter", "breach-notice", "--deadline", deadline]),
        ("status-changed", ["status", launched.name]),
      ] {
        let golden = GoldenOutput(name, replacing: [queue.path: "QUEUE"])
        let outcome = try await ChildProcess.run(
          try EilbriefProcess.executable().path, words + ["--queue", queue.path])
        #expect(outcome.status == 0 && outcome.errors == "", "\(name): \(outcome.errors)")
        let difference = try golden.difference(from: outcome.output)
        #expect(difference == nil)
      }
    }
  }

  @Test func whatDiffersFromRunToRunIsReplaced() {
    let golden = GoldenOutput("none", replacing: ["/tmp/a": "QUEUE", "/tmp/a/b": "FOLDER"])
    #expect(
      golden.normalised(
        "/tmp/a/b/c /tmp/a/d 2026-11-29 13:04 UTC 2026-11-29T13:04:05.123Z, in 26 h 15 min 2026-11-20 plan 0123456789ab cafe"
      )
        == "FOLDER/c QUEUE/d TIME TIME, in SPAN 2026-11-20 plan HASH cafe")
  }

  @Test func anotherWordIsADifference() {
    let golden = GoldenOutput("check")
    #expect(golden.difference(between: "a\nb\n", and: "a\nb\n") == nil)
    #expect(golden.difference(between: "a\nb\n", and: "a\nc\n")?.hasPrefix("check.txt:2: “b” instead of “c”") == true)
    #expect(golden.difference(between: "a", and: "a\nb")?.hasPrefix("check.txt:2: the end instead of “b”") == true)
  }
}
