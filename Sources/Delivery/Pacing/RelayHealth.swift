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

  let host: String
  private let hasOthers: Bool
  private let giveUpAfter: TimeInterval
  private let stopAt: RefusalShare
  /// Messages since the last one that was accepted, or refused because of its customer. One message alone, tried again
  /// and again, says nothing about the relay.
  private var suspicions: [ReplyClass: Suspicion] = [:]
  /// Two domains at which letters were accepted: more of them say nothing more.
  private var acceptedDomains: Set<String> = []
  var uncertain: Set<Int64> = []
  private var failedOpenings = 0
  private var refusals = RefusalRow()
  private var repeated = RepeatedWords()
  var gone = Patience(first: 1, early: 8, share: 1 / 75, most: 300)
  private var throttled = Patience(first: 2, early: 8, share: 1 / 20, most: 300)
  private var quota = Patience(first: 60, early: 60, share: 1 / 8, most: 900)
  private var acceptedSinceThrottle = 0
  var outcomes = (accepted: 0, refused: 0)
  /// Letters put off for a reason of their recipient's. They wait while the refused ones are known at once, and not to count
  /// them would make a relay with greylisting behind it look as if it refused most.
  private var putOff: Set<Int64> = []

  /// Letters put off that are counted at most.
  private static let mostPutOff = 10_000

  /// Different messages in a row, to two domains, that were refused in the same way for our trouble before the relay is
  /// paused.
  static let suspicionsBeforePause = 3
  /// The same in any way, or where all are at one domain and nothing was accepted at another.
  static let suspicionsOfAnyKindBeforePause = 10
  /// Different messages in a row with an uncertain outcome before the relay is paused: it is better to stop than to
  /// lose sight of more.
  static let uncertainBeforePause = 3
  /// How often in a row connections were lost before the dot, at a relay that never took a letter.
  static let lossesBeforePause = 10
  /// Connections in a row that could not be opened for a reason that may pass, at a relay that never took a letter.
  static let failedOpeningsBeforePause = 6

  /// - Parameters:
  ///   - hasOthers: Another relay may take what this one puts off.
  ///   - lastAcceptedAt: When the relay took the last letter of the campaign: it is waited for then when it goes away.
  ///   - giveUpAfter: How long a relay that is gone is waited for.
  ///   - now: The monotonic time.
  init(
    host: String, hasOthers: Bool = false, lastAcceptedAt: Date? = nil,
    giveUpAfter: Duration = RetrySchedule.standard.giveUpAfter,
    stopAt: RefusalShare = .standard, at now: Date
  ) {
    self.host = host
    self.hasOthers = hasOthers
    self.lastAcceptedAt = lastAcceptedAt
    self.giveUpAfter = giveUpAfter.seconds
    self.stopAt = stopAt
    rest = Rest(reason: .unproven, since: now, until: now, words: "", probe: nil, event: .distantPast)
  }

  mutating func pause(_ trouble: RelayUnavailable) {
    if self.trouble == nil { self.trouble = trouble }
  }

  /// Messages in a row that were refused in one way for our trouble, and their domains.
  private struct Suspicion {
    var letters: [Int64: JudgedLetter] = [:]
    var domains: Set<String> = []
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
    case .certificate, .authentication: return pause(trouble)
    // A restart breaks handshakes too.
    case .refused where trouble.phase == .auth: return pause(trouble)
    case .tls, .refused: if lastAcceptedAt == nil { return pause(trouble) }
    case .unreachable, .busy: break
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
      putOff.remove(attempt.message)
      judgement.freed = repeated.takeWaiting()
      noteAccepted(attempt.recipient.domain.ascii, wallTime: wallTime)
    case .refused:
      judgement.freed = repeated.takeWaiting()
      noteRefused(&judgement, result, attempt)
    case .uncertain:
      uncertain.insert(attempt.message)
      if uncertain.count >= Self.uncertainBeforePause { pause(silent()) }
    case .deferred:
      if verdict.signal == .none, putOff.count < Self.mostPutOff { putOff.insert(attempt.message) }
    case .again:
      break
    }
    if case .answered(_, let reply) = result { noteRepeated(&judgement, reply, attempt) }
    noteSignal(&judgement, result, attempt, at: now)
    guard isAnswer(judgement.verdict) else { return judgement }
    gone.succeed()
    if rest?.probe != nil, rest?.event ?? now < attempt.startedAt {
      rest = nil
      throttled.noteEnd()
      quota.noteEnd()
    }
    return judgement
  }

  /// A refusal for policy is one recipient's when it comes again at another time, and others were accepted meanwhile. Where
  /// no others were left to be accepted, it takes a third time, no other domain that refuses so, and words that speak of the
  /// recipient or a relay that took letters to others. Many of one domain are never settled so: it may be us.
  private func settleDoubt(_ judgement: inout Judgement, _ result: SendResult, _ attempt: Attempt) {
    guard judgement.verdict.signal == .suspicion, let before = attempt.before, before.code >= 500, let lastAcceptedAt,
      case .answered(let phase, let reply) = result, reply.isPermanent, phase == .rcpt || phase == .final,
      ReplyClassifier.classify(before.reply, at: Phase(rawValue: before.phase)).treatment == .suspectUs
    else { return }
    let domain = attempt.recipient.domain.ascii
    let others = judgement.verdict.classification.flatMap { suspicions[$0.class] } ?? Suspicion()
    let isAlone =
      others.domains.subtracting([domain]).isEmpty && others.letters.count < Self.suspicionsOfAnyKindBeforePause
    let isItsOwn =
      [.recipient, .domain].contains(judgement.verdict.classification?.scope) || tookElsewhere(than: domain)
    guard lastAcceptedAt > before.at || attempt.number >= 3 && isAlone && isItsOwn else { return }
    judgement.verdict.outcome = .refused
    judgement.verdict.signal = .none
  }

  private func tookElsewhere(than domain: String) -> Bool { acceptedDomains.contains { $0 != domain } }

  private mutating func noteAccepted(_ domain: String, wallTime: Date) {
    if acceptedDomains.count < 2 { acceptedDomains.insert(domain) }
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
    suspicions = [:]
    uncertain = []
    repeated.end()
  }

  /// Letters accepted, refused, or put off for a reason of their recipient's.
  var lettersAnswered: Int { outcomes.accepted + outcomes.refused + putOff.count }

  private mutating func noteRefused(_ judgement: inout Judgement, _ result: SendResult, _ attempt: Attempt) {
    guard case .answered(_, let reply) = result, let meaning = judgement.verdict.classification else { return }
    let letter = attempt.letter
    // Refused for doubt a second time: others were accepted meanwhile.
    if meaning.treatment == .refuseRecipient, let row = refusals.broken(by: letter, reply, meaning) {
      judgement.reopened = row
      judgement.verdict.outcome = .again
      judgement.verdict.signal = .pause
      refusals.end()
      return
    }
    putOff.remove(attempt.message)
    defer { endRows() }
    // Put back in the queue after it was refused: that it is refused again says nothing new about the relay.
    guard !attempt.isSentAgain else { return }
    outcomes.refused += 1
    let total = lettersAnswered
    if total >= stopAt.of, Double(outcomes.refused) >= stopAt.refused * Double(total) {
      pause(refusingMany(result, attempt.recipient))
    }
  }

  /// The same words to different recipients put off: it is the relay that asks for less.
  private mutating func noteRepeated(_ judgement: inout Judgement, _ reply: Reply, _ attempt: Attempt) {
    guard judgement.verdict.outcome == .deferred, judgement.verdict.signal != .suspicion, reply.isTransient,
      let meaning = judgement.verdict.classification, meaning.class != .greylisted,
      !meaning.namesTheRecipient(in: reply), reply.enhanced?.isOfRecipient != true
    else { return }
    let isRepeated = repeated.isRepeated(
      by: attempt.letter, isFirstAttempt: attempt.number == 1, domain: attempt.recipient.domain.ascii, reply)
    guard isRepeated else { return }
    // They go on once the relay takes a letter, or over another relay at once. What was put off before waits its turn: what a
    // letter is told at every try must not keep it going.
    if hasOthers { judgement.freed = repeated.takeWaiting() }
    judgement.isOneDomain = repeated.isOneDomain
    judgement.verdict.signal = .throttled(wait: meaning.wait, isQuota: false)
  }

  private mutating func noteSignal(
    _ judgement: inout Judgement, _ result: SendResult, _ attempt: Attempt, at now: Date
  ) {
    switch judgement.verdict.signal {
    case .none, .domainSlow, .sessionFull, .connectionsFull:
      break
    case .throttled(let wait, let isQuota):
      noteThrottled(result, attempt.recipient, wait: wait, isQuota: isQuota, startedAt: attempt.startedAt, at: now)
    case .away:
      _ = noteGone(words(of: result, attempt.recipient), startedAt: attempt.startedAt, at: now)
      let isHopeless =
        lastAcceptedAt == nil
        ? gone.failures >= Self.lossesBeforePause : now.timeIntervalSince(gone.since ?? now) > giveUpAfter
      if isHopeless { pause(dropping(result, attempt.recipient)) }
    case .suspicion:
      noteSuspicion(&judgement, result, attempt)
    case .pause:
      pause(refusing(result, attempt.recipient))
    }
  }

  /// Three of different customers in the same way, to two domains, are the relay's; so are many in many ways.
  private mutating func noteSuspicion(_ judgement: inout Judgement, _ result: SendResult, _ attempt: Attempt) {
    let domain = attempt.recipient.domain.ascii
    let kind = judgement.verdict.classification?.class ?? .unknown
    suspicions[kind, default: Suspicion()].letters[attempt.message] = attempt.letter
    suspicions[kind, default: Suspicion()].domains.insert(domain)
    let same = suspicions[kind] ?? Suspicion()
    let letters = suspicions.values.reduce(into: [:]) { $0.merge($1.letters) { one, _ in one } }
    let domains = suspicions.values.reduce(into: Set<String>()) { $0.formUnion($1.domains) }
    judgement.isOneDomain = same.domains.count == 1 && same.letters.count >= Self.suspicionsBeforePause
    let isTheRelays =
      same.letters.count >= Self.suspicionsBeforePause && same.domains.count > 1
      || letters.count >= Self.suspicionsOfAnyKindBeforePause && (domains.count > 1 || !tookElsewhere(than: domain))
    guard isTheRelays else { return }
    pause(refusing(result, attempt.recipient))
    judgement.verdict.outcome = .again
    judgement.freed += letters.values.filter { $0.message != attempt.message }.sorted { $0.message < $1.message }
    suspicions = [kind: Suspicion(letters: [attempt.message: attempt.letter], domains: same.domains)]
  }

  /// The relay speaks of connections, and another connection would not help.
  mutating func insteadThrottled(
    _ judgement: Judgement, _ result: SendResult, _ attempt: Attempt, at now: Date
  ) -> Judgement {
    var judgement = judgement
    judgement.verdict.signal = .throttled(wait: judgement.verdict.classification?.wait, isQuota: false)
    noteSignal(&judgement, result, attempt, at: now)
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
}
