import Campaigns
import Foundation
import Mail
import Queue

/// One run of a delivery on a simulated clock: every letter's attempts in the order of time.
///
/// Opening a connection takes no time here, and neither does anything but the letters and what they wait for.
struct ForecastRun<Answers: ForecastAnswers> {
  private let plan: ForecastPlan
  private var answers: Answers
  private let jitter: Double
  private var relays: [ForecastRelay]
  private var queue: ForecastQueue
  private var hours: ForecastHours?
  private var clock: Date
  private var tally: ForecastTally
  /// Attempts whose answers are judged when they come.
  private var onTheWire = MomentHeap()
  private var attempts: [Attempt] = []
  private var vacant: [Int] = []
  /// The attempts that each letter has had, where the answers are judged.
  private var history: [Int: History] = [:]
  private var cooling: [String: (until: Date, backoff: Backoff)] = [:]
  private var uncertain: [Int] = []
  private var resent: Set<Int> = []
  private var canaryLeft: Int?
  /// The end of the wait after the canary.
  private var canaryUntil = Date.distantPast
  private var lastEnd: Date

  private struct Attempt {
    var letter: Int
    var cause: ForecastTally.Cause
    var number: Int
    var relay: Int
    var connection: Int
    var startedAt: Date
    var firstAt: Date
    var result: SendResult
    var recipient: EmailAddress
  }

  /// What is remembered of a letter whose answer was judged.
  private struct History {
    var attempts = 0
    var attemptsAtOnce = 0
    var firstAt: Date
    var before: LastAnswer?
  }

  init(_ plan: ForecastPlan, _ answers: Answers, jitter: Double) {
    self.plan = plan
    self.answers = answers
    self.jitter = jitter
    let usable = plan.usable
    relays = plan.relays.enumerated().map { index, relay in
      ForecastRelay(
        relay, isUsable: usable.contains(index), hasOthers: usable.count > 1, at: plan.now,
        giveUpAfter: plan.retry.giveUpAfter)
    }
    queue = ForecastQueue(plan)
    hours = plan.hours.map(ForecastHours.init)
    clock = plan.now
    lastEnd = plan.now
    canaryLeft = plan.canary?.letters
    tally = ForecastTally(plan)
  }

  /// The earliest moment at which one more letter may go.
  var firstMoment: Date {
    var run = self
    return run.earliest()?.moment ?? clock
  }

  /// - Parameter isDecided: True when nothing more needs to be known: the outcome then has what came until then.
  mutating func finish(when isDecided: (ForecastTally) -> Bool = { _ in false }) -> ForecastOutcome {
    while true {
      guard !queue.isEmpty, let (relay, moment) = earliest() else {
        if settleNext() || resendUncertain() { continue }
        break
      }
      if settleNext(before: moment) { continue }
      if plan.stopsAtDeadline, let deadline = plan.deadline, moment >= deadline {
        // What is on the wire is finished; the rest is left.
        while settleNext() {}
        break
      }
      if isDecided(tally) { break }
      if moment >= horizon, let rate = longTermRate {
        while settleNext() {}
        settleRest(at: rate, after: moment)
        break
      }
      clock = max(clock, moment)
      send(over: relay)
    }
    return tally.finish(relays, left: queue.waiting, at: max(lastEnd, clock))
  }

  private mutating func earliest() -> (relay: Int, moment: Date)? {
    var best: (relay: Int, moment: Date)?
    for index in relays.indices where !relays[index].isPaused && relays[index].idleUntil != nil {
      let moment = relays[index].next(at: clock, after: canaryUntil, &hours)
      if best.map({ moment < $0.moment }) ?? true { best = (index, moment) }
    }
    return best
  }

  // MARK: The far future

  /// After it the run does not go on letter by letter: with `1/d` that would be as many days as there are letters.
  private var horizon: Date {
    max(plan.now.addingTimeInterval(Self.longest), plan.deadline ?? .distantPast)
  }

  private static var longest: TimeInterval { 400 * 86_400 }

  /// Letters accepted a second since the middle of the time so far; nil when none was.
  private var longTermRate: Double? {
    let span = clock.timeIntervalSince(plan.now) / 2
    let count = tally.accepted(since: clock.addingTimeInterval(-span))
    return count > 0 && span > 0 ? Double(count) / span : nil
  }

  /// The letters that are left are accepted at an even pace.
  private mutating func settleRest(at rate: Double, after moment: Date) {
    var (count, answers) = (0.0, answers)
    var deferred = queue.deferred[...]
    tally.settleRest { [history] letter in
      while let first = deferred.first, first.letter < letter { deferred.removeFirst() }
      let attempts = deferred.first?.letter == letter ? deferred[deferred.startIndex].attempts : 0
      let number = (history[letter]?.attempts ?? attempts) + 1
      if case (.refused, _) = answers.answer(
        to: letter, attempt: number, over: 0, knownFrom: nil, at: moment)
      {
        return nil
      }
      count += 1
      return moment.addingTimeInterval(count / rate)
    }
    lastEnd = max(lastEnd, moment.addingTimeInterval(count / rate))
    queue.clear()
  }

  // MARK: Sending

  private mutating func send(over relay: Int) {
    let taken = queue.take(for: relay, at: clock) { [relays, clock] in relays[$0].isWaitedFor(at: clock) }
    for index in relays.indices where index != relay && queue.isKeeping(for: index) {
      relays[index].idleUntil = relays[index].idleUntil.map { min($0, clock) } ?? clock
    }
    guard let taken else {
      // By a millisecond at least, so that the clock goes on.
      relays[relay].idleUntil =
        queue.nextMoment(after: clock).map { max($0, clock.addingTimeInterval(0.001)) }
      return
    }
    if let until = answers.awayUntil(relay, at: clock), until > clock {
      relays[relay].noteAway(at: clock)
      queue.noteUnsent(taken.letter, at: clock)
      queue.putBack(taken, until: clock)
      queue.free(relay)
      return wake()
    }
    let number = (history[taken.letter]?.attempts ?? taken.attempts) + 1
    let (answer, seconds) = answers.answer(
      to: taken.letter, attempt: number, over: relay, knownFrom: taken.known, at: clock)
    let end = clock.addingTimeInterval(seconds)
    lastEnd = max(lastEnd, end)
    let cause = tally.cause(of: taken)
    switch answer {
    case .accepted:
      start(taken, over: relay, until: end, isAccepted: true)
      relays[relay].use.accepted += 1
      tally.accept(taken.letter, at: end, cause)
    case .refused:
      start(taken, over: relay, until: end, isAccepted: false)
      tally.lose(taken.letter, .refused)
    case .putOff(let delay):
      start(taken, over: relay, until: end, isAccepted: false)
      putOff(taken.letter, number, delay, over: relay, at: end, firstAt: taken.firstAt ?? clock)
    case .said(let result, let recipient):
      if let until = cooling[recipient.domain.ascii]?.until, until > clock {
        queue.noteUnsent(taken.letter, at: clock)
        return queue.putBack(taken, until: until)
      }
      let connection = start(taken, over: relay, until: end, isAccepted: Self.takesPlace(result))
      judgeLater(
        Attempt(
          letter: taken.letter, cause: cause, number: number, relay: relay, connection: connection,
          startedAt: clock, firstAt: taken.firstAt ?? clock, result: result,
          recipient: recipient), at: end)
    }
    noteCanary()
  }

  @discardableResult
  private mutating func start(
    _ taken: ForecastQueue.Taken, over relay: Int, until end: Date, isAccepted: Bool
  ) -> Int {
    let isCounted = isAccepted || relays[relay].relay.count == .attempts
    queue.noteSent(taken.letter, to: end, isAccepted: isAccepted)
    let connection = relays[relay].start(at: clock, until: end, isCounted: isCounted)
    // With this letter its limits may be full: others take what is kept for it.
    if relays.count > 1, isCounted, !relays[relay].isWaitedFor(at: clock) { wake() }
    return connection
  }

  /// Whether the recipient was taken: an attempt that came past RCPT, or of which nobody can know.
  private static func takesPlace(_ result: SendResult) -> Bool {
    switch result {
    case .answered(let phase, _): phase == .data || phase == .final
    case .lost(_, _, let dotSent), .stopped(_, let dotSent): dotSent
    case .notStarted: false
    }
  }

  private mutating func putOff(
    _ letter: Int, _ attempts: Int, _ delay: AttemptVerdict.Delay, over relay: Int, at now: Date, firstAt: Date
  ) {
    let due = plan.retry.next(after: attempts, delay, at: now, firstAttemptAt: firstAt, jitter: jitter)
    let isExpired = due >= plan.retry.expiry(firstAttemptAt: firstAt)
    guard !isExpired else {
      lastEnd = max(lastEnd, due)
      return tally.lose(letter, .expired)
    }
    var isGreylisted = false
    if case .greylisting = delay { isGreylisted = true }
    queue.putBack(letter, until: due, for: isGreylisted ? relay : nil, attempts: attempts, firstAt: firstAt)
    wake()
  }

  /// Something may be there for relays that had nothing to take.
  private mutating func wake() {
    for index in relays.indices where relays[index].idleUntil.map({ $0 > clock }) ?? true {
      relays[index].idleUntil = .distantPast
    }
  }

  private mutating func noteCanary() {
    guard let left = canaryLeft else { return }
    canaryLeft = left > 1 ? left - 1 : nil
    guard left <= 1 else { return }
    let resume = lastEnd.addingTimeInterval(plan.canary?.wait?.seconds ?? 0)
    canaryUntil = resume
  }

  // MARK: Judging

  private mutating func judgeLater(_ attempt: Attempt, at moment: Date) {
    if let place = vacant.popLast() {
      attempts[place] = attempt
      onTheWire.push(moment, place)
    } else {
      attempts.append(attempt)
      onTheWire.push(moment, attempts.count - 1)
    }
  }

  /// Judges the next answer if it comes before this moment; nil: whenever it comes.
  private mutating func settleNext(before moment: Date? = nil) -> Bool {
    guard let next = onTheWire.first, moment.map({ next.moment <= $0 }) ?? true else { return false }
    onTheWire.pop()
    vacant.append(next.item)
    clock = max(clock, next.moment)
    settle(attempts[next.item], at: next.moment)
    return true
  }

  private mutating func settle(_ attempt: Attempt, at now: Date) {
    var past = history[attempt.letter] ?? History(firstAt: attempt.firstAt)
    let scheduled = attempt.number - past.attemptsAtOnce
    // A rest is over with the letter after it: that is the probe.
    _ = relays[attempt.relay].health.admit(attempt.letter, at: now)
    let judgement = relays[attempt.relay].judge(
      attempt.result,
      of: .init(
        message: Int64(attempt.letter), fence: Int64(attempt.number), recipient: attempt.recipient, number: scheduled,
        before: past.before, startedAt: attempt.startedAt), over: attempt.connection, at: now)
    let verdict = judgement.verdict
    past.attempts = attempt.number
    past.before = verdict.outcome == .again ? nil : LastAnswer(attempt.result, at: now)
    history[attempt.letter] = past
    switch verdict.outcome {
    case .accepted:
      history[attempt.letter] = nil
      relays[attempt.relay].use.accepted += 1
      tally.accept(attempt.letter, at: now, attempt.cause)
      if !cooling.isEmpty { cooling[attempt.recipient.domain.ascii] = nil }
    case .refused: tally.lose(attempt.letter, .refused)
    case .uncertain:
      tally.lose(attempt.letter, .uncertain)
      uncertain.append(attempt.letter)
    case .deferred:
      putOff(attempt.letter, attempt.number, verdict.delay, over: attempt.relay, at: now, firstAt: past.firstAt)
    case .again:
      history[attempt.letter]?.attemptsAtOnce += 1
      if now >= plan.retry.expiry(firstAttemptAt: past.firstAt) {
        tally.lose(attempt.letter, .expired)
      } else {
        putBack(attempt.letter, at: now)
      }
    }
    if case .domainSlow(let wait) = verdict.signal {
      slow(attempt.recipient.domain.ascii, wait, at: now)
      let domain = plan.letters[attempt.letter].domain
      if domain > 0 { queue.slow(domain, wait: wait, at: now) }
    }
    for letter in judgement.reopened {
      tally.reopen(Int(letter.message), .refused)
      putBack(Int(letter.message), at: now)
    }
    queue.makeDue(Set(judgement.freed.lazy.map { Int($0.message) }), at: now)
    if relays[attempt.relay].isPaused { queue.free(attempt.relay) }
    wake()
  }

  /// A letter whose answer was judged goes again at once.
  private mutating func putBack(_ letter: Int, at now: Date) {
    queue.putBack(
      letter, until: now, for: nil, attempts: history[letter]?.attempts ?? 0, firstAt: history[letter]?.firstAt)
  }

  private mutating func slow(_ domain: String, _ named: Int?, at now: Date) {
    if let until = cooling[domain]?.until, until > now { return }
    var backoff = cooling[domain]?.backoff ?? Backoff(first: 60, most: 1800)
    let wait = max(backoff.fail(), TimeInterval(named ?? 0))
    cooling[domain] = (now.addingTimeInterval(wait), backoff)
  }

  /// With `uncertain: resend`, uncertain letters go out once more when nothing else is left.
  private mutating func resendUncertain() -> Bool {
    let again = plan.resendsUncertain ? uncertain.filter { resent.insert($0).inserted } : []
    uncertain = []
    for letter in again {
      tally.reopen(letter, .uncertain)
      putBack(letter, at: clock)
    }
    if !again.isEmpty { wake() }
    return !again.isEmpty
  }
}

extension LastAnswer {
  fileprivate init?(_ result: SendResult, at now: Date) {
    guard case .answered(let phase, let reply) = result else { return nil }
    self.init(
      phase: phase.rawValue, code: reply.code, text: reply.text, at: now)
  }
}
