import Foundation
import TestSupport
import Testing

/// `explain` as an operator runs it, and as a program does.
@Suite struct ExplainTests {
  private func explain(_ arguments: String..., input: String? = nil) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      try EilbriefProcess.executable().path, ["explain"] + arguments,
      input: input.map { .bytes(Array($0.utf8)) } ?? .nothing)
  }

  @Test func words() async throws {
    let golden = GoldenOutput("explain")
    var output = ""
    for language in ["en", "de"] {
      for reply in [
        "550 5.4.5 Daily user sending limit exceeded", "550 5.1.1 <k@kanzlei.example>: user unknown",
        "451 4.7.1 Greylisted, try again in 300 seconds",
        "554 5.7.1 Service unavailable; Client host blocked using Spamhaus",
        "250 2.0.0 Ok",
      ] {
        let outcome = try await explain(reply, "--phase", "rcpt", "--language", language)
        #expect(outcome.status == 0 && outcome.errors == "")
        output += outcome.output + "\n"
      }
    }
    let difference = try golden.difference(from: output)
    #expect(difference == nil)
  }

  @Test func oneObjectPerLine() async throws {
    let outcome = try await explain(
      "--json",
      input: """
        rcpt\t550 5.1.1 user unknown
        mail\t451 Mails per session limit

        rcpt\t451 4.7.1 Greylisted, try again in 300 seconds
        550 5.7.1 relaying denied
        """)
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    #expect(
      outcome.output == """
        {"class":"address-dead","rule":"address-dead","scope":"recipient","treatment":"refuse-recipient","wait_seconds":null}
        {"class":"session-limit","rule":"messages-per-session","scope":"connection","treatment":"new-connection","wait_seconds":null}
        {"class":"unknown","rule":"no-reply","scope":"relay","treatment":"retry","wait_seconds":null}
        {"class":"greylisted","rule":"greylisting","scope":"recipient","treatment":"retry","wait_seconds":300}
        {"class":"relay-denied","rule":"relaying-denied","scope":"relay","treatment":"suspect-us","wait_seconds":null}

        """)
  }

  @Test func aReplyAsJSON() async throws {
    let outcome = try await explain("--json", "550", "5.1.1", "user", "unknown")
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix(#"{"class":"address-dead""#))
  }

  @Test func aPhaseThatDoesNotExist() async throws {
    let outcome = try await explain("550 no", "--phase", "rctp")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("connect, starttls, ehlo, auth, mail, rcpt, data, final"))
    let line = try await explain("--json", input: "rctp\t550 5.1.1 user unknown\nrcpt\t550 5.1.1 user unknown\n")
    #expect(line.status == 65)
    #expect(line.errors.hasPrefix("line 1: “rctp” is no phase"))
    #expect(line.output.split(separator: "\n").count == 2)
    #expect(try await explain().status == 64)
  }
}
