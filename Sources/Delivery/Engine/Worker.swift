import Campaigns
import FaultPoints
import Foundation
import Letters
import Logging
import Mail
import Queue

/// One connection's work: take a message, make its bytes, claim it, send it, record the outcome.
///
/// Promises: nothing is sent before its claim is durable; the next claim is durable only together with or after the
/// last outcome, so at most one message per connection is ever in doubt; cancellation takes effect between messages,
/// never while one is on the wire. A letter that cannot be made is excluded. Throws when the store fails, or when no letter
/// can be made.
struct Worker: Sendable {
  let name: String
  /// The number among the relay's connections, from 1.
  let number: Int
  let relay: RelayState
  let session: any Session
  let scheduler: MessageScheduler
  let commits: GroupCommit
  let source: any MessageSource
  let retry: RetrySchedule
  let time: any DeliveryClock
  let jitter: @Sendable () -> Double
  let log: Logger

  /// A connection that has nothing to do for longer is closed.
  static let idleLimit: TimeInterval = 10
  /// Longer than the longest wait for a reply, so that a living worker's claim is never taken for a dead one's.
  static let lease = DeliveryEngine.longestAttempt

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
        guard let capabilities = try await open(for: message) else { continue }
        do {
          try await deliver(message, capabilities)
        } catch {
          // Not claimed, or its outcome is in the store: either way the scheduler may forget the message.
          await scheduler.finish(message, isOpen: true)
          throw error
        }
      }
    }
  }

  /// Waits for the relay's limits and opens the connection; nil when it cannot be opened now, or the relay rests
  /// meanwhile. In that case the message is given back: a worker whose connection is open sends it meanwhile.
  private func open(for message: DueMessage) async throws -> RelayCapabilities? {
    while case .go = try await admission(for: message) {
      let moment = await relay.nextMoment(at: time.monotonicNow)
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
      let startedAt = time.monotonicNow
      switch await session.open() {
      case .failure(let trouble):
        let rest = await relay.noteFailedOpening(trouble, of: number, startedAt: startedAt, at: time.monotonicNow)
        if let rest { log.notice("\(trouble.message) \(words(of: rest))") }
        await scheduler.giveBack(message)
        if trouble.kind == .noDescriptors { try await idle(until: time.monotonicNow.addingTimeInterval(1)) }
        return nil
      case .success(let capabilities):
        await relay.connected(number)
        // Reserved at the last moment, so that what was reserved is what the relay sees.
        if await relay.reserve(at: time.monotonicNow) { return capabilities }
      }
    }
    await scheduler.giveBack(message)
    return nil
  }

  private func admission(for message: DueMessage) async throws -> RelayState.Admission {
    do {
      return try await relay.admission(of: number, time)
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

  private func close() async {
    await session.close()
    await relay.disconnected(number)
  }

  private func deliver(_ message: DueMessage, _ capabilities: RelayCapabilities) async throws {
    guard capabilities.smtpUTF8 || message.recipient.isASCII && !source.needsSMTPUTF8 else {
      return try await passOn(message)
    }
    let now = time.now
    let encoding: TransferEncoding =
      capabilities.eightBitMIME && source.allowsEightBit ? .eightBit : .quotedPrintable
    let bytes: [UInt8]
    do {
      bytes = try source.bytes(for: message, date: message.firstAttemptAt ?? now, encoding: encoding)
    } catch let error as LetterError {
      log.error("message \(message.message) cannot be made and is left out: \(error.reason)")
      return try await exclude(message, .notMade(error.reason))
    }
    let request = ClaimRequest(
      message: message.message, fence: message.fence, worker: name, relay: relay.relay.name, at: now,
      leaseUntil: time.monotonicNow.addingTimeInterval(Self.lease), sha256: SHA256.digest(of: bytes),
      countsAgainstLimits: !relay.relay.limits.isEmpty)
    _ = await scheduler.clockSetback()
    try Task.checkCancellation()
    FaultPoint.claimBefore.reached()
    guard case .claimed(let claim) = try await commits.submit(.claim(request)) else {
      // Cancelled meanwhile, or read before it was changed last: only the store knows whether it is open.
      return await scheduler.finish(message, isOpen: true)
    }
    FaultPoint.claimCommitted.reached()
    let startedAt = time.monotonicNow
    let envelope = Envelope(
      sender: source.envelopeSender, recipient: message.recipient, hasInternationalHeaders: source.needsSMTPUTF8)
    let result = await send(envelope, bytes, encoding)
    FaultPoint.outcomeBefore.reached()
    try await record(result, of: message, claim, startedAt: (now, startedAt))
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

  /// A connection that the relay had closed before our first command is opened again: that is not an attempt. Opening
  /// takes time, so the message needs a place in the limits again; without one it waits its turn like the others.
  private func send(_ envelope: Envelope, _ bytes: [UInt8], _ encoding: TransferEncoding) async -> SendResult {
    for _ in 0..<3 {
      let result = await session.send(envelope, message: bytes, encoding: encoding)
      switch result {
      case .answered: return result
      case .lost:
        await relay.disconnected(number)
        return result
      case .notStarted:
        await relay.disconnected(number)
      }
      guard case .success = await reopen() else { return result }
      await relay.connected(number)
      guard await relay.reserve(at: time.monotonicNow) else { return result }
    }
    return .notStarted(reason: "the relay closed every new connection before our first command")
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

  private func record(
    _ result: SendResult, of message: DueMessage, _ claim: Claim, startedAt: (wall: Date, monotonic: Date)
  ) async throws {
    let now = time.now
    let judgement = await relay.judge(
      result,
      of: .init(
        message: message.message, fence: claim.fence, recipient: message.recipient, number: claim.attempt,
        firstAt: message.firstAttemptAt ?? startedAt.wall, startedAt: startedAt.monotonic),
      by: number, at: time.monotonicNow, wallTime: now)
    let verdict = judgement.verdict
    if let rest = judgement.rest {
      let level: Logger.Level = rest.reason == .away ? .notice : .info
      log.log(level: level, "relay \(relay.relay.name): “\(rest.words)”. \(words(of: rest))")
    }
    var record = AttemptOutcome(result: .accepted, at: now, result: result)
    let firstAttemptAt = message.giveUpFrom(claimedAt: startedAt.wall)
      .addingTimeInterval(await scheduler.clockSetback())
    // What is tried again at once is given up like everything else.
    let isAgain = verdict.outcome == .again && time.monotonicNow < retry.expiry(firstAttemptAt: firstAttemptAt)
    switch verdict.outcome {
    case .accepted: record.result = .accepted
    case .refused: record.result = .refused
    case .uncertain: record.result = .uncertain
    case .deferred:
      record.result = .deferred(
        until: retry.next(
          after: claim.attempt, verdict.delay, at: time.monotonicNow, firstAttemptAt: firstAttemptAt, jitter: jitter()))
    case .again:
      record.result = .deferred(until: time.monotonicNow)
    }
    if verdict.signal == .sessionFull || verdict.signal == .connectionsFull || result.closesConnection {
      await close()
    }
    await note(verdict, for: message)
    switch verdict.outcome {
    case .accepted, .refused:
      // Committed with, or before, this worker's next claim: no need to wait for it here.
      try await commits.record(record, by: claim)
    case .uncertain, .deferred, .again:
      if case .stale = try await commits.submit(.record(claim, record)) {
        log.error("message \(message.message): another process has taken over; its outcome was not recorded here")
        throw DeliveryError.leaseLost
      }
    }
    for letter in judgement.reopened {
      _ = try await commits.submit(.reopen(message: letter.message, fence: letter.fence, at: time.now))
    }
    if isAgain {
      await scheduler.again(message.attempted(under: claim, over: relay.relay.name, firstAt: startedAt.wall))
    } else {
      let isFinal = verdict.outcome == .accepted || verdict.outcome == .refused
      await scheduler.finish(message, isOpen: !isFinal || !judgement.reopened.isEmpty)
    }
    await scheduler.relay(relay.relay.name, isAway: await relay.rest?.reason == .away)
  }

  /// Since when the relay rests, and when it is tried next.
  private func words(of rest: RelayHealth.Rest) -> String {
    let next = Int(rest.until.timeIntervalSince(time.monotonicNow).rounded(.up))
    let past = Int(time.monotonicNow.timeIntervalSince(rest.since).rounded())
    return (past > 0 ? "So for \(past) s. " : "") + "The next try is in \(max(next, 0)) s."
  }

  private func note(_ verdict: AttemptVerdict, for message: DueMessage) async {
    let domain = message.recipient.domain.ascii
    if case .domainSlow(let wait) = verdict.signal {
      await scheduler.slow(domain: domain, wait: wait)
    } else if verdict.outcome == .accepted {
      await scheduler.clearBackoff(for: domain)
    }
  }
}

extension SendResult {
  /// The relay closes the connection with its answer (RFC 5321 §3.8).
  fileprivate var closesConnection: Bool {
    if case .answered(_, let reply) = self { reply.code == 421 } else { false }
  }
}

extension DueMessage {
  /// The message after an attempt that is to be made again at once.
  fileprivate func attempted(under claim: Claim, over relay: String, firstAt: Date) -> DueMessage {
    var message = self
    message.fence = claim.fence
    message.attempts = claim.attempt
    message.relay = relay
    message.lastAnswer = nil
    message.firstAttemptAt = firstAttemptAt ?? firstAt
    return message
  }
}

extension AttemptOutcome {
  /// The part of a result that the store keeps: phase, code, status and text.
  init(result: State, at now: Date, result answer: SendResult) {
    switch answer {
    case .answered(let phase, let reply):
      self.init(
        result: result, at: now, phase: phase.rawValue, code: reply.code, enhanced: reply.enhanced?.description,
        reply: reply.text)
    case .lost(let phase, let reason, _):
      self.init(result: result, at: now, phase: phase.rawValue, code: nil, enhanced: nil, reply: reason)
    case .notStarted(let reason):
      self.init(result: result, at: now, phase: Phase.connect.rawValue, code: nil, enhanced: nil, reply: reason)
    }
  }
}
