import Campaigns
import Foundation
import Logging
import Mail
import Monitoring
import Queue

/// What an attempt comes to: judged by the relay's state, recorded in the store, told to the scheduler.
extension Worker {
  func record(
    _ result: SendResult, of message: DueMessage, _ claim: Claim, _ places: Places,
    startedAt: (wall: Date, monotonic: Date)
  ) async throws {
    let now = time.now
    let judgement = await relay.judge(
      result,
      of: .init(
        message: message.message, fence: claim.fence, recipient: message.recipient,
        number: claim.attempt - message.attemptsAtOnce,
        before: message.lastAnswer, isSentAgain: message.turn == .again, startedAt: startedAt.monotonic),
      by: number, at: time.monotonicNow, wallTime: now)
    let verdict = judgement.verdict
    note(result, of: message, verdict, at: now)
    if let name = result.replyClass(verdict) { metrics.countReply(name) }
    gate.note(verdict.outcome)
    if let rest = judgement.rest {
      let level: Logger.Level = rest.reason == .away ? .notice : .info
      log.log(
        level: level, "relay \(relay.relay.name): “\(rest.words)”. \(words(of: rest))", metadata: of(message))
    }
    let giveUpFrom = message.giveUpFrom(claimedAt: startedAt.wall).addingTimeInterval(await scheduler.clockSetback())
    var outcome = AttemptOutcome(
      result: state(after: verdict, of: message, claim, giveUpFrom: giveUpFrom), at: now, result: result)
    settle(places, result, &outcome)
    let kept = await scheduler.uses(of: message, after: result.end)
    if kept != places.destination {
      outcome.givesBack += places.destination
      outcome.counts += kept
    }
    if verdict.isAboutTheConnection || result.closesConnection {
      await close()
    }
    await note(judgement, for: message)
    let others = (judgement.reopened + judgement.freed).map(\.message)
    do {
      try await commit(outcome, of: message, claim)
    } catch {
      await relay.noteRecorded(message.message)
      throw error
    }
    await relay.noteRecorded(message.message)
    try await reopen(judgement.reopened)
    try await makeDue(judgement.freed)
    // What is tried again at once is given up like everything else.
    if verdict.outcome == .again, time.monotonicNow < retry.expiry(firstAttemptAt: giveUpFrom) {
      await scheduler.again(
        message.attempted(under: claim, over: relay.relay.name, firstAt: startedAt.wall), result.end, others: others)
    } else {
      let isFinal = verdict.outcome == .accepted || verdict.outcome == .refused
      await scheduler.finish(message, isOpen: !isFinal, result.end, due: outcome.dueAt, others: others)
    }
    await scheduler.relay(relay.relay.name, isAway: await relay.rest?.reason == .away)
  }

  /// The place in the limits is used, or free again: at once here, and with the outcome in the store.
  private func settle(_ places: Places, _ result: SendResult, _ outcome: inout AttemptOutcome) {
    let isUsed = result.usesPlace(relay.relay.count)
    if isUsed {
      relay.limits.settle(places.used, at: time.monotonicNow)
    } else {
      relay.limits.giveBack(places.used)
    }
    guard !isUsed || places.used != places.counted else { return }
    outcome.givesBack = relay.limits.uses(places.counted, clock: relay.clock)
    if isUsed { outcome.counts = relay.limits.uses(places.used, clock: relay.clock) }
  }

  private func state(
    after verdict: AttemptVerdict, of message: DueMessage, _ claim: Claim, giveUpFrom: Date
  ) -> AttemptOutcome.State {
    switch verdict.outcome {
    case .accepted: .accepted
    case .refused: .refused
    case .uncertain: .uncertain
    case .deferred:
      .deferred(
        until: retry.next(
          after: claim.attempt - message.attemptsAtOnce, verdict.delay, at: time.monotonicNow,
          firstAttemptAt: giveUpFrom, jitter: jitter()))
    case .again: .deferred(until: time.monotonicNow)
    }
  }

  private func commit(_ outcome: AttemptOutcome, of message: DueMessage, _ claim: Claim) async throws {
    switch outcome.result {
    case .accepted, .refused:
      // Committed with, or before, this worker's next claim: no need to wait for it here.
      try await commits.record(outcome, by: claim)
    case .uncertain, .deferred:
      if case .stale = try await commits.submit(.record(claim, outcome)) {
        log.error(
          "message \(message.message): another process has taken over; its outcome was not recorded here",
          metadata: of(message))
        throw DeliveryError.leaseLost
      }
    }
  }

  /// Opens letters again whose refusal was not about their customers.
  private func reopen(_ letters: [JudgedLetter]) async throws {
    await relay.waitUntilRecorded(letters.map(\.message))
    for letter in letters {
      if case .stale = try await commits.submit(.reopen(message: letter.message, fence: letter.fence, at: time.now)) {
        log.error(
          "message \(letter.message) was refused with the others and has moved on; it is not open again",
          metadata: ["message": "\(letter.message)", "relay": "\(relay.relay.name)"])
      }
    }
  }

  /// Makes letters due that were put off for a reason of the relay's. What has moved on meanwhile is left alone.
  private func makeDue(_ letters: [JudgedLetter]) async throws {
    await relay.waitUntilRecorded(letters.map(\.message))
    for letter in letters {
      _ = try await commits.submit(
        .makeDue(message: letter.message, fence: letter.fence, at: time.monotonicNow))
    }
  }

  /// Since when the relay rests, and when it is tried next.
  func words(of rest: RelayHealth.Rest) -> String {
    let next = Int(rest.until.timeIntervalSince(time.monotonicNow).rounded(.up))
    let past = Int(time.monotonicNow.timeIntervalSince(rest.since).rounded())
    return (past > 0 ? "So for \(past) s. " : "") + "The next try is in \(max(next, 0)) s."
  }

  private func note(_ judgement: RelayHealth.Judgement, for message: DueMessage) async {
    let verdict = judgement.verdict
    let domain = message.recipient.domain.ascii
    if !judgement.reopened.isEmpty { await scheduler.forgetDeadAddresses() }
    if verdict.isDeadAddress { await scheduler.noteDeadAddress(at: domain) }
    if case .domainSlow(let wait) = verdict.signal {
      await scheduler.slow(domain: domain, wait: wait)
    } else if judgement.isOneDomain {
      await scheduler.goAround(domain: domain)
    } else if verdict.outcome == .accepted {
      await scheduler.clearBackoff(for: domain)
    }
  }
}

extension AttemptOutcome {
  /// When the message is due again.
  fileprivate var dueAt: Date? { if case .deferred(let moment) = result { moment } else { nil } }
}

extension SendResult {
  /// The class of the answer, as metrics count it; nil where the relay was not asked.
  fileprivate func replyClass(_ verdict: AttemptVerdict) -> String? {
    switch self {
    case .answered where verdict.outcome == .accepted: "accepted"
    case .answered: verdict.classification?.class.rawValue ?? ReplyClass.unknown.rawValue
    case .lost: "no-reply"
    case .notStarted, .stopped: nil
    }
  }

  /// What it means for the limits of the letter's destination.
  var end: LetterEnd {
    if case .answered(.final, let reply) = self, reply.isPositive { return .accepted }
    if usesPlace(.accepted) { return .recipientTaken }
    return usesPlace(.attempts) ? .tried : .unsent
  }

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
    message.attemptsAtOnce += 1
    message.giveUpFrom = giveUpFrom(claimedAt: firstAt)
    message.firstAttemptAt = firstAttemptAt ?? firstAt
    // Its give-up time counts from now on.
    message.turn = .deferred(until: firstAt)
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
    case .notStarted(let reason, _):
      self.init(result: result, at: now, phase: Phase.connect.rawValue, code: nil, enhanced: nil, reply: reason)
    case .stopped(.connect, _):
      self.init(
        result: result, at: now, phase: Phase.connect.rawValue, code: nil, enhanced: nil,
        reply: "the sending hours had ended; nothing of the letter was sent")
    case .stopped(let phase, let dotSent):
      self.init(
        result: result, at: now, phase: phase.rawValue, code: nil, enhanced: nil,
        reply: dotSent
          ? "sending was stopped, and the relay had not answered the final dot"
          : "sending was stopped before the end of the letter; the relay does not have it")
    }
  }
}
