import Foundation
import TestSupport
import Testing

/// Letters that are tried again by the operator's word, with the built program: the relay that did not take them is
/// replaced by one that does.
@Suite(.timeLimit(.minutes(5))) struct AgainTests {
  private static let refusing = ["-f", "rcpt", "-B", "550 5.1.1 unknown user"]
  private static let busy = ["-r", "rcpt", "-b", "450 4.2.1 mailbox busy"]

  private struct Scene {
    let campaign: TestCampaign
    var ids: [String] { campaign.customers.map(\.id) }

    func run(_ arguments: String...) async throws -> ChildProcess.Outcome {
      try await ChildProcess.run(
        try EilbriefProcess.executable().path, [arguments[0], campaign.name] + arguments.dropFirst(),
        environment: ["EILBRIEF_QUEUE": campaign.queue.path])
    }

    func verify() async throws -> ChildProcess.Outcome {
      try await EilbriefProcess.run("receipts", "verify", campaign.name, queue: campaign.queue)
    }

    func count(_ state: String) async throws -> Int { try await CommandStatus.read(campaign).messages[state] ?? 0 }

    /// Replaces what stands once in the campaign file.
    func edit(_ old: String, _ new: String) throws {
      let yaml = try campaign.yaml()
      try #require(yaml.contains(old))
      try campaign.write(yaml: yaml.replacing(old, with: new))
    }

    /// Launches, and stops the process once all letters are deferred.
    func launchAndStop() async throws -> ChildProcess.Outcome {
      try await EilbriefProcess.running("launch", campaign.name, "--yes", queue: campaign.queue) { process in
        try await stop(process) { try await count("deferred") == campaign.customers.count }
      }
    }

    func stop(
      _ process: EilbriefProcess, once isReached: () async throws -> Bool
    ) async throws -> ChildProcess.Outcome {
      try await eventually("it is reached") { try await isReached() || !process.isRunning }
      process.send(SIGTERM)
      return await process.outcome()
    }

    func calls() async throws -> [String] {
      let report = try await run("report", "calls", "--format", "json")
      let rows = try JSONSerialization.jsonObject(with: Data(report.output.utf8)) as? [[String: Any]]
      return try #require(rows).compactMap { $0["customer"] as? String }
    }

    func resolutions() throws -> [String] {
      try String(contentsOf: campaign.folder.appendingPathComponent("receipts/receipts.jsonl"), encoding: .utf8)
        .split(separator: "\n").compactMap { line in
          (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["resolution"] as? String
        }
    }
  }

  /// Two customers; the campaign's relay has these options of smtp-sink until it is mended.
  private func with(
    relay options: [String], _ body: (Scene, _ good: SinkRelay, _ mend: () throws -> Void) async throws -> Void
  ) async throws {
    try await SinkRelay.with(options: options) { bad in
      try await SinkRelay.with { good in
        try await TemporaryFolder.with { queue in
          let campaign = try TestCampaign(
            in: queue, customers: GeneratedCustomer.customers(2, seed: 4),
            relay: ["name: main", "url: \"smtp://127.0.0.1:\(bad.port)\"", "tls: none"])
          let scene = Scene(campaign: campaign)
          try await body(scene, good) { try scene.edit("127.0.0.1:\(bad.port)", "127.0.0.1:\(good.port)") }
        }
      }
    }
  }

  @Test func aRefusedLetterGoesAgainWhenItsCustomerIsNamed() async throws {
    try await with(relay: Self.refusing) { scene, good, mend in
      let (one, two) = (scene.ids[0], scene.ids[1])
      #expect(try await scene.run("launch", "--yes").status == 1)
      #expect(try await Set(scene.calls()) == [one, two])
      try mend()
      let none = try await scene.run("resolve", "--resend")
      #expect(none.status == 0 && none.output == "No letter of sommer is uncertain.\n")
      #expect(try await scene.count("refused") == 2)
      let resolved = try await scene.run("resolve", "--resend", "--customer", one)
      #expect(
        resolved.output == """
          \(one): queued again; it was refused: 5.1.1 unknown user
          `eilbrief resume sommer` sends them.

          """)
      #expect(resolved.status == 0 && resolved.errors == "")
      let status = try await scene.run("status")
      #expect(status.output.contains("Letters are to be sent again: `eilbrief resume sommer` sends them."))
      #expect(try await scene.run("resume").status == 1, "the other one is refused still")
      #expect(try good.recipients() == ["<\(scene.campaign.customers[0].contact)>"])
      #expect(try await scene.calls() == [two])
      #expect(try scene.resolutions() == ["reopen"])
      let verified = try await scene.verify()
      #expect(verified.status == 0, "\(verified.errors)")
      let again = try await scene.run("resolve", "--resend", "--customer", one)
      #expect(again.status == 65)
      #expect(again.errors == "eilbrief: nothing was settled: not uncertain, refused or expired: \(one)\n")
    }
  }

  @Test func anExpiredLetterGoesAgainWhenItsCustomerIsNamed() async throws {
    try await with(relay: Self.busy) { scene, good, mend in
      try scene.edit("schedule: 30m 1h*3 4h*6, give_up_after: 4d", "schedule: 2s, give_up_after: 3s")
      #expect(try await scene.run("launch", "--yes").status == 1)
      #expect(try await scene.count("expired") == 2)
      // Long after its give-up time it is tried as often as before.
      let resolved = try await scene.run("resolve", "--resend", "--customer", scene.ids[0])
      #expect(
        resolved.output.hasPrefix(
          "\(scene.ids[0]): queued again; it had expired, and the last answer was: 4.2.1 mailbox busy\n"))
      #expect(try await scene.run("resume").status == 1)
      let file = scene.campaign.folder.appendingPathComponent("receipts/receipts.jsonl")
      let reopened = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\"resolution\":\"reopen\"")
      #expect(reopened.count == 2)
      #expect(reopened[1].components(separatedBy: "\"event\":\"attempt\"").count > 2, "it was tried once only")
      #expect(try await scene.count("expired") == 2)
      try mend()
      #expect(try await scene.run("resolve", "--resend", "--customer", scene.ids[0]).status == 0)
      #expect(try await scene.run("resume").status == 1)
      #expect(try good.recipients() == ["<\(scene.campaign.customers[0].contact)>"])
      #expect(try await scene.calls() == [scene.ids[1]])
      #expect(try await scene.verify().status == 0)
    }
  }

  @Test func deferredLettersGoAtOnce() async throws {
    try await with(relay: Self.busy) { scene, good, mend in
      let deferred = try await scene.launchAndStop()
      #expect(deferred.status == 75, "\(deferred.errors)")
      try mend()
      let wrong = try await scene.run("resume", "--now", "--customer", "nobody", "--customer", scene.ids[1])
      #expect(wrong.status == 65)
      #expect(wrong.errors == "eilbrief: nothing was resumed: no such customer in sommer: nobody\n")
      #expect(try await scene.run("resume", "--customer", scene.ids[1]).status == 64)
      let one = try await EilbriefProcess.running(
        "resume", scene.campaign.name, "--now", "--customer", scene.ids[1], queue: scene.campaign.queue
      ) { process in
        try await scene.stop(process) { try await scene.count("accepted") == 1 }
      }
      #expect(one.status == 75 && one.output.hasPrefix("Due now: 1 deferred letter.\n"), "\(one.output)")
      #expect(try good.recipients() == ["<\(scene.campaign.customers[1].contact)>"])
      #expect(try await scene.count("deferred") == 1)
      let settled = try await scene.run("resume", "--now", "--customer", scene.ids[1])
      #expect(settled.errors == "eilbrief: nothing was resumed: no deferred letter: \(scene.ids[1])\n")
      let all = try await scene.run("resume", "--now")
      #expect(all.status == 0 && all.output.hasPrefix("Due now: 1 deferred letter.\n"), "\(all.output)")
      #expect(try good.recipients().count == 2)
      #expect(try await scene.verify().status == 0)
    }
  }

  @Test func aShorterScheduleAppliesToLettersThatWait() async throws {
    try await with(relay: Self.busy) { scene, good, mend in
      #expect(try await scene.launchAndStop().status == 75)
      try mend()
      try scene.edit("schedule: 30m 1h*3 4h*6", "schedule: 1s")
      let resumed = try await scene.run("resume")
      #expect(resumed.status == 0)
      #expect(
        resumed.output.hasPrefix("Another due time, by `retry` in campaign.yaml: 2 deferred letters.\n"),
        "\(resumed.output)")
      #expect(try good.recipients().count == 2)
    }
  }
}
