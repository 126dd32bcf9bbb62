import Delivery
import DeliverySupport
import Foundation
import Queue
import Receipts
import Reports
import Synchronization
import TestSupport
import Testing

@testable import Operations

/// Pausing and cancelling: here where no process delivers, by the delivering process where one does.
@Suite(.timeLimit(.minutes(10))) struct ControlTests {
  private func control(
    _ scene: Scene, isStopped: Bool = false, report: @escaping @Sendable (CampaignControl.Event) -> Void = { _ in }
  ) -> CampaignControl {
    CampaignControl(scene.location, scene.dependencies, isStopped: { _ in isStopped }, report: report)
  }

  @Test func cancelTakesWhatIsLeftOut() async throws {
    let scene = try Scene(.accept, .accept, .call)
    try await scene.launchAndStop()
    #expect(try await CampaignControl.openLetters(of: scene.location, scene.dependencies) == 2)
    #expect(try await control(scene).run(.cancel) == .cancelled(letters: 2))
    #expect(try await scene.record().state == .cancelled)
    #expect(try scene.soundReceipts().count { $0.event == .cancelled } == 3)
    #expect(try await CampaignControl.openLetters(of: scene.location, scene.dependencies) == 0)
  }

  @Test func whatIsOverCannotBePausedOrCancelled() async throws {
    let scene = try Scene(.accept)
    for request in ControlRequest.allCases {
      let error = try await failure { _ = try await control(scene).run(request) }
      #expect(error.kind == .usage && error.message.steps == [.launch(withoutRejected: false)])
    }
    try await scene.launch()
    for request in ControlRequest.allCases {
      #expect(try await failure { _ = try await control(scene).run(request) }.kind == .usage)
    }
    #expect(try await scene.record().state == .completed)
  }

  @Test func pausedCampaignIsNotPausedTwice() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    #expect(try await failure { _ = try await control(scene).run(.pause) }.kind == .usage)
  }

  @Test func runningCampaignWithoutAProcessIsPaused() async throws {
    let scene = try Scene(.accept, .accept)
    try await scene.launchAndStop()
    try await scene.leaveOnTheWire("K1")
    let lost = Mutex(0)
    let outcome = try await control(scene) { event in
      if case .recovered(let count) = event { lost.withLock { $0 = count } }
    }.run(.pause)
    #expect(outcome == .paused && lost.withLock { $0 } == 1)
    #expect(try await scene.states() == ["K1": .uncertain, "K2": .queued])
    #expect(try scene.soundReceipts().last?.event == .paused)
  }

  @Test func lettersQueuedAgainCanBeCancelled() async throws {
    let scene = try Scene(.lose)
    try await scene.launch()
    _ = try await Settling(scene.location, customers: [], scene.dependencies).decide(.resend, letter: nil) { _ in }
    #expect(try await failure { _ = try await control(scene).run(.pause) }.kind == .usage)
    #expect(try await control(scene).run(.cancel) == .cancelled(letters: 1))
  }

  /// Runs `request` while this test holds the campaign as a delivering process would, and does `answer` once it is asked.
  private func ask(
    _ request: ControlRequest, _ scene: Scene, isStopped: Bool = false,
    _ answer: (SQLiteStore, CampaignRecord) async throws -> Void
  ) async throws -> (outcome: Result<CampaignControl.Outcome, any Error>, sawStopped: Bool) {
    let holder = Mutex<SpoolLock?>(
      try SpoolLock.take(Spool(folder: scene.folder.url), campaign: scene.location.name, at: Scene.start))
    let store = try SQLiteStore.open(spool: scene.folder.url, access: .owner)
    let record = try await scene.record()
    let asked = Mutex(false)
    let sawStopped = Mutex(false)
    let control = self.control(scene, isStopped: isStopped) { event in
      switch event {
      case .asked: asked.withLock { $0 = true }
      case .holderIsStopped: sawStopped.withLock { $0 = true }
      case .recovered: break
      }
    }
    async let outcome = { () async -> Result<CampaignControl.Outcome, any Error> in
      do { return .success(try await control.run(request)) } catch { return .failure(error) }
    }()
    try await eventually("the process is asked") { asked.withLock { $0 } }
    if isStopped { try await eventually("the process is seen stopped") { sawStopped.withLock { $0 } } }
    #expect(try await store.pendingRequest(of: record.id) == request)
    try await answer(store, record)
    holder.withLock { $0 = nil }
    return (await outcome, sawStopped.withLock { $0 })
  }

  @Test func deliveringProcessIsAsked() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let (outcome, sawStopped) = try await ask(.cancel, scene, isStopped: true) { store, record in
      _ = try await store.cancel(campaign: record.id, at: Scene.start)
    }
    #expect(try outcome.get() == .doneByHolder(.cancelled) && sawStopped)
    // The process died before it signed its last receipts.
    #expect(try scene.soundReceipts().last?.event == .cancelled)
  }

  @Test func processThatEndsWithoutObeyingIsReported() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let (outcome, _) = try await ask(.cancel, scene) { _, _ in }
    #expect(try await failure { _ = try outcome.get() }.kind == .stopped)
  }

  @Test func anotherCampaignsDeliveryIsNotAsked() async throws {
    let scene = try Scene(.accept)
    try await scene.launchAndStop()
    let lock = try SpoolLock.take(Spool(folder: scene.folder.url), campaign: "winter", at: Scene.start)
    #expect(try await failure { _ = try await control(scene).run(.cancel) }.kind == .stopped)
    withExtendedLifetime(lock) {}
    #expect(try await scene.record().state == .paused)
  }
}
