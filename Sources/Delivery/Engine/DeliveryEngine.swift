public import Campaigns
public import Foundation
public import Logging
public import Monitoring
public import Queue
import Receipts

/// Delivers the messages of one campaign until none is left to wait for: claim, pace, send, classify, retry, record.
///
/// Owns the workers (one per connection) and nothing durable: the store holds every state, so a delivery may end
/// anywhere and another one continues where it stopped. Cancel the task to pause: letters that have not come to their
/// final dot are broken off and stay in the queue, and the relays' answers to the others are waited for as long as
/// ``Settings/answerLimit`` says.
/// Fails by throwing what the store, the receipts or the letters throw.
public struct DeliveryEngine: Sendable {
  /// How a delivery ended.
  public enum End: Sendable {
    /// Every message is final or uncertain.
    case finished
    /// Requested by ``ControlRequest`` in the store.
    case requested(ControlRequest)
    /// The task was cancelled.
    case cancelled
    /// No relay can be used; one trouble per relay.
    case relaysPaused([RelayUnavailable])
    /// The canary's letters have been answered, and the others wait for a look.
    case canary(CanaryLook)
    /// Too many letters are uncertain.
    case tooUncertain(UncertainShare)
  }

  public struct Settings: Sendable {
    public var relays: [Relay]
    public var retry: RetrySchedule
    public var uncertain: UncertainPolicy
    public var stopAt: RefusalShare
    /// When letters may leave; nil: at any time.
    public var hours: SendingHours?
    public var destinations: [DestinationRule]
    /// Finds mail exchangers, where a destination is meant by them.
    public var exchangers: (any ExchangerLookup)?
    /// How long the answer to a final dot is waited for when the delivery is stopped; then the letter is uncertain.
    public var answerLimit: Duration
    /// Nil: nothing happens at a deadline.
    public var deadline: DeliveryDeadline?
    public var canary: Canary?
    /// False: the canary leaves first, but nothing is paused for a look. For rehearsals.
    public var pausesForCanary: Bool
    /// Names this process in claims: unique among processes.
    public var worker: String

    public static let standardAnswerLimit = Duration.seconds(10)

    /// Shared with other deliveries of this process; nil where there are none.
    public var limiters: SharedLimiters?
    /// Other processes take letters out while they wait, as those of a reminder.
    public var othersTakeOut = false
    public var metrics = DeliveryMetrics.none

    public init(
      relays: [Relay], retry: RetrySchedule, uncertain: UncertainPolicy, stopAt: RefusalShare = .standard,
      hours: SendingHours? = nil, destinations: [DestinationRule] = [],
      exchangers: (any ExchangerLookup)? = nil, answerLimit: Duration = standardAnswerLimit,
      deadline: DeliveryDeadline? = nil, canary: Canary? = nil, pausesForCanary: Bool = true, worker: String
    ) {
      self.relays = relays
      self.retry = retry
      self.uncertain = uncertain
      self.stopAt = stopAt
      self.hours = hours
      self.destinations = destinations
      self.exchangers = exchangers
      self.answerLimit = answerLimit
      self.deadline = deadline
      self.canary = canary
      self.pausesForCanary = pausesForCanary
      self.worker = worker
    }
  }

  /// Seconds that an attempt may last: the lease of its claim. No attempt that was claimed earlier is on the wire.
  public static let longestAttempt: TimeInterval = 1800

  let campaign: Int64
  let store: any MessageStore
  let source: any MessageSource
  let transport: any Transport
  let receipts: any ReceiptLog
  let settings: Settings
  let time: any DeliveryClock
  /// Returns the jitter of one delay, in 0 ..< 1.
  let jitter: @Sendable () -> Double
  let log: Logger
  let tell: @Sendable (DeliveryNews) async -> Void
  /// What the relays said last.
  let lastWords = LastWords()

  public init(
    campaign: Int64, store: any MessageStore, source: any MessageSource, transport: any Transport,
    receipts: any ReceiptLog, settings: Settings, time: any DeliveryClock, jitter: @escaping @Sendable () -> Double,
    log: Logger, tell: @escaping @Sendable (DeliveryNews) async -> Void = { _ in }
  ) {
    self.campaign = campaign
    self.store = store
    self.source = source
    self.transport = transport
    self.receipts = receipts
    self.settings = settings
    self.time = time
    self.jitter = jitter
    self.log = log
    self.tell = tell
  }

  public func run() async throws -> End {
    let commits = GroupCommit(store: store, metrics: settings.metrics.relay(nil))
    let memory = LimitMemory(store: store, time: time, clock: try await openUse())
    let testLetters = try await TestLetterWatch(settings.relays, store, on: time.base)
    let relays = try await relayStates(memory)
    let parts = Parts(
      commits: commits, control: SessionControl(metrics: settings.metrics), memory: memory,
      testLetters: testLetters,
      gate: DeliveryGate(stopAt: settings.stopAt, deadline: settings.deadline))
    let end: End
    do {
      end = try await withTaskCancellationHandler {
        try await deliver(relays, parts)
      } onCancel: {
        stop(parts.control)
      }
    } catch {
      // Outcomes nobody waited for are recorded all the same; when the store has failed, the first error is the one
      // that counts.
      try? await commits.settle()
      throw error
    }
    try await commits.settle()
    await noteConditions(of: relays)
    try await memory.keep(relays, nil)
    guard await commits.staleRecords == 0 else { throw DeliveryError.leaseLost }
    try await receipts.flush()
    return end
  }

  /// What the workers of a delivery share.
  struct Parts: Sendable {
    let commits: GroupCommit
    let control: SessionControl
    let memory: LimitMemory
    let testLetters: TestLetterWatch
    let gate: DeliveryGate
    let setback = ClockSetback()
  }

  private enum Part: Sendable {
    case relay(isDone: Bool)
    case interruption(Interruption)
    /// The time has come that was waited for.
    case time
  }

  /// What ends the work before its letters do.
  enum Interruption: Sendable, Hashable {
    case request(ControlRequest)
    case halt(DeliveryHalt)
  }

  /// Stops the sessions, and says what is still waited for.
  private func stop(_ control: SessionControl) {
    guard let letters = control.stop(waiting: settings.answerLimit), letters > 0 else { return }
    let limit = settings.answerLimit.components.seconds
    log.notice(
      "waiting up to \(limit) s for the relay's answer to \(letters == 1 ? "1 letter" : "\(letters) letters")")
  }

  private func deliver(
    _ relays: [RelayState], _ parts: Parts
  ) async throws -> End {
    if let halt = parts.gate.halt(at: time.now) { return try await end(relays, parts, .halt(halt)) }
    if let end = try await deliverCanary(relays, parts) { return end }
    // Made now: what the canary has used of the destinations' limits is in the store.
    let scheduler = try await scheduler(of: store, relays, parts, resendsUncertain: settings.uncertain == .resend)
    var usable: [RelayState] = []
    for relay in relays {
      if await relay.trouble == nil { usable.append(relay) } else { await scheduler.relayPaused(relay.relay.name) }
    }
    let interruption = try await work(usable, scheduler, parts)
    let end = try await end(relays, parts, interruption)
    try await parts.memory.keep([], scheduler)
    return end
  }

  func scheduler(
    of messages: any DueMessages, _ relays: [RelayState], _ parts: Parts, resendsUncertain: Bool
  ) async throws -> MessageScheduler {
    MessageScheduler(
      store: messages, campaign: campaign, retry: settings.retry, resendsUncertain: resendsUncertain,
      relays: relays.map { ($0.relay.name, $0.relay.connections) },
      destinations: try await destinations(parts.memory), hours: settings.hours,
      othersTakeOut: settings.othersTakeOut, time: time, setback: parts.setback)
  }

  /// Lets the workers work until nothing is left for them, or until the moment on the monotonic clock when there is one;
  /// returns what has ended them before.
  func work(
    _ relays: [RelayState], _ scheduler: MessageScheduler, _ parts: Parts, until: Date? = nil
  ) async throws -> Interruption? {
    let control = parts.control
    let interruption = try await withThrowingTaskGroup(of: Part?.self) { group -> Interruption? in
      for relay in relays {
        group.addTask {
          do {
            return .relay(isDone: try await run(relay, scheduler, parts))
          } catch is CancellationError {
            // Ended with the others, or the first to meet a halt.
            return .relay(isDone: false)
          }
        }
      }
      group.addTask {
        do {
          return try await runMaintenance(relays, parts, scheduler, until: until)
        } catch is CancellationError {
          return nil
        }
      }
      if relays.isEmpty, let until {
        group.addTask {
          do { try await time.sleep(until: until) } catch is CancellationError { return nil }
          return .time
        }
      }
      var running = relays.count
      var interruption: Interruption?
      for try await part in group {
        switch part {
        case .relay(let isDone):
          running -= 1
          // A relay that rests beside one that has sent the last letter costs no time.
          if isDone || running == 0 || parts.gate.halt(at: time.now) != nil { group.cancelAll() }
        case .interruption(let met):
          interruption = met
          // A halt lets what is on the wire come to its end.
          if case .request = met { stop(control) }
          group.cancelAll()
        case .time:
          group.cancelAll()
        case nil:
          break
        }
      }
      return interruption
    }
    WaitLog.tellNotices(control, to: log)
    // The workers may have met it before anybody looked.
    return interruption ?? (Task.isCancelled ? nil : parts.gate.halt(at: time.now).map { .halt($0) })
  }

  func end(_ relays: [RelayState], _ parts: Parts, _ interruption: Interruption?) async throws -> End {
    // Settled first: the last outcomes decide whether anything is left to stop.
    try await parts.commits.settle()
    if interruption == .halt(.deadline), !Task.isCancelled {
      try await noteDeadline(parts.gate, parts.commits)
      let count = try await store.expireAtDeadline(in: campaign, at: time.now)
      if count > 0 { await tell(.expired(count)) }
    }
    let messages = try await store.snapshot(of: campaign).messages
    if [.queued, .sending, .deferred].allSatisfy({ messages[$0] == 0 }) { return .finished }
    if case .request(let request) = interruption { return .requested(request) }
    if Task.isCancelled { return .cancelled }
    if case .halt(.uncertain(let share)) = interruption { return .tooUncertain(share) }
    var troubles: [RelayUnavailable] = []
    for relay in relays {
      if let trouble = await relay.trouble { troubles.append(trouble) }
    }
    if troubles.count == relays.count { return .relaysPaused(troubles) }
    // The scheduler found nothing left to wait for, yet something is open: another process has it.
    throw DeliveryError.leaseLost
  }

  private enum WorkerEnd { case done, paused, cancelled }

  /// Returns true when nothing is left to send over any relay.
  private func run(_ relay: RelayState, _ scheduler: MessageScheduler, _ parts: Parts) async throws -> Bool {
    let isDone = try await withThrowingTaskGroup(of: WorkerEnd.self) { group in
      for number in 1..<(max(relay.relay.connections, 1) + 1) {
        let worker = worker(number, relay, scheduler, parts)
        group.addTask {
          do {
            return try await worker.run() ? .done : .paused
          } catch is CancellationError {
            return .cancelled
          }
        }
      }
      // One worker's error ends the others, once they have finished what is on the wire; so does a relay that is
      // paused, a halt that one has met, and the end of all work.
      var ends: Set<WorkerEnd> = []
      for try await end in group {
        ends.insert(end)
        if await relay.trouble != nil || end == .done || parts.gate.halt(at: time.now) != nil { group.cancelAll() }
      }
      // Cancelled because another worker found the relay unusable or all work done, or because the delivery ends.
      if ends == [.cancelled], await relay.trouble == nil { throw CancellationError() }
      return ends.contains(.done)
    }
    if let trouble = await relay.trouble, settings.relays.count > 1, !isDone {
      log.error(
        "\(trouble.message) Going on without \(relay.relay.name).", metadata: ["relay": "\(relay.relay.name)"])
    }
    await scheduler.relayPaused(relay.relay.name)
    return isDone
  }

  private func worker(
    _ number: Int, _ relay: RelayState, _ scheduler: MessageScheduler, _ parts: Parts
  ) -> Worker {
    Worker(
      name: settings.worker, number: number, relay: relay,
      session: transport.makeSession(relay: relay.relay, control: parts.control), control: parts.control,
      gate: parts.gate, noteDeadline: { try await noteDeadline(parts.gate, parts.commits) },
      noteTestLetters: { try await parts.testLetters.tell([relay], on: time.base, at: time.monotonicNow) },
      scheduler: scheduler, commits: parts.commits, source: source, retry: settings.retry, time: time, jitter: jitter,
      log: log, lastWords: lastWords, hours: settings.hours, metrics: settings.metrics.relay(relay.relay.name))
  }

  /// Writes receipts and the relays' conditions out, prolongs leases, says what relays are waited for, checks for the
  /// operator's requests and looks whether the delivery has to stop by itself; returns when it has, or `until` has come.
  private func runMaintenance(
    _ relays: [RelayState], _ parts: Parts, _ scheduler: MessageScheduler, until: Date?
  ) async throws -> Part {
    let control = parts.control
    var rounds = 0
    var waits = WaitLog()
    while true {
      waits.tell(control, to: log)
      // What is kept for a relay that does not greet goes to the others, before its time-out is over.
      for wait in control.waits where wait.kind == .opening && wait.age >= WaitLog.longOpening {
        guard let relay = relays.first(where: { $0.relay.name == wait.relay }), await !relay.hasConnection else {
          continue
        }
        await scheduler.relay(wait.relay, isAway: true)
      }
      await scheduler.look()
      try await receipts.flush()
      if let request = try await store.pendingRequest(of: campaign) { return .interruption(.request(request)) }
      try await noteDeadline(parts.gate, parts.commits)
      if let halt = parts.gate.halt(at: time.now) { return .interruption(.halt(halt)) }
      if let until, time.monotonicNow >= until { return .time }
      // Every minute; a lease lasts half an hour.
      if rounds % 300 == 0 {
        try await store.heartbeat(
          worker: settings.worker, leaseUntil: time.monotonicNow.addingTimeInterval(Worker.lease))
      }
      if rounds % 5 == 0, !relays.isEmpty {
        await noteConditions(of: relays)
        // What was learned every half minute; a wall clock that was set, at once.
        try await parts.memory.keep(rounds % 150 == 145 ? relays : [], rounds % 150 == 145 ? scheduler : nil)
      }
      try await parts.testLetters.tell(relays, on: time.base, at: time.monotonicNow)
      rounds += 1
      try await time.pause(for: .milliseconds(200))
    }
  }
}

/// The reason a delivery could not continue; the messages are safe in the store.
public enum DeliveryError: Error, Sendable {
  /// Another process has taken over messages of this one, or the campaign: this one was stopped for longer than its
  /// lease.
  case leaseLost
}
