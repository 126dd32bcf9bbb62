import Campaigns
import Foundation
import Queue

/// One relay during a delivery: its health, the rest of its limits, its pace and its connections, shared by its workers.
///
/// Promises: while the relay rests no letter goes out; after the rest one worker probes it and the others wait; never more
/// connections than it was found to take.
actor RelayState {
  nonisolated let relay: Relay
  nonisolated let clock: Int64
  private var health: RelayHealth
  nonisolated let limits: ScopeLimiter
  private var pace: LearnedPace
  /// The workers whose connection is open.
  private var connected: Set<Int> = []
  /// The workers that have, or are about to open, a connection.
  private var places: Set<Int> = []
  /// The most connections it takes, as far as is known, and when one more is tried.
  private var ceiling: Int
  private var raiseAt = Date.distantFuture
  /// Seconds for which the ceiling is believed: twice as long each time that one more was too many.
  private var ceilingLasts = RelayState.shortestCeiling
  private var isRaised = false
  /// When it took the last letter, by the monotonic clock.
  private var lastAccepted: Date?
  /// The letters that each worker's open connection has carried to an answer.
  private var carried: [Int: Int] = [:]
  /// The most letters it takes over one connection, as far as is known, and when that was found.
  private var lettersPerConnection: Int?
  private var lettersFoundAt = Date.distantPast
  /// Letters that were refused or put off and whose outcome is not handed in yet.
  private var unrecorded: Set<Int64> = []
  private var waiters: [CheckedContinuation<Void, Never>] = []

  private static let shortestCeiling: TimeInterval = 60
  /// The same once one more was not too many.
  private static let raisedCeiling: TimeInterval = 15
  private static let longestCeiling: TimeInterval = 240
  /// Seconds for which another delivery's number of letters over a connection is believed.
  private static let lettersLast: TimeInterval = 6 * 3600

  /// - Parameters:
  ///   - limits: Shared with others that are the same relay.
  ///   - clock: The number of the even clock in the store.
  ///   - learned: What a delivery before has learned; what it found long ago is tried again.
  ///   - now: The moment by the even clock.
  init(
    relay: Relay, limits: ScopeLimiter, clock: Int64 = 0, health: RelayHealth, learned: LearnedLimits? = nil,
    at now: Date = .distantPast
  ) {
    self.relay = relay
    self.clock = clock
    self.health = health
    self.limits = limits
    pace = LearnedPace(learned?.pace)
    ceiling = max(1, relay.connections)
    if let letters = learned?.letters, now.timeIntervalSince(letters.at) < letters.lasts {
      (lettersPerConnection, lettersFoundAt) = (max(1, letters.value), letters.at)
    }
    guard let known = learned?.connections, known.value < ceiling else { return }
    ceilingLasts = min(max(known.lasts, Self.raisedCeiling), Self.longestCeiling)
    // One more for each time that it would have been tried.
    let passed = max(0, min(now.timeIntervalSince(known.at) / ceilingLasts, Double(ceiling)))
    ceiling = min(ceiling, max(1, known.value) + Int(passed))
    raiseAt = known.at.addingTimeInterval(ceilingLasts * (passed.rounded(.down) + 1))
  }

  init(relay: Relay, limiter: RateLimiter, health: RelayHealth) {
    self.init(relay: relay, limits: ScopeLimiter(limiter, scope: .relay(relay)), health: health)
  }

  /// What the next delivery is to know, by the even clock.
  var learned: LearnedLimits {
    var learned = LearnedLimits(scope: .relay(relay), pace: pace.learned)
    if ceiling < relay.connections {
      learned.connections = .init(ceiling, at: raiseAt.addingTimeInterval(-ceilingLasts), lasts: ceilingLasts)
    }
    learned.letters = lettersPerConnection.map { .init($0, at: lettersFoundAt, lasts: Self.lettersLast) }
    return learned
  }

  var trouble: RelayUnavailable? { health.trouble }
  var rest: RelayHealth.Rest? { health.rest }

  // MARK: Who may send

  enum Admission: Sendable, Hashable {
    case go
    case idle(until: Date)
    /// The relay is paused.
    case stop
  }

  /// Returns what the worker may do at `time`.
  ///
  /// - Parameter hasLetter: True when the worker holds a letter: then it never waits for another worker's probe, which may
  ///   need that very letter, but is told to give it back.
  func admission(of worker: Int, hasLetter: Bool = false, _ time: any DeliveryClock) async throws -> Admission {
    while true {
      try Task.checkCancellation()
      let now = time.monotonicNow
      if now >= raiseAt, ceiling < relay.connections {
        ceiling += 1
        isRaised = true
        raiseAt = now.addingTimeInterval(ceilingLasts)
      }
      if !places.contains(worker), places.count >= ceiling {
        if trouble != nil { return .stop }
        health.leaveProbe(worker)
        wakeAll()
        return .idle(until: min(raiseAt, now.addingTimeInterval(ceilingLasts)))
      }
      switch health.admit(worker, at: now) {
      case .paused: return .stop
      case .rest(let until):
        leavePlace(worker)
        return .idle(until: until)
      case .go:
        places.insert(worker)
        return .go
      case .probed where hasLetter:
        leavePlace(worker)
        return .idle(until: now)
      case .probed: await wait()
      }
    }
  }

  /// The worker has no letter to send now.
  func leave(_ worker: Int) {
    health.leaveProbe(worker)
    leavePlace(worker)
    wakeAll()
  }

  /// A connection that is open keeps its place.
  private func leavePlace(_ worker: Int) {
    if !connected.contains(worker) { places.remove(worker) }
  }

  /// The earliest moment for one more letter, by the limits and the pace.
  func nextMoment(at now: Date, wallAhead: TimeInterval = 0) -> Date {
    max(limits.next(at: now, wallAhead: wallAhead), pace.next(at: now))
  }

  /// Takes a place in the limits and the pace; nil when another worker was faster.
  func reserve(at now: Date, wallAhead: TimeInterval = 0) -> RateLimiter.Place? {
    guard pace.next(at: now) <= now, let place = limits.take(at: now, wallAhead: wallAhead) else { return nil }
    pace.take(at: now)
    return place
  }

  /// Counts test letters that another process sends through the relay.
  func note(_ letters: [CountedTestLetter], at now: Date) { limits.note(letters, at: now) }

  // MARK: Connections

  var hasConnection: Bool { !connected.isEmpty }

  func connected(_ worker: Int) {
    connected.insert(worker)
    places.insert(worker)
    health.noteOpened()
    wakeAll()
  }

  /// The worker has no connection, and the relay has not shown since its rest, or since the start, that it is there.
  func isProbedWithoutConnection(by worker: Int) -> Bool {
    !connected.contains(worker) && health.rest?.probe == worker
  }

  func disconnected(_ worker: Int) {
    connected.remove(worker)
    places.remove(worker)
    carried[worker] = nil
  }

  /// The worker's connection has carried as many letters as it may: as the campaign file says, or as the relay takes.
  func isConnectionSpent(of worker: Int) -> Bool {
    guard let most = [lettersPerConnection, relay.perConnection].compactMap({ $0 }).min() else { return false }
    return carried[worker, default: 0] >= max(1, most)
  }

  /// The relay ended the session in answer to the first command of one more letter, which it has not counted.
  func noteEndOfSession(_ reply: Reply, of worker: Int, at now: Date) {
    guard ReplyClassifier.classify(reply, at: .mail).class == .sessionLimit else { return }
    noteSessionLimit(of: worker, at: now)
  }

  private func noteSessionLimit(of worker: Int, at now: Date) {
    guard let carried = carried[worker] else { return }
    lettersPerConnection = min(lettersPerConnection ?? carried, carried)
    lettersFoundAt = now
  }

  func pause(_ trouble: RelayUnavailable) {
    health.pause(trouble)
    wakeAll()
  }

  /// A connection could not be opened. A relay that takes no more while others are open is only full. Returns the rest
  /// that begins with it; nil when it is part of one that is known already.
  func noteFailedOpening(
    _ trouble: RelayUnavailable, of worker: Int, startedAt: Date, at now: Date
  ) -> RelayHealth.Rest? {
    let before = health.rest
    disconnected(worker)
    health.leaveProbe(worker)
    // What says so in words, or cannot be opened while another one takes letters.
    let isFull = trouble.reply.map { ReplyClassifier.classify($0, at: trouble.phase).class == .tooManyConnections }
    let otherWorks = (lastAccepted ?? .distantPast) > startedAt
    if [.busy, .unreachable].contains(trouble.kind), !connected.isEmpty, isFull ?? false || otherWorks {
      limitConnections(at: now)
    } else {
      health.noteFailedOpening(trouble, startedAt: startedAt, at: now)
    }
    wakeAll()
    return health.trouble == nil && health.rest?.event != before?.event ? health.rest : nil
  }

  private func limitConnections(at now: Date) {
    if isRaised { ceilingLasts = min(ceilingLasts * 2, Self.longestCeiling) }
    isRaised = false
    ceiling = max(1, min(ceiling, connected.count))
    raiseAt = now.addingTimeInterval(ceilingLasts)
  }

  // MARK: Letters

  func judge(
    _ result: SendResult, of attempt: RelayHealth.Attempt, by worker: Int, at now: Date, wallTime: Date
  ) -> RelayHealth.Judgement {
    let before = health.rest
    var judgement = health.judge(result, of: attempt, at: now, wallTime: wallTime)
    switch judgement.verdict.signal {
    case .sessionFull:
      noteSessionLimit(of: worker, at: now)
      if carried[worker] == nil {
        // Another connection does not help: it took none over this one.
        judgement = health.insteadThrottled(judgement, result, attempt, at: now)
      }
    case .connectionsFull:
      disconnected(worker)
      health.leaveProbe(worker)
      if connected.isEmpty {
        judgement = health.insteadThrottled(judgement, result, attempt, at: now)
      } else {
        limitConnections(at: now)
      }
    default: break
    }
    if judgement.verdict.outcome == .refused || judgement.verdict.outcome == .deferred {
      unrecorded.insert(attempt.message)
    }
    if case .answered = result { carried[worker, default: 0] += 1 }
    if judgement.verdict.outcome == .accepted {
      lastAccepted = now
      pace.noteAccepted(at: now)
      if isRaised, connected.count >= ceiling {
        isRaised = false
        ceilingLasts = Self.shortestCeiling
        raiseAt = min(raiseAt, now.addingTimeInterval(Self.raisedCeiling))
      }
    }
    // A probe that is told the same again, or a quota, says nothing new of the pace.
    if before?.reason != .throttled, health.rest?.reason == .throttled, health.rest?.event == now, !health.isQuota {
      pace.throttle(at: now)
    }
    if health.trouble == nil, health.rest?.event != before?.event { judgement.rest = health.rest }
    wakeAll()
    return judgement
  }

  /// The outcome of the letter is handed in, or never will be.
  func noteRecorded(_ message: Int64) {
    if unrecorded.remove(message) != nil { wakeAll() }
  }

  /// Returns when the outcomes of these letters are handed in. Only what is recorded can be opened again or
  /// made due, and another worker may still be about to.
  func waitUntilRecorded(_ messages: [Int64]) async {
    while !unrecorded.isDisjoint(with: messages) {
      await withCheckedContinuation { waiters.append($0) }
    }
  }

  private func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiters.append($0) }
    } onCancel: {
      // Outside the actor: the hop happens after the continuation is stored, so it is never missed.
      Task { await self.wakeAll() }
    }
  }

  private func wakeAll() {
    let woken = waiters
    waiters = []
    for waiter in woken { waiter.resume() }
  }
}
