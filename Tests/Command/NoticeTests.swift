import Foundation
import Queue
import Rehearsal
import RelaySupport
import Synchronization
import TestSupport
import Testing

/// `notify:` tells the operator of what needs them: once for each event, also over restarts, without personal data, and
/// without ever being in the way of a delivery.
@Suite(.serialized, .timeLimit(.minutes(10))) struct NoticeTests {
  struct Told: Decodable, Equatable {
    let campaign: String
    let event: String
    let reason: String?
    let letters: [String: Int]
    let lateCustomers: Int?
    let next: String
  }

  private final class Mails: Sendable {
    let all = Mutex<[TakenMessage]>([])
  }

  /// A command that appends its input to a file, after `first` and before `last` (lines of shell).
  private static func alarm(in folder: URL, first: String = ":", last: String = ":") throws -> (
    command: String, file: URL
  ) {
    let program = folder.appendingPathComponent("alarm.sh")
    let file = folder.appendingPathComponent("told.jsonl")
    let lines = ["#!/bin/sh", first, "env > \(folder.path)/environment", "cat >> \(file.path)", last, ""]
    try Data(lines.joined(separator: "\n").utf8).write(to: program)
    chmod(program.path, 0o755)
    return ("[\(program.path), --urgent]", file)
  }

  private static func told(_ file: URL) throws -> [Told] {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try text.split(separator: "\n").map { try decoder.decode(Told.self, from: Data($0.utf8)) }
  }

  private static func requireNoCustomer(of campaign: TestCampaign, in text: String) {
    for customer in campaign.customers {
      for word in [customer.contact, customer.company, customer.phone] where !word.isEmpty {
        #expect(!text.contains(word), "\(word) in \(text)")
      }
    }
  }

  @Test func theEndIsToldOnceOnEachChannelAlsoOverRestarts() async throws {
    let mails = Mails()
    let keep: @Sendable (TakenMessage) -> Void = { message in mails.all.withLock { $0.append(message) } }
    try await withRelay(RelayOptions(), onTaken: keep) { _, port in
      try await WorkerScene.with { scene in
        let (command, file) = try Self.alarm(in: scene.queue)
        let campaign = try scene.campaign(
          "sommer", customers: 4, seed: 21,
          more:
            "notify: {command: \(command), mail: {to: ops@firm.example, relay: {url: \"smtp://127.0.0.1:\(port)\"}}}\n")
        try await scene.run("launch", "sommer", "--yes", "--detach")
        for _ in 1...3 {
          try await EilbriefProcess.running("worker", queue: scene.queue, environment: ["SECRET": "no"]) { worker in
            try await eventually("it is told: \(worker.errorsSoFar)") {
              try !Self.told(file).isEmpty && mails.all.withLock { !$0.isEmpty }
            }
            // Time for a second telling, if there were one.
            try await Task.sleep(for: .seconds(3))
            worker.send(SIGTERM)
            #expect(await worker.outcome().status == 0)
          }
        }
        let told = try Self.told(file)
        #expect(told.map(\.event) == ["done"] && told.first?.letters["accepted"] == 4, "\(told)")
        #expect(told.first?.next == "eilbrief report sommer --queue \(scene.queue.path)")
        Self.requireNoCustomer(of: campaign, in: try String(contentsOf: file, encoding: .utf8))
        let environment = try String(
          contentsOf: scene.queue.appendingPathComponent("environment"), encoding: .utf8)
        #expect(environment.contains("EILBRIEF_EVENT=done\n") && environment.contains("EILBRIEF_CAMPAIGN=sommer\n"))
        #expect(!environment.contains("SECRET"), "\(environment)")
        let all = mails.all.withLock { $0 }
        #expect(all.count == 1 && all.first?.recipients == ["ops@firm.example"], "\(all)")
        let text = String(decoding: try #require(all.first?.bytes), as: UTF8.self)
        #expect(text.contains("Auto-Submitted: auto-generated\r\n") && text.contains("Content-Type: text/plain; "))
        #expect(text.contains("Subject: [eilbrief] sommer: done\r\n"), "\(text)")
        Self.requireNoCustomer(of: campaign, in: text)
      }
    }
  }

  /// The process dies right after the campaign's state says that it is over, and has told nobody.
  @Test(arguments: ["stateCommitted:2", "replacementWritten:1", "deliveryEnded"])
  func whatAProcessThatDiedHasNotToldIsToldByTheNext(_ point: String) async throws {
    try await WorkerScene.with { scene in
      let (command, file) = try Self.alarm(in: scene.queue)
      let campaign = try scene.campaign("sommer", customers: 3, seed: 22, more: "notify: {command: \(command)}\n")
      try await EilbriefProcess.running(
        "launch", "sommer", "--yes", queue: scene.queue, environment: ["EILBRIEF_FAULT": point]
      ) { launch in
        let outcome = await launch.outcome()
        #expect(outcome.ending == .killed(signal: SIGKILL), "\(outcome.ending) \(outcome.errors)")
      }
      #expect(try Self.told(file).isEmpty)
      for _ in 1...2 {
        try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
          try await eventually("it is told: \(worker.errorsSoFar)") { try !Self.told(file).isEmpty }
          try await Task.sleep(for: .seconds(2))
          worker.send(SIGTERM)
          _ = await worker.outcome()
        }
      }
      #expect(try Self.told(file).map(\.event) == ["done"])
      #expect(try await scene.state(campaign) == "completed")
    }
  }

  @Test func whatNeedsTheOperatorIsToldAndTheirOwnWordIsNot() async throws {
    try await WorkerScene.with(faults: "slow 100% 200ms") { scene in
      let (command, file) = try Self.alarm(in: scene.queue)
      do {
        let canary = try scene.campaign(
          "sommer", customers: 6, seed: 23, more: "canary: {letters: 2}\nnotify: [{command: \(command)}]\n")
        let asked = try scene.campaign("herbst", customers: 40, seed: 24, more: "notify: {command: \(command)}\n")
        for name in ["sommer", "herbst"] { try await scene.run("launch", name, "--yes", "--detach") }
        try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
          try await eventually("the canary is told: \(worker.errorsSoFar)") {
            try Self.told(file).contains { $0.campaign == "sommer" }
          }
          #expect(try await scene.state(canary) == "paused")
          try await scene.run("pause", "herbst")
          #expect(try await scene.state(asked) == "paused")
          worker.send(SIGTERM)
          #expect(await worker.outcome().status == 0)
        }
        let told = try Self.told(file)
        #expect(told.filter { $0.campaign == "sommer" }.map { [$0.event, $0.reason] } == [["decision", "canary"]])
        #expect(told.first { $0.campaign == "sommer" }?.next.contains("eilbrief resume sommer") == true)
        #expect(!told.contains { $0.campaign == "herbst" }, "\(told)")
        // A resume goes on, and its end is another event.
        try await scene.run("resume", "sommer", "--detach")
        try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
          try await eventually("its end is told: \(worker.errorsSoFar)") {
            try Self.told(file).contains { $0.campaign == "sommer" && $0.event == "done" }
          }
        }
        #expect(try Self.told(file).filter { $0.campaign == "sommer" }.map(\.event) == ["decision", "done"])
      }
    }
  }

  @Test func lateByForecastIsToldOnce() async throws {
    try await WorkerScene.with { scene in
      let (command, file) = try Self.alarm(in: scene.queue)
      let campaign = try scene.campaign("sommer", customers: 30, seed: 26)
      let soon = Date(timeIntervalSinceNow: 1800).formatted(.iso8601)
      try campaign.write(
        yaml: campaign.yaml().replacing("2099-11-23T16:00:00+01:00", with: soon)
          .replacing("connections: 2", with: "connections: 2, limits: [5/h]") + "notify: {command: \(command)}\n")
      try await scene.run("launch", "sommer", "--yes", "--late-is-fine", "--detach")
      for _ in 1...2 {
        try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
          try await eventually("it is told: \(worker.errorsSoFar)") { try !Self.told(file).isEmpty }
          try await Task.sleep(for: .seconds(7))
          worker.send(SIGTERM)
          _ = await worker.outcome()
        }
      }
      let told = try Self.told(file)
      #expect(told.map(\.event) == ["late"] && told.first?.lateCustomers ?? 0 > 0, "\(told)")
    }
  }

  @Test func aCommandThatFailsIsTriedAgainAndStopsNothing() async throws {
    try await WorkerScene.with { scene in
      let (command, file) = try Self.alarm(
        in: scene.queue, first: "test -e \(scene.queue.path)/second || { touch \(scene.queue.path)/second; exit 3; }")
      let campaign = try scene.campaign(
        "sommer", customers: 3, seed: 27,
        more: "notify: [{command: [/nowhere/alarm]}, {command: \(command)}]\n")
      try await scene.run("launch", "sommer", "--yes", "--detach")
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("it is done: \(worker.errorsSoFar)") { try await scene.state(campaign) == "completed" }
        try await eventually("it is told at the second attempt: \(worker.errorsSoFar)") { try !Self.told(file).isEmpty }
        #expect(worker.errorsSoFar.contains("sommer: notice “done”, command "), "\(worker.errorsSoFar)")
        #expect(worker.errorsSoFar.contains("ended with exit status 3; it is tried again"), "\(worker.errorsSoFar)")
        #expect(worker.errorsSoFar.contains("command /nowhere/alarm: cannot be started"), "\(worker.errorsSoFar)")
      }
      #expect(try Self.told(file).count == 1)
    }
  }

  /// Without a worker, a launch tells by itself.
  @Test func aLaunchTellsItsEnd() async throws {
    try await WorkerScene.with { scene in
      let (command, file) = try Self.alarm(in: scene.queue)
      _ = try scene.campaign("sommer", customers: 3, seed: 28, more: "notify: {command: \(command)}\n")
      try await scene.run("launch", "sommer", "--yes")
      #expect(try Self.told(file).map(\.event) == ["done"])
      try await scene.run("resume", "sommer")
      #expect(try Self.told(file).map(\.event) == ["done"])
    }
  }

  /// A command that never ends: the result is on the screen before it, what is waited for is said, and the queue is free.
  /// The process is killed in the middle: the next one does not tell it again as long as the command may still be at it.
  @Test func aCommandThatHangsHoldsBackNothing() async throws {
    try await WorkerScene.with { scene in
      let (command, file) = try Self.alarm(in: scene.queue, last: "sleep 40")
      _ = try scene.campaign("sommer", customers: 3, seed: 29, more: "notify: {command: \(command)}\n")
      try await EilbriefProcess.running("launch", "sommer", "--yes", queue: scene.queue) { launch in
        try await eventually("what is waited for is said: \(launch.errorsSoFar)") {
          launch.errorsSoFar.contains("Waiting for the notice to you (`notify` in campaign.yaml), up to 45 s")
        }
        #expect(launch.outputSoFar.contains("Campaign sommer: completed"), "\(launch.outputSoFar)")
        #expect(SpoolLock.holder(of: Spool(folder: scene.queue)) == nil)
        #expect(try Self.told(file).map(\.event) == ["done"])
        launch.send(SIGKILL)
        _ = await launch.outcome()
      }
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        // Three rounds of it.
        try await Task.sleep(for: .seconds(6))
        worker.send(SIGTERM)
        #expect(await worker.outcome().status == 0)
      }
      #expect(try Self.told(file).map(\.event) == ["done"])
    }
  }

  /// A failure too is shown before the wait, and its exit code comes behind it.
  @Test func aFailureIsShownBeforeTheWait() async throws {
    try await WorkerScene.with(faults: "refuse-all") { scene in
      let (command, file) = try Self.alarm(in: scene.queue, last: "sleep 4")
      _ = try scene.campaign("sommer", customers: 3, seed: 30, more: "notify: {command: \(command)}\n")
      let launch = try await scene.run("launch", "sommer", "--yes", status: 69)
      let wait = try #require(launch.errors.range(of: "Waiting for the notice to you"), "\(launch.errors)")
      let end = try #require(launch.errors.range(of: "Paused. `eilbrief resume sommer"), "\(launch.errors)")
      #expect(end.upperBound < wait.lowerBound)
      #expect(try Self.told(file).map(\.reason) == ["relays"])
    }
  }
}
