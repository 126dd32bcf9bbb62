import Campaigns
import FaultPoints
import Foundation
import Letters
import Logging
import Mail
import Monitoring
import Queue

/// One connection's work: take a message, make its bytes, claim it, send it, record the outcome.
///
/// Promises: nothing is sent before its claim is durable; the next claim is durable only together with or after the
/// last outcome, so at most one message per connection is ever in doubt; cancellation takes effect between messages and
/// while a connection is opened: only ``SessionControl`` breaks off what is on the wire. A letter that cannot be made is excluded. Throws when the store fails, or when no letter
/// can be made.
struct Worker: Sendable {
  let name: String
  /// The number among the relay's connections, from 1.
  let number: Int
  let relay: RelayState
  let session: any Session
  let control: SessionControl
  var gate = DeliveryGate()
  /// Tells that the deadline has passed, before a letter leaves after it.
  var noteDeadline: @Sendable () async throws -> Void = {}
  /// Counts the test letters that other processes have sent.
  var noteTestLetters: @Sendable () async throws -> Void = {}
  let scheduler: MessageScheduler
  let commits: GroupCommit
  let source: any MessageSource
  let retry: RetrySchedule
  let time: any DeliveryClock
  let jitter: @Sendable () -> Double
  let log: Logger
  var lastWords = LastWords()
  /// When letters may leave; nil: at any time.
  var hours: SendingHours?
  var metrics = RelayMetrics.none

  /// A connection that has nothing to do for longer is closed.
  static let idleLimit: TimeInterval = 10
  /// Longer than the longest wait for a reply, so that a living worker's claim is never taken for a dead one's.
  static let lease = DeliveryEngine.longestAttempt
  /// Seconds for which a letter is held while the relay's limits are waited for.
  private static let longWait: TimeInterval = 1
  /// Seconds after which the wall clock is looked at again outside the hours: it may be set.
  private static let longestSleep: TimeInterval = 300

  /// Returns true when nothing is left to send over any relay, false when this relay is paused.
  func run() async throws -> Bool {
    let isDone: Bool
    do {
      isDone = try await work()
    } catch {
      await close()
      throw error
    }
    await close()
    return isDone
  }

  private func work() async throws -> Bool {
    while true {
      try checkStop()
      switch try await relay.admission(of: number, time) {
      case .stop: return false
      case .idle(let until):
        try await idle(until: until)
        continue
      case .go: break
      }
      switch try await scheduler.next(for: relay.relay.name) {
      case .done:
        await relay.leave(number)
        return true
      case .idle(let until):
        await relay.leave(number)
        try await idle(until: until)
      case .message(let message):
        if let opening = hours?.opening(at: time.now) {
          await scheduler.giveBack(message)
          try await rest(until: opening)
          continue
        }
        if await relay.isProbedWithoutConnection(by: number), await scheduler.hasOtherRelays {
          // A relay that may be dead holds no letter back that another relay would take.
          await scheduler.giveBack(message)
          try await probe()
          continue
        }
        guard let opened = try await open(for: message) else { continue }
        do {
          try await deliver(message, opened)
        } catch {
          // Not claimed, or its outcome is in the store: either way the scheduler may forget the message.
          await scheduler.finish(message, isOpen: true)
          throw error
        }
      }
    }
  }

  /// The order to stop may come before the cancellation, and so may what stops the delivery by itself.
  private func checkStop() throws {
    if control.isStopped || gate.halt(at: time.now) != nil { throw CancellationError() }
    try Task.checkCancellation()
  }

  /// Outside the hours, until they begin: no connection stays open, and another worker may be the next to try the relay.
  private func rest(until opening: Date) async throws {
    await close()
    await relay.leave(number)
    let wait = min(opening.timeIntervalSince(time.now), Self.longestSleep)
    try await time.sleep(until: time.monotonicNow.addingTimeInterval(max(wait, 0.001)))
  }

  /// An open connection, and the place of one letter in the relay's limits.
  private struct Opened {
    var capabilities: RelayCapabilities
    var place: RateLimiter.Place
    /// Its places in the limits of its destination.
    var destination: [LimitUse]
  }

  /// Waits for the relay's limits and opens the connection; nil when it cannot be opened now, the relay rests meanwhile,
  /// or the hours end. In that case the message is given back: a worker whose connection is open sends it meanwhile.
  private func open(for message: DueMessage) async throws -> Opened? {
    while hours?.contains(time.now) != false, case .go = try await admission(for: message) {
      let moment = await relay.nextMoment(at: time.monotonicNow, wallAhead: time.wallAhead)
      if moment > time.monotonicNow.addingTimeInterval(Self.longWait) {
        // Another relay may take it meanwhile, and its destination is not kept from others.
        await scheduler.relay(relay.relay.name, isFullUntil: moment)
        await scheduler.giveBack(message)
        try await idle(until: moment)
        return nil
      }
      if moment > time.monotonicNow {
        do {
          try await idle(until: moment)
        } catch {
          await scheduler.giveBack(message)
          throw error
        }
        continue
      }
      // In good order, before the relay closes it.
      if await relay.isConnectionSpent(of: number) { await close() }
      switch await connect() {
      case .failure(let trouble):
        await scheduler.giveBack(message)
        if trouble.kind == .noDescriptors { try await idle(until: time.monotonicNow.addingTimeInterval(1)) }
        return nil
      case .success(let capabilities):
        guard let destination = await scheduler.began(message) else { return nil }
        // Reserved at the last moment, so that what was reserved is what the relay sees.
        if let place = await relay.reserve(at: time.monotonicNow, wallAhead: time.wallAhead) {
          return Opened(capabilities: capabilities, place: place, destination: destination)
        }
      }
    }
    await scheduler.giveBack(message)
    return nil
  }

  /// Opens the connection without a letter in hand, where the relay's turn is to show that it is there.
  private func probe() async throws {
    guard case .failure(let trouble) = await connect(), trouble.kind == .noDescriptors else { return }
    try await idle(until: time.monotonicNow.addingTimeInterval(1))
  }

  /// What comes of it is told to the relay's state and to the scheduler.
  private func connect() async -> Result<RelayCapabilities, RelayUnavailable> {
    let startedAt = time.monotonicNow
    let opened = await session.open()
    switch opened {
    case .failure where Task.isCancelled || control.isStopped:
      // Given up because sending stops, or because the work is done: that says nothing about the relay.
      await relay.leave(number)
    case .failure(let trouble):
      note(trouble)
      let rest = await relay.noteFailedOpening(trouble, of: number, startedAt: startedAt, at: time.monotonicNow)
      if let rest { log.notice("\(trouble.message) \(words(of: rest))", metadata: ["relay": "\(relay.relay.name)"]) }
      await scheduler.relay(relay.relay.name, isAway: await relay.rest?.reason == .away)
    case .success:
      await relay.connected(number)
    }
    return opened
  }

  private func admission(for message: DueMessage) async throws -> RelayState.Admission {
    do {
      return try await relay.admission(of: number, hasLetter: true, time)
    } catch {
      await scheduler.giveBack(message)
      throw error
    }
  }

  private func idle(until moment: Date) async throws {
    let wait = moment.timeIntervalSince(time.monotonicNow)
    guard wait > 0 else { return }
    if wait > Self.idleLimit { await close() }
    try await time.sleep(until: moment)
  }

  func close() async {
    await session.close()
    await relay.disconnected(number)
  }

  private func deliver(_ message: DueMessage, _ opened: Opened) async throws {
    var place: RateLimiter.Place? = opened.place
    // What ends before the claim has not used it.
    defer { if let place { relay.limits.giveBack(place) } }
    let capabilities = opened.capabilities
    guard capabilities.smtpUTF8 || message.recipient.isASCII && !source.needsSMTPUTF8 else {
      return try await passOn(message)
    }
    let (now, monotonic) = (time.now, time.monotonicNow)
    let encoding: TransferEncoding =
      capabilities.eightBitMIME && source.allowsEightBit ? .eightBit : .quotedPrintable
    let bytes: [UInt8]
    let makingBegan = metrics.moment
    do {
      bytes = try source.bytes(for: message, date: message.firstAttemptAt ?? now, encoding: encoding)
    } catch let error as LetterError {
      log.error("message \(message.message) cannot be made and is left out: \(error.reason)", metadata: of(message))
      return try await exclude(message, .notMade(error.reason))
    }
    metrics.record(.letter, since: makingBegan)
    let request = ClaimRequest(
      message: message.message, fence: message.fence, worker: name, relay: relay.relay.name, at: now,
      leaseUntil: time.monotonicNow.addingTimeInterval(Self.lease), sha256: SHA256.digest(of: bytes),
      counts: relay.limits.uses(opened.place, clock: relay.clock) + opened.destination,
      knowing: relay.limits.known(to: opened.place))
    await scheduler.noteClocks(wall: now, monotonic: monotonic)
    try await noteDeadline()
    try checkStop()
    // Before the claim: what the relay says of this letter belongs to what it said meanwhile of others.
    let startedAt = time.monotonicNow
    FaultPoint.claimBefore.reached()
    let claim: Claim
    let claimBegan = metrics.moment
    let claimed = try await commits.submit(.claim(request))
    metrics.record(.claim, since: claimBegan)
    switch claimed {
    case .claimed(let made): claim = made
    case .behind:
      await scheduler.giveBack(message)
      return try await noteTestLetters()
    case .stale, .done:
      // Cancelled meanwhile, or read before it was changed last: only the store knows whether it is open.
      return await scheduler.finish(message, isOpen: true)
    }
    FaultPoint.claimCommitted.reached()
    let envelope = source.envelope(of: message)
    place = nil
    let (result, places) = try await send(envelope, bytes, encoding, of: message, opened)
    FaultPoint.outcomeBefore.reached()
    try await record(result, of: message, claim, places, startedAt: (now, startedAt))
  }

  /// The message needs SMTPUTF8 and this relay does not offer it. Where the sender's own address asks for it, that is
  /// our trouble: the relay is of no use, and no customer is marked for it. Otherwise another relay takes the message,
  /// if one may offer it, or the customer is called.
  private func passOn(_ message: DueMessage) async throws {
    if source.needsSMTPUTF8 {
      await relay.pause(.noSMTPUTF8(relay.relay))
      return await scheduler.giveBack(message)
    }
    if await scheduler.passOn(message, from: relay.relay.name) { return }
    try await exclude(message, .noSMTPUTF8)
  }

  /// Takes a message out for good: its customer is called, and the others go on.
  private func exclude(_ message: DueMessage, _ reason: ExclusionReason) async throws {
    let result = try await commits.submit(
      .exclude(message: message.message, fence: message.fence, reason: reason, at: time.now))
    await scheduler.finish(message, isOpen: result == .stale)
  }

  /// The place of a letter in the relay's limits: as the store counts it, and as it left. Those in the limits of its
  /// destination, as the store counts them.
  struct Places {
    var counted: RateLimiter.Place
    var used: RateLimiter.Place
    var destination: [LimitUse]
  }

  /// A connection that the relay had closed before our first command is opened again: that is not an attempt. Opening
  /// takes time, so the message needs a place in the limits again; without one it waits its turn like the others.
  ///
  /// Returns the places that the store knows of and the one that the attempt has, too.
  private func send(
    _ envelope: Envelope, _ bytes: [UInt8], _ encoding: TransferEncoding, of message: DueMessage, _ opened: Opened
  ) async throws -> (SendResult, Places) {
    var places = Places(counted: opened.place, used: opened.place, destination: opened.destination)
    for _ in 0..<3 {
      // The claim may have taken long.
      if hours?.contains(time.now) == false { return (.stopped(.connect, dotSent: false), places) }
      places.used = relay.limits.leave(places.used, at: time.monotonicNow)
      await scheduler.leave(message)
      let result = await session.send(envelope, message: bytes, encoding: encoding)
      switch result {
      case .answered: return (result, places)
      case .lost, .stopped:
        await relay.disconnected(number)
        return (result, places)
      case .notStarted(_, let reply):
        if let reply { await relay.noteEndOfSession(reply, of: number, at: time.monotonicNow) }
        await relay.disconnected(number)
      }
      guard case .success = await reopen() else { return (result, places) }
      await relay.connected(number)
      guard let next = await relay.reserve(at: time.monotonicNow, wallAhead: time.wallAhead) else {
        return (result, places)
      }
      guard let destination = await scheduler.moved(message) else {
        relay.limits.giveBack(next)
        return (result, places)
      }
      let uses = (
        relay.limits.uses(next, clock: relay.clock) + destination,
        relay.limits.uses(places.counted, clock: relay.clock) + places.destination
      )
      // Durable before the letter leaves, as the place that was claimed.
      let counted = try await commits.submit(
        .count(uses.0, insteadOf: uses.1, knowing: relay.limits.known(to: next)))
      guard counted != .behind else {
        relay.limits.giveBack(next)
        try await noteTestLetters()
        return (result, places)
      }
      relay.limits.giveBack(places.used)
      places = Places(counted: next, used: next, destination: destination)
    }
    return (.notStarted(reason: "the relay closed every new connection before our first command"), places)
  }

  /// Where only a file descriptor is missing, the letter waits a while: it is not the letter's attempt that failed.
  private func reopen() async -> Result<RelayCapabilities, RelayUnavailable> {
    for _ in 0..<60 {
      let opened = await session.open()
      guard case .failure(let trouble) = opened, trouble.kind == .noDescriptors else { return opened }
      do {
        try await time.sleep(until: time.monotonicNow.addingTimeInterval(1))
      } catch {
        return opened
      }
    }
    return await session.open()
  }
}
