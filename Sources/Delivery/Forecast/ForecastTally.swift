import Campaigns
import Foundation

/// The outcomes of one run of a forecast, counted as they come.
struct ForecastTally {
  private let now: Date
  private let deadline: Date
  private let plan: ForecastPlan
  /// Seconds after the beginning at which letters were accepted.
  private var moments: [Float] = []
  private var quarters: [Int: Int] = [:]
  private var quarter = (number: Int.min, count: 0)
  private var counts: [Loss: Int] = [:]
  private var late: [Cause: Int] = [:]
  private var lateCustomers: NumberSet
  private var settled: NumberSet

  enum Loss: Hashable { case refused, expired, uncertain }

  /// Why an attempt is as late as it is.
  enum Cause: Hashable {
    /// What holds up the whole campaign.
    case general
    /// The rules for this domain.
    case destination(UInt32)
    case retry
    case expired
  }

  init(_ plan: ForecastPlan) {
    now = plan.now
    deadline = plan.deadline ?? .distantFuture
    self.plan = plan
    moments.reserveCapacity(plan.letters.count)
    settled = NumberSet(below: plan.letters.count)
    lateCustomers = NumberSet(below: plan.deadline == nil ? 0 : plan.letters.customerBound)
  }

  // MARK: Outcomes

  func cause(of taken: ForecastQueue.Taken) -> Cause {
    if taken.wasHeldUp { return .destination(plan.letters[taken.letter].domain) }
    if let due = taken.due, due >= deadline { return .retry }
    return .general
  }

  mutating func accept(_ letter: Int, at moment: Date, _ cause: Cause) {
    settled.insert(letter)
    moments.append(Float(moment.timeIntervalSince(now)))
    let number = Int((moment.timeIntervalSinceReferenceDate / ForecastOutcome.quarter).rounded(.down))
    if number != quarter.number { nextQuarter(number) }
    quarter.count += 1
    if moment > deadline { noteLate(letter, cause) }
  }

  mutating func lose(_ letter: Int, _ loss: Loss) {
    settled.insert(letter)
    counts[loss, default: 0] += 1
    if loss == .expired { noteLate(letter, .expired) }
  }

  /// A letter that was refused or uncertain is open again.
  mutating func reopen(_ letter: Int, _ loss: Loss) {
    settled.remove(letter)
    counts[loss, default: 0] -= 1
  }

  private mutating func noteLate(_ letter: Int, _ cause: Cause) {
    guard deadline < .distantFuture else { return }
    late[cause, default: 0] += 1
    lateCustomers.insert(Int(plan.letters.customer(of: letter)))
  }

  private mutating func nextQuarter(_ number: Int) {
    if quarter.count > 0 { quarters[quarter.number, default: 0] += quarter.count }
    quarter = (number, 0)
  }

  /// A letter is accepted after the deadline, or will not be.
  var hasLate: Bool { !late.isEmpty }

  /// Letters that were accepted at `moment` or later.
  func accepted(since moment: Date) -> Int {
    let first = Float(moment.timeIntervalSince(now))
    return moments.count { $0 >= first }
  }

  /// Settles every letter that is not: when it is accepted, or nil where it is refused.
  mutating func settleRest(_ end: (_ letter: Int) -> Date?) {
    for letter in 0..<plan.letters.count where !settled.contains(letter) {
      if let moment = end(letter) {
        accept(letter, at: moment, .general)
      } else {
        lose(letter, .refused)
      }
    }
  }

  // MARK: The end

  mutating func finish(_ relays: [ForecastRelay], left: Int, at end: Date) -> ForecastOutcome {
    nextQuarter(.min)
    var outcome = ForecastOutcome(end: end)
    outcome.accepted = moments.count
    outcome.refused = counts[.refused] ?? 0
    outcome.expired = counts[.expired] ?? 0
    outcome.uncertain = counts[.uncertain] ?? 0
    outcome.left = left
    outcome.quarters = quarters
    outcome.relays = relays.map { relay in
      var use = relay.use
      use.isPaused = relay.isPaused
      return use
    }
    if left > 0 {
      for letter in 0..<plan.letters.count where !settled.contains(letter) { noteLate(letter, .general) }
    }
    moments.sort()
    outcome.moments = .init(
      half: moment(0.5), most: moment(0.9), nearlyAll: moment(0.99), all: moment(1))
    outcome.late.customers = lateCustomers
    let general = bottleneck(relays)
    let rules = DestinationRules(plan.destinations)
    for (cause, count) in late {
      outcome.late.letters += count
      let reason: ForecastOutcome.Reason =
        switch cause {
        case .general: general
        case .destination(let domain):
          rule(of: plan.letters.domains[Int(domain)], rules).map { .destination($0.destination) } ?? general
        case .retry: .retry
        case .expired: .expired
        }
      outcome.late.reasons[reason, default: 0] += count
    }
    return outcome
  }

  private func rule(of domain: String, _ rules: DestinationRules) -> DestinationRule? {
    rules.fitting(domain, exchangers: plan.letters.exchangers[domain] ?? []).map { plan.destinations[Int($0)] }
  }

  private func moment(_ share: Double) -> Date? {
    guard !moments.isEmpty else { return nil }
    let index = max(1, Int((Double(moments.count) * share).rounded(.up))) - 1
    return now.addingTimeInterval(Double(moments[index]))
  }

  /// What held the campaign up for the longest time.
  private func bottleneck(_ relays: [ForecastRelay]) -> ForecastOutcome.Reason {
    typealias Waits = ForecastOutcome.Waits
    let kinds: [(KeyPath<Waits, Double>, (Relay) -> ForecastOutcome.Reason)] = [
      (\.limits, { relay in tightest(relay).map { .limit(relay: relay.name, $0) } ?? .speed(relay: relay.name) }),
      (\.hours, { _ in .hours }), (\.canary, { _ in .canary }), (\.rests, { .rest(relay: $0.name) }),
      (\.pace, { .speed(relay: $0.name) }),
      (\.speed, { .speed(relay: $0.name) }),
    ]
    if let first = relays.first, relays.allSatisfy(\.isPaused) { return .paused(relay: first.relay.name) }
    var best: (seconds: Double, reason: ForecastOutcome.Reason)?
    for index in relays.indices where relays[index].use.attempts > 0 {
      for (path, reason) in kinds {
        let seconds = relays[index].use.waited[keyPath: path]
        if best.map({ seconds > $0.seconds }) ?? true { best = (seconds, reason(relays[index].relay)) }
      }
    }
    return best?.reason ?? .speed(relay: relays.first?.relay.name ?? "")
  }

  /// The limit of the relay that allows the fewest letters until the deadline.
  private func tightest(_ relay: Relay) -> RateLimit? {
    let time = max(0, min(deadline.timeIntervalSince(now), 366 * 86_400))
    // Of a shorter window only the time counts in which letters may leave.
    let open = plan.hours.map { Double(($0.until - $0.from + 1439) % 1440 + 1) / 1440 } ?? 1
    func allowed(_ limit: RateLimit) -> Double {
      let time = limit.window < .seconds(86_400) ? time * open : time
      return Double(limit.count) * ((time / limit.window.seconds).rounded(.down) + 1)
    }
    return relay.limits.min { allowed($0) < allowed($1) }
  }
}
