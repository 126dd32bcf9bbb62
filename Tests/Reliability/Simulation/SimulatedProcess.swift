import Delivery
import Foundation
import Logging
import Mail
import Queue
import Receipts

/// One run of the command: what `launch` and `resume` do around the engine, over the simulated store, clock and relays.
///
/// Follows `DeliveryRun` of the command step by step. Everything runs in one thread, hence `@unchecked`.
final class SimulatedProcess: @unchecked Sendable {
  enum Ending {
    case completed
    case cancelled
    case paused
    case relaysPaused
    /// The store, a letter or the lease failed.
    case failed(any Error)
  }

  let life: ProcessLife
  private(set) var ending: Ending?
  private var engineTask: Task<DeliveryEngine.End, any Error>?
  private let store: FaultyStore
  private let engine: DeliveryEngine
  private let time: SimulatedTimekeeper
  private let auditor: Auditor
  private let isHealed: Bool
  private static let campaign: Int64 = 1

  init(
    life: ProcessLife, store: FaultyStore, engine: DeliveryEngine, time: SimulatedTimekeeper, auditor: Auditor,
    isHealed: Bool
  ) {
    self.life = life
    self.store = store
    self.engine = engine
    self.time = time
    self.auditor = auditor
    self.isHealed = isHealed
  }

  /// Lets it run; it has ended when `ending` is set.
  func begin() {
    // Unstructured: a process is begun by the simulation's loop, which is no task.
    Task {
      do {
        ending = try await run()
      } catch {
        ending = .failed(error)
      }
    }
  }

  /// SIGINT.
  func stop() { engineTask?.cancel() }

  private func run() async throws -> Ending {
    _ = try await store.recover(campaign: Self.campaign, at: time.now)
    if try await store.campaign(named: SimulatedPlan.name)?.state == .paused {
      try await moveCanary(from: .look, to: .passed)
    }
    try await store.setState(.running, of: Self.campaign, at: time.now)
    let end: DeliveryEngine.End
    do {
      // A task of its own, which a signal cancels as the command's does.
      let task = Task { try await engine.run() }
      engineTask = task
      end = try await task.value
    } catch let error where error is StoreError || error is DeliveryError {
      throw error
    } catch {
      try await store.setState(.aborted, of: Self.campaign, at: time.now)
      throw error
    }
    let ending = try await close(end)
    auditor.endedWell(life.number)
    return ending
  }

  private func close(_ end: DeliveryEngine.End) async throws -> Ending {
    let ending: Ending
    switch end {
    case .finished:
      try await store.setState(.completed, of: Self.campaign, at: time.now)
      ending = .completed
    case .requested(.cancel):
      _ = try await store.cancel(campaign: Self.campaign, at: time.now)
      ending = .cancelled
    case .canary:
      try await store.setState(.paused, of: Self.campaign, at: time.now)
      try await moveCanary(from: .waiting, to: .look)
      ending = .paused
    case .requested(.pause), .cancelled, .tooUncertain:
      try await store.setState(.paused, of: Self.campaign, at: time.now)
      ending = .paused
    case .relaysPaused(let troubles):
      auditor.paused(troubles, by: life.number, isHealed: isHealed)
      try await store.setState(.paused, of: Self.campaign, at: time.now)
      ending = .relaysPaused
    }
    try await store.request(nil, of: Self.campaign, at: time.now)
    return ending
  }
}

extension SimulatedProcess {
  private func moveCanary(from old: CanaryRecord.State, to new: CanaryRecord.State) async throws {
    guard var canary = try await store.canary(in: Self.campaign), canary.state == old else { return }
    canary.state = new
    try await store.setCanary(canary, in: Self.campaign)
  }
}

/// Makes the letters of a simulation; one in many cannot be made.
struct SimulatedLetters: MessageSource {
  struct Broken: Error {}

  let envelopeSender: EmailAddress
  let world: World
  let brokenShare: Int

  func envelope(of message: DueMessage) -> Envelope {
    Envelope(sender: envelopeSender, recipient: message.recipient)
  }

  func bytes(for message: DueMessage, date: Date, encoding: TransferEncoding) throws -> [UInt8] {
    if world.dice.chance(brokenShare) { throw Broken() }
    return LetterBytes.make(message.message, Milliseconds(date).value / 1000, encoding)
  }
}
