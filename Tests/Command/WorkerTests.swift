import Foundation
import RelaySupport
import TestSupport
import Testing

/// `eilbrief worker`: several campaigns at once, until it is told to stop, and everything again after any end of it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct WorkerTests {
  @Test func campaignsFromBeforeAndFromMeanwhileAreDelivered() async throws {
    try await WorkerScene.with { scene in
      let first = try scene.campaign("sommer", customers: 6, seed: 1)
      let second = try scene.campaign("herbst", customers: 5, seed: 2)
      let early = try await scene.run("launch", "sommer", "--yes", "--detach")
      #expect(early.output.contains("none runs") && early.output.contains("eilbrief worker --queue"), "\(early.output)")
      #expect(try await scene.state(first) == "running" && scene.recipients.isEmpty)
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("the first is done: \(worker.errorsSoFar)") { try await scene.state(first) == "completed" }
        let late = try await scene.run("launch", "herbst", "--yes", "--detach")
        #expect(late.output.contains("process \(worker.child.identifier)"), "\(late.output)")
        try await eventually("the second is done: \(worker.errorsSoFar)") {
          try await scene.state(second) == "completed"
        }
        worker.send(SIGTERM)
        let outcome = await worker.outcome()
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("sommer: Done: accepted 6."), "\(outcome.errors)")
      }
      #expect(scene.isEachToldOnce(first, second))
      try await scene.run("receipts", "verify", "sommer")
      try await scene.run("receipts", "verify", "herbst")
    }
  }

  /// A stop drains, changes nothing for the campaigns, and the next start goes on; with two at work.
  @Test(arguments: [SIGTERM, SIGINT]) func aStopLeavesThemRunning(_ signal: Int32) async throws {
    try await WorkerScene.with(faults: "slow 100% 300ms") { scene in
      let campaigns = [
        try scene.campaign("sommer", customers: 90, seed: 3), try scene.campaign("herbst", customers: 90, seed: 4),
      ]
      for campaign in campaigns { try await scene.run("launch", campaign.name, "--yes", "--detach") }
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("both are at work: \(worker.errorsSoFar)") {
          let told = Set(scene.recipients)
          return campaigns.allSatisfy { $0.customers.contains { told.contains($0.contact) } }
        }
        worker.send(signal)
        let outcome = await worker.outcome()
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      }
      for campaign in campaigns {
        let status = try await CommandStatus.read(campaign)
        #expect(status.state == "running" && status.messages["sending"] == 0 && status.messages["uncertain"] == 0)
        #expect((status.messages["queued"] ?? 0) + (status.messages["deferred"] ?? 0) > 0, "\(status.messages)")
      }
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("both are done: \(worker.errorsSoFar)") {
          for campaign in campaigns where try await scene.state(campaign) != "completed" { return false }
          return true
        }
      }
      #expect(scene.isEachToldOnce(campaigns[0], campaigns[1]))
      for campaign in campaigns { try await scene.run("receipts", "verify", campaign.name) }
    }
  }

  @Test func killedAtAnyMomentItGoesOnByItself() async throws {
    try await WorkerScene.with(faults: "slow 100% 100ms") { scene in
      let campaigns = [
        try scene.campaign("sommer", customers: 40, seed: 5), try scene.campaign("herbst", customers: 40, seed: 6),
      ]
      for campaign in campaigns { try await scene.run("launch", campaign.name, "--yes", "--detach") }
      for kill in 1...3 {
        try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
          let before = scene.recipients.count
          try await eventually("something was sent: \(worker.errorsSoFar)") { scene.recipients.count > before + kill }
          worker.send(SIGKILL)
          _ = await worker.outcome()
        }
      }
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("both are done: \(worker.errorsSoFar)") {
          for campaign in campaigns where try await scene.state(campaign) != "completed" { return false }
          return true
        }
      }
      var settled = 0
      for campaign in campaigns {
        let status = try await CommandStatus.read(campaign)
        settled += (status.messages["accepted"] ?? 0) + (status.messages["uncertain"] ?? 0)
        // At most what was on the wire at each kill.
        #expect((status.messages["uncertain"] ?? 0) <= 6, "\(status.messages)")
        try await scene.run("receipts", "verify", campaign.name)
      }
      #expect(settled == 80)
      #expect(Set(scene.recipients).count == scene.recipients.count, "somebody was told twice")
    }
  }

  /// What the operator says counts, for one campaign, while the other goes on.
  @Test func theOperatorsWordsAreHeard() async throws {
    try await WorkerScene.with(faults: "slow 100% 200ms") { scene in
      let first = try scene.campaign("sommer", customers: 40, seed: 7)
      let second = try scene.campaign("herbst", customers: 300, seed: 8)
      for campaign in [first, second] { try await scene.run("launch", campaign.name, "--yes", "--detach") }
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("it is at work: \(worker.errorsSoFar)") { scene.recipients.count > 4 }
        // A launch of its own has no place beside it, and nothing is settled in what is being delivered.
        let refused = try await scene.run("launch", "sommer", "--yes", status: 75)
        #expect(refused.errors.contains("--detach"), "\(refused.errors)")
        try await scene.run("resolve", "sommer", "--assume-accepted", status: 75)
        try await scene.run("resume", "sommer", status: 64)
        let paused = try await scene.run("pause", "sommer")
        #expect(paused.output.contains("sommer is paused."), "\(paused.output)")
        let told = Set(scene.recipients)
        try await Task.sleep(for: .seconds(3))
        let open = first.customers.filter { !told.contains($0.contact) }.map(\.contact)
        #expect(Set(scene.recipients).isDisjoint(with: open) && scene.recipients.count > told.count)
        #expect(try await scene.state(first) == "paused")
        let resumed = try await scene.run("resume", "sommer")
        #expect(resumed.output.contains("Handed over to the worker"), "\(resumed.output)")
        try await eventually("it goes on: \(worker.errorsSoFar)", within: .seconds(60)) {
          !Set(scene.recipients).isDisjoint(with: open)
        }
        try await scene.run("cancel", "herbst", "--yes")
        #expect(try await scene.state(second) == "cancelled")
        try await eventually("the first is done: \(worker.errorsSoFar)") { try await scene.state(first) == "completed" }
        worker.send(SIGTERM)
        #expect(await worker.outcome().status == 0)
      }
      #expect(Set(scene.recipients).count == scene.recipients.count)
      for campaign in [first, second] { try await scene.run("receipts", "verify", campaign.name) }
    }
  }

  /// An answer that never comes is not waited for until a service manager kills the worker: the letter is uncertain.
  @Test func aStopIsHeldUpByNoSilentRelay() async throws {
    try await WorkerScene.with { scene in
      try await SilentRelay.with(.dot) { silent in
        let campaign = try scene.campaign("sommer", customers: 3, seed: 51)
        try campaign.write(yaml: campaign.yaml().replacing(":\(scene.port)\"", with: ":\(silent.port)\""))
        try await scene.run("launch", "sommer", "--yes", "--detach")
        try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
          try await eventually("letters are sent whole: \(worker.errorsSoFar)") {
            silent.events.count { $0 == "silent" } == 2
          }
          let outcome = try await worker.child.outcome(of: SIGTERM, before: 30)
          #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        }
        let status = try await CommandStatus.read(campaign)
        #expect(status.state == "running" && status.messages["uncertain"] == 2 && status.messages["queued"] == 1)
      }
    }
  }

  /// Uncertain letters of a campaign that is over are settled while the worker delivers another one.
  @Test func settlingBesideADelivery() async throws {
    try await WorkerScene.with(faults: "slow 100% 200ms") { scene in
      try await SilentRelay.with(.dot) { silent in
        let over = try scene.campaign("sommer", customers: 1, seed: 9)
        try over.write(yaml: over.yaml().replacing(":\(scene.port)\"", with: ":\(silent.port)\""))
        try await EilbriefProcess.running("launch", "sommer", "--yes", "--wait", "0", queue: scene.queue) { launch in
          try await eventually("the letter is sent whole") { silent.events.contains("silent") }
          launch.send(SIGINT)
          _ = await launch.outcome()
        }
        try over.write(yaml: over.yaml().replacing(":\(silent.port)\"", with: ":\(scene.port)\""))
        let other = try scene.campaign("herbst", customers: 60, seed: 10)
        try await scene.run("launch", "herbst", "--yes", "--detach")
        try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
          try await eventually("it is at work: \(worker.errorsSoFar)") { scene.recipients.count > 2 }
          let refused = try await scene.run("resolve", "herbst", "--assume-accepted", status: 75)
          for verb in ["pause", "resume"] {
            let line = "`eilbrief \(verb) herbst --queue \(scene.queue.path)`"
            #expect(refused.errors.contains(line), "\(refused.errors)")
          }
          try await scene.run("resolve", "sommer", "--customer", over.customers[0].id, "--resend")
          try await scene.run("resume", "sommer")
          try await eventually("it is sent again: \(worker.errorsSoFar)") {
            try await CommandStatus.read(over).messages["accepted"] == 1
          }
          #expect(try await scene.state(other) == "running")
        }
        try await scene.run("receipts", "verify", "sommer")
      }
    }
  }

  /// Calls to customers of a campaign that the worker delivers, and of one that is over: both receipts are on the disk.
  @Test func callsBesideADelivery() async throws {
    try await WorkerScene.with(faults: "slow 100% 200ms") { scene in
      let over = try scene.campaign("sommer", customers: 2, seed: 41)
      try await scene.run("launch", "sommer", "--yes")
      let other = try scene.campaign("herbst", customers: 60, seed: 42)
      try await scene.run("launch", "herbst", "--yes", "--detach")
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("it is at work: \(worker.errorsSoFar)") { scene.recipients.count > 4 }
        for campaign in [over, other] {
          for customer in campaign.customers.prefix(2) {
            let done = try await scene.run(
              "calls", "done", campaign.name, customer.id, "--by", "Karla Test", "--outcome", "reached", "--anyway")
            #expect(done.output.hasPrefix("Recorded: \(customer.id), reached"))
            #expect(!done.output.contains("in the queue with its receipt"), "\(campaign.name): \(done.output)")
          }
        }
        #expect(try await scene.state(other) == "running")
        for campaign in [over, other] {
          let verified = try await scene.run("receipts", "verify", campaign.name)
          #expect(verified.output.contains("calls  2 reached"), "\(verified.output)")
        }
        try await eventually("it is done: \(worker.errorsSoFar)") { try await scene.state(other) == "completed" }
        worker.send(SIGTERM)
        #expect(await worker.outcome().status == 0)
      }
      #expect(scene.isEachToldOnce(over, other))
      for campaign in [over, other] { try await scene.run("receipts", "verify", campaign.name) }
    }
  }

  /// Nobody was killed: the words about who delivers are those of a campaign that waits.
  @Test func statusSaysWhoIsWaitedFor() async throws {
    try await WorkerScene.with(faults: "slow 100% 200ms") { scene in
      _ = try scene.campaign("sommer", customers: 30, seed: 43)
      try await scene.run("launch", "sommer", "--yes", "--detach")
      let waits = try await scene.run("status", "sommer").output
      #expect(
        waits.contains("No process delivers it, and no letter was tried yet: `eilbrief resume sommer"), "\(waits)")
      #expect(
        waits.contains("(`eilbrief worker --queue \(scene.queue.path)`)") && !waits.contains("killed"), "\(waits)")
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("it is at work: \(worker.errorsSoFar)") { scene.recipients.count > 2 }
        #expect(try await scene.run("status", "sommer").output.contains("delivers it since"))
        worker.send(SIGTERM)
        _ = await worker.outcome()
      }
      let stopped = try await scene.run("status", "sommer").output
      #expect(stopped.contains("ended by itself: it handed the campaign over, was told to stop"), "\(stopped)")
    }
  }

  @Test func oneThatFailsStopsNobodyAndGoesOnWhenItIsMended() async throws {
    try await WorkerScene.with { scene in
      let broken = try scene.campaign("sommer", customers: 3, seed: 11)
      let sound = try scene.campaign("herbst", customers: 4, seed: 12)
      for campaign in [broken, sound] { try await scene.run("launch", campaign.name, "--yes", "--detach") }
      let yaml = try broken.yaml()
      try broken.write(yaml: yaml.replacing("what: Unbefugter", with: "what: Anderer"))
      try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
        try await eventually("the sound one is done: \(worker.errorsSoFar)") {
          try await scene.state(sound) == "completed"
        }
        try await eventually("it is told: \(worker.errorsSoFar)") {
          worker.errorsSoFar.contains("sommer: sommer was frozen")
        }
        let status = try await scene.run("status", "sommer")
        #expect(status.output.contains("what it is made of has changed"), "\(status.output)")
        #expect(try await CommandStatus.read(broken).messages["queued"] == 3)
        try FileManager.default.removeItem(at: broken.campaignFile)
        try await eventually("another word of it: \(worker.errorsSoFar)") {
          worker.errorsSoFar.contains("the campaign file is wrong")
        }
        try broken.write(yaml: yaml)
        try await eventually("it goes on by itself: \(worker.errorsSoFar)") {
          try await scene.state(broken) == "completed"
        }
        let after = try await scene.run("status", "sommer")
        #expect(!after.output.contains("has changed"), "\(after.output)")
        // Each word once, however often it was tried.
        #expect(worker.errorsSoFar.split(separator: "sommer was frozen").count == 2, "\(worker.errorsSoFar)")
      }
      #expect(scene.isEachToldOnce(broken, sound))
    }
  }

  @Test func aSecondWorkerWaitsForTheFirstOnesEnd() async throws {
    try await WorkerScene.with(faults: "slow 100% 100ms") { scene in
      let campaign = try scene.campaign("sommer", customers: 30, seed: 13)
      try await EilbriefProcess.running("worker", queue: scene.queue) { first in
        try await eventually("it has begun") { first.errorsSoFar.contains("The worker delivers from") }
        try await EilbriefProcess.running("worker", queue: scene.queue) { second in
          try await eventually("it says who has it: \(second.errorsSoFar)") {
            second.errorsSoFar.contains("Process \(first.child.identifier) on ")
          }
          try await scene.run("launch", "sommer", "--yes", "--detach")
          try await eventually("the first one delivers") { scene.recipients.count > 3 }
          #expect(!second.errorsSoFar.contains("sommer"))
          first.send(SIGKILL)
          try await eventually("the second one goes on: \(second.errorsSoFar)") {
            try await scene.state(campaign) == "completed"
          }
          second.send(SIGTERM)
          #expect(await second.outcome().status == 0)
        }
      }
      #expect(Set(scene.recipients).count == scene.recipients.count)
    }
  }

  @Test func anotherProcessThatDeliversIsWaitedFor() async throws {
    try await WorkerScene.with(faults: "slow 100% 200ms") { scene in
      let alone = try scene.campaign("sommer", customers: 12, seed: 14)
      let handed = try scene.campaign("herbst", customers: 3, seed: 15)
      try await EilbriefProcess.running("launch", "sommer", "--yes", queue: scene.queue) { launch in
        try await eventually("it delivers: \(launch.errorsSoFar)") { scene.recipients.count > 1 }
        try await EilbriefProcess.running("worker", queue: scene.queue) { worker in
          try await eventually("it says so: \(worker.errorsSoFar)") {
            worker.errorsSoFar.contains("process \(launch.child.identifier) on ")
          }
          #expect(await launch.outcome().status == 0)
          try await scene.run("launch", "herbst", "--yes", "--detach")
          try await eventually("it is done: \(worker.errorsSoFar)") { try await scene.state(handed) == "completed" }
        }
      }
      #expect(scene.isEachToldOnce(alone, handed))
    }
  }

  // MARK: Service manager

  @Test(arguments: [false, true]) func theServiceManagerIsToldAndTheWatchdogIsTheLoops(isAbstract: Bool) async throws {
    try await WorkerScene.with { scene in
      let socket = try NotifySocket(
        isAbstract ? "@eilbrief-test-\(getpid())-\(scene.port)" : scene.queue.appendingPathComponent("notify").path)
      let environment = ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "1000000"]
      try await EilbriefProcess.running("worker", queue: scene.queue, environment: environment) { worker in
        try await eventually("it is ready") { socket.messages.contains("READY=1") }
        func beats() -> Int { socket.messages.count { $0 == "WATCHDOG=1" } }
        try await eventually("it lives") { beats() >= 3 }
        #expect(socket.messages.contains("STATUS=Nothing to deliver."), "\(socket.messages)")
        worker.send(SIGSTOP)
        try await Task.sleep(for: .milliseconds(300))
        let stopped = beats()
        try await Task.sleep(for: .seconds(2))
        #expect(beats() == stopped)
        worker.send(SIGCONT)
        try await eventually("it lives again") { beats() > stopped }
        worker.send(SIGTERM)
        #expect(await worker.outcome().status == 0)
        #expect(socket.messages.last { $0.hasPrefix("STOPPING=1") } != nil, "\(socket.messages)")
      }
    }
  }
}
