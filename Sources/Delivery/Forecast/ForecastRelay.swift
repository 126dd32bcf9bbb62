import Campaigns
import Foundation

/// One relay in a forecast: its limits, its pace, its connections and its health on the simulated clock.
struct ForecastRelay {
  /// What the next letter waits for.
  enum Hold { case speed, limits, pace, hours, rest, canary }

  let relay: Relay
  var limiter: RateLimiter
  var pace = LearnedPace()
  var health: RelayHealth
  var use = ForecastOutcome.RelayUse()
  /// When each connection is free.
  private var free: MomentHeap
  /// The letters that each connection has carried to an answer.
  private var carried: [Int]
  private let restsUntil: Date
  /// Nothing is there for it to take before; nil: until it is woken.
  var idleUntil: Date? = .distantPast
  /// No operator has to check it first.
  private let isUsable: Bool
  private var lastStart: Date
  /// Seconds between two letters at the pace that was learned before, and the moment for the next one.
  private let learnedGap: TimeInterval?
  private var nextByPace = Date.distantPast
  private(set) var hold = Hold.speed

  init(_ plan: ForecastPlan.Relay, isUsable: Bool, hasOthers: Bool, at now: Date, giveUpAfter: Duration) {
    relay = plan.relay
    self.isUsable = isUsable
    limiter = RateLimiter(limits: relay.limits, spread: relay.spread, past: plan.past)
    health = RelayHealth(
      host: "\(relay.host):\(relay.port)", hasOthers: hasOthers, giveUpAfter: giveUpAfter, at: now)
    health.noteOpened()
    restsUntil = plan.restsUntil ?? .distantPast
    lastStart = now
    learnedGap = plan.pace.map { 1 / max($0, 1e-6) }
    free = MomentHeap()
    carried = Array(repeating: 0, count: max(1, relay.connections))
    for connection in 0..<max(1, relay.connections) { free.push(now, connection) }
  }

  var isPaused: Bool { !isUsable || health.trouble != nil }

  /// Greylisted letters wait for it, as a delivery keeps them.
  func isWaitedFor(at now: Date) -> Bool {
    guard !isPaused, restsUntil <= now, health.rest?.reason != .away else { return false }
    var limiter = limiter
    return limiter.next(at: now) <= now.addingTimeInterval(RetrySchedule.waitForKnownRelay)
  }

  /// The earliest moment for its next letter, `now` or later; what it waits for is ``hold``.
  ///
  /// - Parameter canary: The end of the wait after the canary.
  mutating func next(at now: Date, after canary: Date, _ hours: inout ForecastHours?) -> Date {
    var moment = max(now, free.first?.moment ?? now)
    hold = .speed
    if canary > moment { (moment, hold) = (canary, .canary) }
    let rest = max(restsUntil, health.rest?.until ?? .distantPast)
    if rest > moment { (moment, hold) = (rest, .rest) }
    for _ in 0..<4 {
      let before = moment
      let limited = limiter.next(at: moment)
      if limited > moment { (moment, hold) = (limited, .limits) }
      let paced = max(pace.next(at: moment), nextByPace)
      if paced > moment { (moment, hold) = (paced, .pace) }
      if let open = hours?.next(at: moment), open > moment { (moment, hold) = (open, .hours) }
      if moment == before { break }
    }
    return idleUntil.map { max(moment, $0) } ?? moment
  }

  /// A letter leaves at `now` and keeps its connection until `end`. Returns the number of the connection.
  @discardableResult
  mutating func start(at now: Date, until end: Date, isCounted: Bool) -> Int {
    if isCounted { limiter.settle(limiter.take(at: now), at: end) }
    pace.take(at: now)
    if let learnedGap { nextByPace = now.addingTimeInterval(learnedGap) }
    let connection = free.first?.item ?? 0
    free.pop()
    free.push(end, connection)
    use.attempts += 1
    let gap = now.timeIntervalSince(lastStart)
    lastStart = now
    // The time in which nothing was there to send counts for nothing.
    guard let idleUntil, idleUntil < now else { return connection }
    switch hold {
    case .speed: use.waited.speed += gap
    case .limits: use.waited.limits += gap
    case .pace: use.waited.pace += gap
    case .hours: use.waited.hours += gap
    case .rest: use.waited.rests += gap
    case .canary: use.waited.canary += gap
    }
    return connection
  }

  /// What the answer says of the relay, as a delivery judges it.
  ///
  /// - Parameter connection: The number of the connection that carried the letter.
  mutating func judge(
    _ result: SendResult, of attempt: RelayHealth.Attempt, over connection: Int, at now: Date
  ) -> RelayHealth.Judgement {
    let before = health.rest
    var judgement = health.judge(result, of: attempt, at: now, wallTime: now)
    // Another connection is opened in no time; it does not help where the relay took none over this one.
    switch judgement.verdict.signal {
    case .connectionsFull,
      .sessionFull where carried[connection] == 0:
      judgement = health.insteadThrottled(judgement, result, attempt, at: now)
    default: break
    }
    if case .answered(_, let reply) = result, reply.code != 421, !judgement.verdict.isAboutTheConnection {
      carried[connection] += 1
    } else {
      carried[connection] = 0
    }
    if judgement.verdict.outcome == .accepted { pace.noteAccepted(at: now) }
    if before?.reason != .throttled, health.rest?.reason == .throttled, health.rest?.event == now, !health.isQuota {
      pace.throttle(at: now)
    }
    // The next letter is the probe, whichever connection it takes.
    return judgement
  }

  /// Nothing goes through it before this moment: no connection can be opened.
  mutating func noteAway(at now: Date) {
    health.noteFailedOpening(
      RelayUnavailable(kind: .unreachable, phase: .connect, reply: nil, message: "\(relay.name) is away"),
      startedAt: now, at: now)
  }
}
