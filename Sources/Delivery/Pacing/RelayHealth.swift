import Campaigns
import Foundation
import Mail
import Queue
import Receipts

/// The circuit breaker of a relay: whether it is fit to send, judged by what it answers.
///
/// Pure value. It is well; or at rest, because it asked for less or is gone, and after the rest it is probed with one
/// letter; or paused, until an operator has checked it. What happens to letters that were on the wire together is one
/// event. It is paused by what is certainly our trouble, and by anything that would otherwise spoil one customer after
/// another: suspicion, refusals in the same words, or uncertain outcomes in a row.
struct RelayHealth: Sendable {
  /// What a worker may do now.
  enum Admission: Sendable, Hashable {
    case go
    /// Nothing goes through the relay before this moment.
    case rest(until: Date)
    /// Another worker probes the relay.
    case probed
    case paused
  }

  /// Why the relay rests.
  enum Reason: Sendable, Hashable {
    /// No connection was opened yet.
    case unproven
    case throttled
    case away
  }

  /// A time without letters, and the probe at its end.
  struct Rest: Sendable, Hashable {
    var reason: Reason
    /// When the trouble began.
    var since: Date
    var until: Date
    /// The relay's last words, or ours.
    var words: String
    /// The worker whose letter decides.
    var probe: Int?
    /// When the last event was: what began before it is part of it.
    var event: Date
  }

  private(set) var trouble: RelayUnavailable?
  private(set) var rest: Rest?
  /// When it took the last letter, by the wall clock; nil when it never took one of this campaign.
  private(set) var lastAcceptedAt: Date?

  private let host: String
  private let giveUpAfter: TimeInterval
  private let stopAt: RefusalShare
  /// Messages since the last one that was accepted, or refused because of its customer. One message alone, tried again
  /// and again, says nothing about the relay.
  private var suspicions: Set<Int64> = []
  private var suspectDomains: Set<String> = []
  private var uncertain: Set<Int64> = []
  private var failedOpenings = 0
  private var refusals = RefusalRow()
  private var repeated = RepeatedWords()
  private var gone = Patience(first: 1, early: 8, share: 1 / 75, most: 300)
  private var throttled = Patience(first: 2, early: 8, share: 1 / 8, most: 300)
  private var quota = Patience(first: 60, early: 60, share: 1 / 8, most: 900)
  private var acceptedSinceThrottle = 0
  private var outcomes = (accepted: 0, refused: 0)

  /// Different messages in a row, to two domains, that were refused for our trouble before the relay is paused.
  static let suspicionsBeforePause = 3
  /// The same where all are at one domain.
  static let suspicionsOfOneDomainBeforePause = 10
  /// Different messages in a row with an uncertain outcome before the relay is paused: it is better to stop than to
  /// lose sight of more.
  static let uncertainBeforePause = 3
  /// How often in a row connections were lost before the dot, at a relay that never took a letter.
  static let lossesBeforePause = 10
  /// Connections in a row that could not be opened for a reason that may pass, at a relay that never took a letter.
  static let failedOpeningsBeforePause = 6

  /// - Parameters:
  ///   - lastAcceptedAt: When the relay took the last letter of the campaign: it is waited for then when it goes away.
  ///   - giveUpAfter: How long a relay that is gone is waited for.
  ///   - now: The monotonic time.
  init(
    host: String, lastAcceptedAt: Date? = nil, giveUpAfter: Duration = RetrySchedule.standard.giveUpAfter,
    stopAt: RefusalShare = .standard, at now: Date
  ) {
    self.host = host
    self.lastAcceptedAt = lastAcceptedAt
    self.giveUpAfter = giveUpAfter.seconds
    self.stopAt = stopAt
    rest = Rest(reason: .unproven, since: now, until: now, words: "", probe: nil, event: .distantPast)
  }

  mutating func pause(_ trouble: RelayUnavailable) {
    if self.trouble == nil { self.trouble = trouble }
  }

  // MARK: Who may send

  mutating func admit(_ worker: Int, at now: Date) -> Admission {
    if trouble != nil { return .paused }
    guard let rest else { return .go }
    if rest.until > now { return .rest(until: rest.until) }
    guard rest.probe == nil || rest.probe == worker else { return .probed }
    self.rest?.probe = worker
    return .go
  }

  /// The worker has nothing to probe with; another one may.
  mutating func leaveProbe(_ worker: Int) {
    if rest?.probe == worker { rest?.probe = nil }
  }

  // MARK: Connections

  /// A connection was opened. That proves a relay at the beginning; one that was gone is back once it answers a letter.
  mutating func noteOpened() {
    failedOpenings = 0
    if rest?.reason == .unproven { rest = nil }
  }

  /// A connection could not be opened; `startedAt` is when the try began. What cannot pass by itself pauses the relay at
  /// once; what may pass is waited for, for long once the relay has taken a letter.
  mutating func noteFailedOpening(_ trouble: RelayUnavailable, startedAt: Date, at now: Date) {
    switch trouble.kind {
    // That this process may have no more files open says nothing about the relay.
    case .noDescriptors: return
    case .tls, .certificate, .authentication: return pause(trouble)
    case .refused where lastAcceptedAt == nil || trouble.phase == .auth: return pause(trouble)
    case .refused, .unreachable, .busy: break
    }
    guard noteGone(trouble.message, startedAt: startedAt, at: now) else { return }
    failedOpenings += 1
    let isHopeless =
      lastAcceptedAt == nil
      ? failedOpenings >= Self.failedOpeningsBeforePause : now.timeIntervalSince(gone.since ?? now) > giveUpAfter
    if isHopeless { pause(trouble) }
  }

  /// False when it is part of what is known already.
  private mutating func noteGone(_ words: String, startedAt: Date, at now: Date) -> Bool {
    if let rest, rest.reason != .unproven, startedAt < rest.event { return false }
    let until = gone.fail(at: now)
    rest = Rest(reason: .away, since: gone.since ?? now, until: until, words: words, probe: nil, event: now)
    return true
  }

  // MARK: Letters

  /// What a letter's attempt says of the relay, and what becomes of the letter and of others.
  struct Judgement: Sendable {
    var verdict: AttemptVerdict
    /// Letters whose refusal was not about their customers, by the fence they were refused under.
    var reopened: [RefusalRow.Letter] = []
    /// The rest that begins with it.
    var rest: Rest?
  }

  /// One attempt of a message.
  struct Attempt: Sendable {
    var message: Int64
    var fence: Int64
    var recipient: EmailAddress
    /// 1 for the first.
    var number: Int
    /// What was answered to the last attempt; nil when it was to be made again at once, or there was none.
    var before: LastAnswer?
    /// By the monotonic clock.
    var startedAt: Date

    init(
      message: Int64, fence: Int64, recipient: EmailAddress, number: Int, before: LastAnswer? = nil, startedAt: Date
    ) {
      self.message = message
      self.fence = fence
      self.recipient = recipient
      self.number = number
      self.before = before
      self.startedAt = startedAt
    }
  }

  /// - Parameters:
  ///   - now: The monotonic time.
  ///   - wallTime: The time by the wall clock.
  mutating func judge(
    _ result: SendResult, of attempt: Attempt, at now: Date, wallTime: Date
  ) -> Judgement {
    var judgement = Judgement(verdict: AttemptVerdict(result))
    // What we broke off ourselves says nothing about the relay.
    if case .stopped = result { return judgement }
    settleDoubt(&judgement, result, attempt)
    let verdict = judgement.verdict
    switch verdict.outcome {
    case .accepted:
      noteAccepted(at: now, wallTime: wallTime)
    case .refused:
      noteRefused(&judgement, result, attempt)
    case .uncertain:
      uncertain.insert(attempt.message)
      if uncertain.count >= Self.uncertainBeforePause { pause(silent()) }
    case .deferred, .again:
      break
    }
    if case .answered(_, let reply) = result { noteRepeated(&judgement, reply, attempt) }
    noteSignal(judgement.verdict, result, attempt, at: now)
    if rest?.probe != nil, rest?.event ?? now < attempt.startedAt, isAnswer(judgement.verdict) { rest = nil }
    return judgement
  }

  /// A refusal for policy is one recipient's when it comes again at another time, and others were accepted meanwhile.
  private func settleDoubt(_ judgement: inout Judgement, _ result: SendResult, _ attempt: Attempt) {
    guard judgement.verdict.signal == .suspicion, let before = attempt.before, before.code >= 500,
      let lastAcceptedAt, lastAcceptedAt > before.at,
      ReplyClassifier.classify(before.reply, at: Phase(rawValue: before.phase)).treatment == .suspectUs,
      case .answered(let phase, let reply) = result, reply.isPermanent,
      phase == .rcpt || phase == .final
    else { return }
    judgement.verdict.outcome = .refused
    judgement.verdict.signal = .none
  }

  private mutating func noteAccepted(at now: Date, wallTime: Date) {
    lastAcceptedAt = wallTime
    outcomes.accepted += 1
    gone.succeed()
    acceptedSinceThrottle += 1
    if acceptedSinceThrottle >= 5 {
      throttled.succeed()
      quota.succeed()
    }
    endRows()
    refusals.end()
  }

  private mutating func endRows() {
    suspicions = []
    suspectDomains = []
    uncertain = []
    repeated.end()
  }

  private mutating func noteRefused(_ judgement: inout Judgement, _ result: SendResult, _ attempt: Attempt) {
    guard case .answered(_, let reply) = result, let meaning = judgement.verdict.classification else { return }
    let letter = RefusalRow.Letter(message: attempt.message, fence: attempt.fence)
    // Refused for doubt a second time: others were accepted meanwhile.
    if meaning.treatment == .refuseRecipient, refusals.isBroken(by: letter, reply, meaning) {
      judgement.reopened = refusals.letters
      judgement.verdict.outcome = .again
      judgement.verdict.signal = .pause
      refusals.end()
      return
    }
    outcomes.refused += 1
    let total = outcomes.accepted + outcomes.refused
    if total >= stopAt.of, Double(outcomes.refused) >= stopAt.refused * Double(total) {
      pause(refusingMany(result, attempt.recipient))
    }
    endRows()
  }

  /// The same words to different recipients put off: it is the relay that asks for less.
  private mutating func noteRepeated(_ judgement: inout Judgement, _ reply: Reply, _ attempt: Attempt) {
    guard judgement.verdict.outcome == .deferred, judgement.verdict.signal != .suspicion, reply.isTransient,
      let meaning = judgement.verdict.classification, meaning.class != .greylisted,
      !meaning.namesTheRecipient(in: reply)
    else { return }
    guard repeated.isRepeated(by: attempt.message, domain: attempt.recipient.domain.ascii, reply) else { return }
    // A letter that was put off before waits its turn: what every letter is told at every try must not keep it going.
    if attempt.number == 1 { judgement.verdict.outcome = .again }
    judgement.verdict.signal = .throttled(wait: meaning.wait, isQuota: false)
  }

  private mutating func noteSignal(
    _ verdict: AttemptVerdict, _ result: SendResult, _ attempt: Attempt, at now: Date
  ) {
    switch verdict.signal {
    case .none, .domainSlow, .sessionFull, .connectionsFull:
      break
    case .throttled(let wait, let isQuota):
      noteThrottled(result, attempt.recipient, wait: wait, isQuota: isQuota, startedAt: attempt.startedAt, at: now)
    case .away:
      _ = noteGone(words(of: result, attempt.recipient), startedAt: attempt.startedAt, at: now)
      let isHopeless =
        lastAcceptedAt == nil
        ? gone.failures >= Self.lossesBeforePause : now.timeIntervalSince(gone.since ?? now) > giveUpAfter
      if isHopeless { pause(dropping(result)) }
    case .suspicion:
      suspicions.insert(attempt.message)
      suspectDomains.insert(attempt.recipient.domain.ascii)
      let limit = suspectDomains.count > 1 ? Self.suspicionsBeforePause : Self.suspicionsOfOneDomainBeforePause
      if suspicions.count >= limit { pause(refusing(result, attempt.recipient)) }
    case .pause:
      pause(refusing(result, attempt.recipient))
    }
  }

  /// The relay speaks of connections, and another connection would not help.
  mutating func insteadThrottled(
    _ judgement: Judgement, _ result: SendResult, _ attempt: Attempt, at now: Date
  ) -> Judgement {
    var judgement = judgement
    judgement.verdict.signal = .throttled(wait: judgement.verdict.classification?.wait, isQuota: false)
    noteSignal(judgement.verdict, result, attempt, at: now)
    return judgement
  }

  private mutating func noteThrottled(
    _ result: SendResult, _ recipient: EmailAddress, wait: Int?, isQuota: Bool, startedAt: Date, at now: Date
  ) {
    // What was on the wire when the relay said so first is part of it.
    if let event = lastThrottle, startedAt < event { return }
    lastThrottle = now
    self.isQuota = isQuota
    acceptedSinceThrottle = 0
    let until = isQuota ? quota.fail(at: now) : throttled.fail(at: now)
    let since = (isQuota ? quota.since : throttled.since) ?? now
    rest = Rest(
      reason: .throttled, since: since, until: wait.map { now.addingTimeInterval(TimeInterval($0)) } ?? until,
      words: words(of: result, recipient), probe: nil, event: now)
  }

  private var lastThrottle: Date?
  /// The last throttle was a quota's.
  private(set) var isQuota = false

  /// The relay answered about the letter and not about itself.
  private func isAnswer(_ verdict: AttemptVerdict) -> Bool {
    switch verdict.signal {
    case .none, .domainSlow, .suspicion: verdict.classification != nil
    case .sessionFull, .connectionsFull, .throttled, .away, .pause: false
    }
  }

  // MARK: Words

  /// For logs and people: without a customer's address.
  private func words(of result: SendResult, _ recipient: EmailAddress) -> String {
    switch result {
    case .answered(_, let reply):
      // How many customers have its domain is not known here.
      AddressRedaction.text(reply.oneLine, about: RedactedCustomer(recipient: recipient, hidesDomain: true))
    case .lost(_, let reason, _), .notStarted(let reason): reason
    case .stopped: "sending was stopped"
    }
  }

  private func refusing(_ result: SendResult, _ recipient: EmailAddress) -> RelayUnavailable {
    guard case .answered(let phase, let reply) = result else { return dropping(result) }
    return RelayUnavailable(
      kind: .refused, phase: phase, reply: reply,
      message: """
        \(host) refuses our mail at \(phase.rawValue.uppercased()): “\(words(of: result, recipient))”. \
        No customer was marked as refused for it. Settle it with the relay's administrator, then resume.
        """)
  }

  private func refusingMany(_ result: SendResult, _ recipient: EmailAddress) -> RelayUnavailable {
    var (phase, reply): (Phase, Reply?) = (.rcpt, nil)
    if case .answered(let place, let answer) = result { (phase, reply) = (place, answer) }
    return RelayUnavailable(
      kind: .refused, phase: phase, reply: reply,
      message: """
        \(host) refused \(outcomes.refused) of \(outcomes.accepted + outcomes.refused) letters, the last with \
        “\(words(of: result, recipient))”. If that many addresses are dead, raise stop_at in campaign.yaml and resume; \
        otherwise settle it with the relay's administrator, and send these letters again with `resolve --resend --customer`.
        """)
  }

  private func silent() -> RelayUnavailable {
    RelayUnavailable(
      kind: .unreachable, phase: .final, reply: nil,
      message: """
        \(host) took \(uncertain.count) letters in a row without confirming them; they are uncertain. \
        Look into its log before resuming.
        """)
  }

  private func dropping(_ result: SendResult) -> RelayUnavailable {
    var phase = Phase.connect
    var why = ""
    if case .lost(let lostPhase, let reason, _) = result {
      phase = lostPhase
      why = " Last: \(reason)"
    }
    return RelayUnavailable(
      kind: .unreachable, phase: phase, reply: nil,
      message: "\(host) lost connections \(gone.failures) times in a row before taking a letter.\(why)")
  }
}
