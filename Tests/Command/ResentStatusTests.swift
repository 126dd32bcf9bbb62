import Foundation
import TestSupport
import Testing

/// What the commands say of a letter that was uncertain and is to be sent again, in a queue folder named on the command
/// line.
@Suite struct ResentStatusTests {
  /// One letter of three is uncertain, in the scratch queue folder of a rehearsal.
  private func rehearsed(
    _ body: (_ run: (String...) async throws -> ChildProcess.Outcome, URL, GeneratedCustomer) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { queue in
      let customers = GeneratedCustomer.customers(3, seed: 13)
      let campaign = try TestCampaign(
        in: queue, customers: customers, relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let scratch = queue.appendingPathComponent("Kanzlei Rehse")
      let rehearsal = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--keep", scratch.path, "--faults", "lost-reply \(customers[0].contact)",
        queue: queue)
      #expect(rehearsal.output.contains("`eilbrief status sommer --queue '\(scratch.path)'` shows it."))
      let executable = try EilbriefProcess.executable().path
      func run(_ arguments: String...) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(executable, arguments + ["--queue", scratch.path])
      }
      try await body(run, scratch, customers[0])
    }
  }

  @Test func nextStepsNameTheQueueFolder() async throws {
    try await rehearsed { run, scratch, customer in
      let place = "sommer --queue '\(scratch.path)'"
      let status = try await run("status", "sommer").output
      for step in ["--relay-log FILE", "--customer ID --assume-accepted", "--customer ID --resend"] {
        #expect(status.contains("    eilbrief resolve \(place) \(step)"), "\(status)")
      }
      #expect(status.contains("`eilbrief report \(place)` lists them"), "\(status)")
      #expect(!status.contains("eilbrief resolve sommer --customer"))
      #expect(try await run("resolve", "sommer", "--customer", customer.id, "--resend").status == 0)
      let again = try await run("status", "sommer").output
      #expect(again.contains("Letters are to be sent again: `eilbrief resume \(place)` sends them."), "\(again)")
      #expect(again.contains("queued    1  waiting to be sent\n"), "\(again)")
      let purge = try await run("purge", "sommer", "--now", "--confirm", "sommer")
      #expect(purge.errors.contains("1 letter of sommer is to be sent again; nothing was removed."), "\(purge.errors)")
      #expect(purge.errors.contains("`eilbrief resume \(place)` continues."), "\(purge.errors)")
    }
  }

  @Test func watchingGoesOnWhileLettersAreOpen() async throws {
    try await rehearsed { run, scratch, customer in
      #expect(try await run("resolve", "sommer", "--customer", customer.id, "--resend").status == 0)
      try await EilbriefProcess.running("status", "sommer", "--watch", queue: scratch) { watch in
        try await eventually("it prints a line") {
          watch.outputSoFar.contains(" done") || !watch.isRunning
        }
        #expect(watch.isRunning)
        #expect(try await run("cancel", "sommer", "--yes").status == 0)
        #expect(await watch.outcome().status == 0)
      }
    }
  }

  @Test func whatWentOutOnceIsNotCalledUnsentAfterACancellation() async throws {
    try await rehearsed { run, scratch, customer in
      #expect(try await run("resolve", "sommer", "--customer", customer.id, "--resend").status == 0)
      let cancel = try await run("cancel", "sommer", "--yes")
      #expect(cancel.output == "sommer is cancelled; 1 letter will not be sent.\n")
      let calls = try await run("report", "sommer", "calls").output
      #expect(calls.contains("letter sent with unknown outcome, not sent again"), "\(calls)")
      #expect(!calls.contains("before the letter was sent"))
      let status = try await run("status", "sommer").output
      #expect(status.contains("1  not sent, or not again, because the campaign was cancelled\n"), "\(status)")
      #expect(status.contains("`eilbrief report sommer --queue '\(scratch.path)' calls` lists who is to be called."))
    }
  }
}
