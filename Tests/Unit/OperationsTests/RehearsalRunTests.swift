import DeliverySupport
import Foundation
import Queue
import Receipts
import Rehearsal
import Reports
import SMTP
import TestSupport
import Testing

@testable import Operations

/// A whole campaign over SMTP against the built-in relay of this process.
@Suite(.timeLimit(.minutes(10))) struct RehearsalRunTests {
  private func rehearse(_ scene: Scene, _ faults: FaultPlan = .none, keep: URL? = nil) async throws
    -> RehearsalRun.Outcome
  {
    var dependencies = scene.dependencies
    dependencies.transport = {
      CurlTransport(secrets: $0, clientName: "localhost", clock: ContinuousClock())
    }
    return try await RehearsalRun(scene.location, faults: faults, keep: keep, scene.observer, dependencies).run()
  }

  @Test func faultsBecomeStates() async throws {
    let scene = try Scene(.accept, .accept, .accept, .call)
    try scene.addBadRow()
    let outcome = try await rehearse(
      scene,
      FaultPlan(rules: [
        .init(.unknown, .address(Scene.contact(1, .accept))), .init(.lostReply, .address(Scene.contact(2, .accept))),
      ]))
    #expect(outcome.delivery.status.state == .completed && outcome.delivery.uncertain == ["K2"])
    #expect(outcome.delivery.status.count(.refused) == 1 && outcome.delivery.status.count(.accepted) == 1)
    #expect(outcome.relay.taken == 2 && outcome.rejectedRows == 1 && outcome.kept == nil && outcome.letters == nil)
    #expect(scene.observer.notes == [.rehearsing(3)] && scene.observer.questions.isEmpty)
    #expect(!scene.hasStore && !scene.exists(scene.receipts))
  }

  @Test func retriesTakeTheirTimeByTheClock() async throws {
    let scene = try Scene(.accept)
    let outcome = try await rehearse(
      scene, FaultPlan(rules: [.init(.temporary, .address(Scene.contact(1, .accept)), tries: 2)]))
    #expect(outcome.delivery.status.count(.accepted) == 1)
    #expect(outcome.duration >= 30 * 60 + 3600)
  }

  /// The relay goes by the clock of the rehearsal: greylisting is over when the delivery's wait is.
  @Test func timesOfFaultsAreThoseOfTheClock() async throws {
    let scene = try Scene(.accept)
    let outcome = try await rehearse(scene, FaultPlan(parsing: "greylist 1200s"))
    #expect(outcome.delivery.status.count(.accepted) == 1 && outcome.relay.faults == ["greylist": 1])
    #expect(outcome.duration >= 1200)
  }

  /// A relay that was away is back after waits that took no time.
  @Test func aRelayThatWasAwayComesBack() async throws {
    let scene = try Scene(.accept, .accept, .accept, relay: Scene.relay + ["connections: 1"])
    let outcome = try await rehearse(scene, FaultPlan(parsing: "away 20s after 1"))
    #expect(outcome.delivery.status.count(.accepted) == 3 && outcome.relay.faults == ["away": 1])
    #expect(outcome.duration >= 20)
  }

  @Test func keptRehearsalIsAQueueWithItsLetters() async throws {
    let scene = try Scene(.accept)
    let keep = scene.files.folder.appendingPathComponent("kept")
    let outcome = try await rehearse(scene, keep: keep)
    let kept = try #require(outcome.kept)
    #expect(kept.queue == keep && kept.name == "sommer")
    let letters = try #require(outcome.letters)
    #expect(try FileManager.default.contentsOfDirectory(atPath: letters.path).count == 1)
    #expect(try await ReceiptsVerification.run(kept, key: nil, scene.dependencies).error == nil)
    #expect(try await failure { _ = try await rehearse(scene, keep: keep) }.kind == .cannotWrite)
  }

  @Test func whatCannotBeLaunchedLeavesNothing() async throws {
    let scene = try Scene(.accept)
    try scene.spoilLetters()
    let keep = scene.folder.url.appendingPathComponent("kept")
    #expect(try await failure { _ = try await rehearse(scene, keep: keep) }.kind == .data)
    #expect(!scene.exists(keep) && scene.observer.notes.isEmpty)
    let keyless = try Scene(
      .accept, more: "dkim: {domain: kanzlei-it.example, selector: a, rsa_key_file: nowhere.pem}\n")
    #expect(try await failure { _ = try await rehearse(keyless) }.kind == .campaignFile)
  }
}
