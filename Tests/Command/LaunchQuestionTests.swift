import Foundation
import TestSupport
import Testing

/// What `launch` says before it sends, on a terminal and with `--yes`; and what other terminals read while it asks.
@Suite struct LaunchQuestionTests {
  /// `launch` on a terminal of its own.
  private func launch(_ campaign: TestCampaign, _ words: String = "", input: ChildProcess.Input) throws -> ChildProcess
  {
    let command =
      "'\(try EilbriefProcess.executable().path)' launch \(campaign.name) --queue '\(campaign.queue.path)' \(words)"
    return try ChildProcess("script", ["-qec", command, "/dev/null"], input: input)
  }

  @Test func aDeadlineInThePastIsNamed() async throws {
    try await RefusedLaunch.with { bad in
      let yaml = try bad.campaign.yaml()
      try bad.campaign.write(yaml: yaml.replacing("deadline: 2099", with: "deadline: 2020"))
      let refused = try await EilbriefProcess.run("launch", bad.campaign.name, "--yes", queue: bad.campaign.queue)
      #expect(refused.status == 75)
      #expect(refused.errors.contains("The deadline in every letter, 2020-11-2"), "\(refused.errors)")
      #expect(refused.errors.contains(" --late-is-fine`.\n"), "\(refused.errors)")
      let asked = try await launch(bad.campaign, "--late-is-fine", input: .bytes(Array("no\n".utf8))).outcome()
      #expect(asked.status == 75, "\(asked.output)")
      #expect(asked.output.contains("The deadline in every letter, 2020-11-2"), "\(asked.output)")
      #expect(asked.output.contains(" ago.\r\nForecast\r\n  50 % accepted at "), "\(asked.output)")
      #expect(asked.output.contains("\r\nSend 2 letters through main ("), "\(asked.output)")
      #expect(try bad.relay.recipients() == [])

      let sure = try await EilbriefProcess.run(
        "launch", bad.campaign.name, "--yes", "--late-is-fine", queue: bad.campaign.queue)
      #expect(sure.status == 0)
      #expect(sure.errors.hasPrefix("The deadline in every letter, 2020-11-2"), "\(sure.errors)")
    }
  }

  /// What a forecast cannot know is said beside it; a launch has looked it up.
  @Test func rulesByMailExchangerAreInTheForecastOfALaunch() async throws {
    try await RefusedLaunch.with { bad in
      let rules = "destinations:\n  mx:google.com: {limits: [1/h]}\n  a.example: {limits: [1/h]}\n"
      try bad.campaign.write(yaml: bad.campaign.yaml() + rules)
      let words = "  Without the limits of mx:google.com: "
      let check = try await EilbriefProcess.run("check", bad.campaign.name, queue: bad.campaign.queue)
      #expect(check.output.contains("\n\(words)"), "\(check.output)")
      let asked = try await launch(bad.campaign, input: .bytes(Array("no\n".utf8))).outcome()
      #expect(asked.output.contains("Forecast") && !asked.output.contains(words), "\(asked.output)")
    }
  }

  @Test func aDeadlineThatTheLimitsDoNotAllowIsNamed() async throws {
    // The second letter is an hour away.
    try await RefusedLaunch.with(more: ["limits: [1/h]"]) { bad in
      let soon = Date(timeIntervalSinceNow: 1800).formatted(.iso8601)
      let yaml = try bad.campaign.yaml()
      try bad.campaign.write(yaml: yaml.replacing("deadline: 2099-11-23T16:00:00+01:00", with: "deadline: \(soon)"))
      let refused = try await EilbriefProcess.run("launch", bad.campaign.name, "--yes", queue: bad.campaign.queue)
      #expect(refused.status == 75, "\(refused.errors)")
      for words in [
        " cannot be kept: the last letter would be accepted at ",
        "1 customer would not be told by then: 1 letter for the limit 1/h of relay main.\n",
        "  a higher limit of relay main: 2/h instead of 1/h\n", "  a second relay like main\n",
        "Or telephone: 1 customer would not be told by the deadline. `eilbrief rehearse ",
        " --at-speed --json` names them now; ",
        " --late-is-fine`.\n",
      ] {
        #expect(refused.errors.contains(words), "\(refused.errors)")
      }
      #expect(try bad.relay.recipients() == [])
    }
  }

  @Test func whileItAsksNothingIsDelivered() async throws {
    try await RefusedLaunch.with { bad in
      let (name, queue) = (bad.campaign.name, bad.campaign.queue)
      let terminal = try launch(bad.campaign, input: .heldOpen)
      try await terminal.running {
        try await eventually("it asks") { terminal.outputSoFar.contains("Send 2 letters through") }
        #expect(!terminal.outputSoFar.contains("deadline") && terminal.outputSoFar.contains("all  accepted at "))
        let second = try await EilbriefProcess.run("launch", name, "--yes", queue: queue)
        #expect(second.status == 75)
        #expect(second.errors.contains("which has been at work on “sommer” since "), "\(second.errors)")
        #expect(second.errors.hasSuffix(", Ctrl-C in its terminal while it asks\n"), "\(second.errors)")
        for command in [["pause", name], ["cancel", name, "--yes"], ["resolve", name, "--resend"], ["purge", name]] {
          let outcome = try await ChildProcess.run(
            try EilbriefProcess.executable().path, command + ["--queue", queue.path])
          #expect(outcome.status == 64)
          #expect(
            outcome.errors
              == "eilbrief: \(name) was never launched: `eilbrief launch \(name) --queue \(queue.path)` begins it.\n")
        }
      }
    }
  }
}
