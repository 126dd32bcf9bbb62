import Foundation

/// What a simulation happens in: the clock, who waits for it, chance, and the trace of all that happened.
///
/// Everything runs in one thread, hence `@unchecked`. A seed decides all of it: which ready job runs next, how long
/// things take, what fails. Time passes only when no job is ready.
final class World: @unchecked Sendable {
  /// Microseconds since the simulation's beginning.
  private(set) var clock = 0
  /// What the machine's wall clock is off by, in microseconds.
  private(set) var wallOffset = 0
  private(set) var lastJump = Int.min / 2
  private(set) var jumps = 0
  /// The machine's start: its number and when it was.
  private(set) var boot = 0
  private(set) var bootedAt = 0
  var dice: Dice
  let trace: Trace
  private(set) var jobs = 0
  /// The process that holds the spool's lock: the one begun last. Who removed the file of the lock of one that is only
  /// stopped is not told.
  var lockHolder = 0

  private var timers: [Waiting] = []
  private var timerCount = 0
  /// Tasks that look around now and then, and since when they wait.
  private var lookouts: [(since: Int, waiting: Waiting)] = []

  /// The beginning, in seconds of the reference date: a morning in November 2026, or the day before clocks change.
  private let beginning: Double

  init(seed: UInt64, trace: Trace) {
    dice = Dice(seed: seed)
    beginning = [3: 814_537_800.0, 5: 827_843_400.0][seed % 8] ?? 817_113_600
    self.trace = trace
    JobList.capture()
  }

  // MARK: Time

  func date(_ moment: Int) -> Date {
    Date(timeIntervalSinceReferenceDate: beginning + Double(moment) / 1_000_000)
  }

  /// Sets the machine's wall clock forward or back.
  func jump(by micros: Int) {
    wallOffset += micros
    lastJump = clock
    jumps += 1
    trace.note(.jump, clock, micros, wallOffset)
  }

  /// The machine starts again: nothing but the wall clock tells how long it was off.
  func reboot() {
    boot += 1
    bootedAt = clock
    trace.note(.jump, clock, 0, boot)
  }

  /// Waits, and says whether the time has passed: false when the waiting was broken off.
  func wait(_ micros: Int, of process: ProcessLife) async -> Bool {
    if process.isDead { return false }
    let waiting = Waiting(at: clock + max(micros, 0), order: timerCount, process: process)
    timerCount += 1
    return await withCheckedContinuation { continuation in
      waiting.continuation = continuation
      push(waiting)
    }
  }

  /// As `wait`, and broken off when the task is cancelled. Of a process that is gone it fails, as everything does: were
  /// that a cancellation, the others would take it for one that somebody asked for.
  func waitUnlessCancelled(_ micros: Int?, of process: ProcessLife) async throws {
    if process.isDead { throw ProcessIsGone() }
    try Task.checkCancellation()
    let waiting = Waiting(at: clock + max(micros ?? 0, 1), order: timerCount, process: process)
    timerCount += 1
    let passed = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiting.continuation = continuation
        if Task.isCancelled {
          waiting.end(false)
        } else if micros == nil {
          lookouts.append((clock, waiting))
        } else {
          push(waiting)
        }
      }
    } onCancel: {
      waiting.end(false)
    }
    if process.isDead { throw ProcessIsGone() }
    guard passed else { throw CancellationError() }
  }

  /// Breaks off all waiting of a process that is gone.
  func breakOff(_ process: ProcessLife) {
    for waiting in timers where waiting.process === process { waiting.end(false) }
    for lookout in lookouts where lookout.waiting.process === process { lookout.waiting.end(false) }
    lookouts.removeAll { $0.waiting.isOver }
  }

  // MARK: Running

  /// One job, or else the next moment at which something happens. False when nothing is left to happen.
  func step() -> Bool {
    if !JobList.isEmpty {
      jobs += 1
      JobList.runOne { dice.below($0) }
      return true
    }
    while let next = pop() {
      if next.isOver { continue }
      if next.at > clock { advance(to: next.at) }
      next.end(true)
      return true
    }
    return false
  }

  private func advance(to moment: Int) {
    clock = moment
    guard !lookouts.isEmpty else { return }
    // They look around now and then; each look costs the simulation more than what it may see is worth.
    var kept: [(since: Int, waiting: Waiting)] = []
    for lookout in lookouts where !lookout.waiting.isOver {
      if clock - lookout.since >= 200_000, dice.below(8) == 0 {
        lookout.waiting.end(true)
      } else {
        kept.append(lookout)
      }
    }
    lookouts = kept
  }

  // MARK: The waiting, earliest first (a binary heap)

  private func push(_ waiting: Waiting) {
    timers.append(waiting)
    var child = timers.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard timers[child].isBefore(timers[parent]) else { return }
      timers.swapAt(child, parent)
      child = parent
    }
  }

  private func pop() -> Waiting? {
    guard let first = timers.first else { return nil }
    let last = timers.removeLast()
    guard !timers.isEmpty else { return first }
    timers[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < timers.count {
        if timers[child].isBefore(timers[least]) { least = child }
      }
      if least == parent { return first }
      timers.swapAt(parent, least)
      parent = least
    }
  }
}

/// One task that waits for a moment.
private final class Waiting: @unchecked Sendable {
  let at: Int
  private let order: Int
  let process: ProcessLife
  var continuation: CheckedContinuation<Bool, Never>?
  private(set) var isOver = false

  init(at: Int, order: Int, process: ProcessLife) {
    self.at = at
    self.order = order
    self.process = process
  }

  func isBefore(_ other: Waiting) -> Bool { at < other.at || at == other.at && order < other.order }

  func end(_ passed: Bool) {
    guard let continuation, !isOver else { return }
    isOver = true
    self.continuation = nil
    continuation.resume(returning: passed)
  }
}

struct ProcessIsGone: Error {}

/// Whether a simulated process runs, is stopped (SIGSTOP), or is gone.
///
/// A process that is gone touches nothing outside itself any more: whatever it asks for fails at once, so that its tasks
/// end and their memory is freed. What a program does after its death nobody can see; that it ends is tested by the way.
final class ProcessLife: @unchecked Sendable {
  let number: Int
  private(set) var isDead = false
  private var isStopped = false
  private var parked: [CheckedContinuation<Void, Never>] = []

  init(number: Int) { self.number = number }

  /// To be passed before and after everything that is seen from outside. False when the process is gone.
  func pass() async -> Bool {
    while isStopped, !isDead { await withCheckedContinuation { parked.append($0) } }
    return !isDead
  }

  func stop() { isStopped = true }

  func go() {
    isStopped = false
    let woken = parked
    parked = []
    for continuation in woken { continuation.resume() }
  }

  func kill() {
    isDead = true
    go()
  }
}
