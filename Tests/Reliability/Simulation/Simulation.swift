import Campaigns
import Delivery
import Foundation
import Logging
import Mail
import Queue
import Receipts
import Synchronization

/// A campaign from its plan to its end, as one seed has it.
///
/// The real engine with its workers, scheduler, limiter, backoff and group commit; everything around it is simulated. The same
/// seed gives the same campaign, step by step.
public final class Simulation: @unchecked Sendable {
  public struct Options: Sendable {
    /// Letters in every campaign; nil leaves it to the seed.
    public var messages: Int?
    /// Prints what happens.
    public var isTracing = false
    /// Reads the receipts' lines again, as `receipts verify` does.
    public var checksLines = true

    public init() {}
  }

  let seed: UInt64
  let options: Options
  let world: World
  let scenario: Scenario
  let book: RelayBook
  let auditor: Auditor
  let relays: [SimulatedRelay]
  let store = SimulatedStore()
  var outcome = SeedOutcome()
  private(set) var isHealed = false
  static let campaign: Int64 = 1

  /// Steps of one seed, and processes of one campaign: more of them mean that it does not end.
  private static let mostJobs = 2_000_000
  private static let mostProcesses = 60
  /// Microseconds a campaign may take once everything is in order: one that may send for an hour a day takes two months.
  private static let mostHealed = 120 * 86_400 * 1_000_000
  /// How long a process stays stopped at most, in microseconds.
  private static let longestStop = 2 * 86_400 * 1_000_000
  private var healedAt = Int.max / 2

  public init(seed: UInt64, options: Options) {
    self.seed = seed
    self.options = options
    world = World(seed: seed, trace: Trace(isPrinting: options.isTracing))
    var scenario = Scenario(dice: &world.dice, messages: options.messages)
    scenario.destinations = SimulatedDestinations(seed: seed, scenario)
    // As with limits of relays: what leaves long after it was counted is late.
    if scenario.destinations.hasShortWindow { scenario.storeLatency = 1_000 }
    self.scenario = scenario
    book = RelayBook(messages: scenario.messages, relays: scenario.relays.count)
    auditor = Auditor(scenario: scenario, world: world, book: book)
    relays = scenario.moods.indices.map { [scenario, world, book] number in
      SimulatedRelay(number: number, mood: scenario.moods[number], world: world, book: book)
    }
    auditor.relays = relays
  }

  public func run() -> SeedOutcome {
    outcome.seeds = 1
    outcome.messages = scenario.messages
    perform { [self] in try await freeze() }
    deliver()
    perform { [self] in
      let result = try await auditor.conclude(store, checksLines: options.checksLines)
      outcome.lost = result.lost
      outcome.silentlyDoubled = result.doubled
    }
    outcome.attempts = book.attempts
    outcome.storeFaults = auditor.storeFaults
    outcome.uncertain = auditor.uncertain
    outcome.falseAccepted = auditor.falseAccepted
    outcome.broken = auditor.broken
    outcome.digest = world.trace.digest
    outcome.jobs = world.jobs
    return outcome
  }

  // MARK: From process to process

  private func deliver() {
    var number = 0
    var zombie: SimulatedProcess?
    while auditor.broken.isEmpty {
      guard number < Self.mostProcesses else { return auditor.report("the campaign does not end") }
      if number >= scenario.troubledProcesses, !isHealed, zombie == nil { heal() }
      // A cancelled campaign is not begun again.
      if zombie == nil, store.contents.withLock({ $0.campaigns[0].record.state }) == .cancelled { return }
      let process = makeProcess()
      number += 1
      world.trace.note(.start, world.clock, process.life.number, isHealed ? 1 : 0)
      process.begin()
      let trouble = isHealed ? nil : Trouble(scenario: scenario, dice: &world.dice, jobs: world.jobs)
      let end = watch(process, trouble, zombie)
      if let last = zombie {
        if end != .stopped || last.life.isDead { finish(last) }
        zombie = nil
      }
      switch end {
      case .ended:
        if case .completed = process.ending, isSettled() { return }
        if case .cancelled = process.ending { return }
        if case .failed = process.ending, isHealed { auditor.report("a process failed: \(process.ending as Any)") }
      case .killed: outcome.crashes += 1
      case .stopped: zombie = process
      case .hung: auditor.report("a process waits for ever")
      }
      if end != .stopped { between() }
    }
    if let zombie { finish(zombie) }
  }

  private enum WatchEnd { case ended, killed, stopped, hung }

  /// Runs until the process has ended, or met its end.
  private func watch(_ process: SimulatedProcess, _ trouble: Trouble?, _ zombie: SimulatedProcess?) -> WatchEnd {
    var trouble = trouble
    let begun = world.clock
    while process.ending == nil {
      // Nobody leaves a process stopped for days, with connections that a relay may allow to no other.
      if let zombie, !zombie.life.isDead, world.clock - begun > Self.longestStop { finish(zombie) }
      if world.jobs >= Self.mostJobs || world.clock - healedAt > Self.mostHealed || !world.step() { return .hung }
      guard let next = trouble?.next, world.jobs >= next.job else { continue }
      trouble?.removeNext()
      switch next.kind {
      case .crash:
        world.trace.note(.crash, world.clock, process.life.number, world.jobs)
        finish(process)
        return .killed
      case .stop:
        guard zombie == nil else { continue }
        world.trace.note(.stopped, world.clock, process.life.number, world.jobs)
        auditor.hadZombie = true
        process.life.stop()
        return .stopped
      case .wake:
        if let zombie {
          world.trace.note(.woken, world.clock, zombie.life.number, world.jobs)
          zombie.life.go()
        }
      case .signal: process.stop()
      case .jump: jump()
      case .pause: request(.pause)
      case .cancel:
        auditor.mayCancel = true
        request(.cancel)
      }
    }
    world.trace.note(.end, world.clock, process.life.number, 0, "\(process.ending as Any)")
    return .ended
  }

  /// The process is gone; whatever it still does leads nowhere and ends at once.
  private func finish(_ process: SimulatedProcess) {
    process.life.kill()
    world.breakOff(process.life)
    while process.ending == nil {
      if !world.step() { return auditor.report("a process did not end when everything failed") }
    }
  }

  private func heal() {
    isHealed = true
    healedAt = world.clock
    for relay in relays { relay.heal() }
    world.trace.note(.healed, world.clock, 0, 0)
  }

  func jump() {
    let size = world.dice.spread(2_000...86_400_000) * 1_000
    world.jump(by: world.dice.below(2) == 0 ? size : -size)
    outcome.clockJumps += 1
  }

  private func request(_ request: ControlRequest) {
    world.trace.note(.request, world.clock, request == .pause ? 0 : 1, 0)
    let (store, now) = (store, world.date(world.clock))
    perform { try await store.request(request, of: Self.campaign, at: now) }
  }

  private func makeProcess() -> SimulatedProcess {
    let number = auditor.begins(connections: scenario.relays.reduce(0) { $0 + $1.connections })
    let life = ProcessLife(number: number)
    world.lockHolder = number
    let time = SimulatedTimekeeper(process: life, world: world)
    let faulty = FaultyStore(
      base: store, process: life, world: world, auditor: auditor,
      faults: StoreFaults(
        world: world, writeShare: isHealed ? 0 : scenario.storeFault, readShare: isHealed ? 0 : scenario.readFault,
        latency: scenario.storeLatency))
    let engine = DeliveryEngine(
      campaign: Self.campaign, store: faulty,
      source: SimulatedLetters(
        envelopeSender: SimulatedPlan.sender, world: world, brokenShare: isHealed ? 0 : scenario.brokenLetter),
      transport: SimulatedTransport(process: life, relays: relays, auditor: auditor),
      receipts: SimulatedReceiptLog(
        process: life, world: world, auditor: auditor, share: isHealed ? 0 : scenario.receiptFault),
      settings: .init(
        relays: scenario.relays(ofProcess: number), retry: scenario.retry, uncertain: scenario.uncertain,
        stopAt: scenario.stopAt, hours: scenario.hours, destinations: scenario.destinations.rules,
        exchangers: SimulatedExchangers(
          destinations: scenario.destinations, world: world, process: life, auditor: auditor),
        deadline: scenario.deadline(in: world), canary: scenario.canary,
        worker: "process \(number)"),
      time: time, jitter: { [world] in world.dice.fraction() }, log: SimulatedPlan.log)
    return SimulatedProcess(
      life: life, store: faulty, engine: engine, time: time, auditor: auditor, isHealed: isHealed)
  }

  /// Runs something to its end, beside whatever else runs.
  func perform(_ body: @escaping @Sendable () async throws -> Void) {
    let done = Flag()
    // Unstructured: begun by the simulation's loop, which is no task.
    Task {
      do { try await body() } catch { done.error = error }
      done.isSet = true
    }
    while !done.isSet, world.step() {}
    if !done.isSet { auditor.report("the simulation itself hangs") }
    if let error = done.error { auditor.report("the simulation itself failed: \(error)") }
  }
}

/// Set in a task and read by the loop that runs it, in one thread, hence `@unchecked`.
private final class Flag: @unchecked Sendable {
  var isSet = false
  var error: (any Error)?
}
