public import Campaigns
import Foundation

/// A change with which all letters would be accepted by the deadline, as the forecast says when it is made again with it.
public enum ForecastRemedy: Sendable, Hashable {
  /// The relay's limits raised to these, each that has to be.
  case limits(relay: String, from: [RateLimit], to: [RateLimit])
  /// So many relays more like this one.
  case relays(like: String, more: Int)
  /// The relay with so many connections.
  case connections(relay: String, from: Int, to: Int)
  /// Only letters up to this kind.
  case fewerLetters(through: UInt8)
  /// Without the hours.
  case anyHour
}

extension ForecastPlan {
  /// The changes that would help, the smallest of each kind; each alone is enough. Empty when none is, or none is needed.
  ///
  /// - Parameter outcome: The likely outcome of the plan as it is.
  public func remedies(for outcome: ForecastOutcome) -> [ForecastRemedy] {
    guard let deadline, deadline > now, outcome.late.letters > 0 else { return [] }
    var remedies: [ForecastRemedy] = []
    for relay in relays.indices where outcome.late.limitedRelays.contains(relays[relay].relay.name) {
      if let raised = raisedLimits(of: relay) {
        remedies.append(.limits(relay: relays[relay].relay.name, from: raised.from, to: raised.to))
      }
    }
    let busiest = usable.max { outcome.relays[$0].attempts < outcome.relays[$1].attempts } ?? 0
    let name = relays[busiest].relay.name
    if let more = Self.least(from: 1, to: 9, { keepsDeadline(withMore: $0, like: busiest) }) {
      remedies.append(.relays(like: name, more: more))
    }
    let connections = max(1, relays[busiest].relay.connections)
    if outcome.late.isSlow, let most = Self.least(from: connections + 1, to: 64, { with(connections: $0, of: busiest) })
    {
      remedies.append(.connections(relay: name, from: connections, to: most))
    }
    if let kind = letters.priorities.dropLast().last(where: { keepsDeadline(through: $0) }) {
      remedies.append(.fewerLetters(through: kind))
    }
    if hours != nil {
      var plan = self
      plan.hours = nil
      if plan.keepsDeadline { remedies.append(.anyHour) }
    }
    return remedies
  }

  private var keepsDeadline: Bool {
    let connections = usable.reduce(0) { $0 + max(1, relays[$1].relay.connections) }
    // The pace that was seen is that of the connections there were.
    let assumptions = ForecastAssumptions(.likely, experience, connections: max(1, connections))
    var run = ForecastRun(self, ShareAnswers(assumptions), jitter: assumptions.jitter)
    // The first late letter decides.
    return run.finish { $0.hasLate }.late.letters == 0
  }

  private func keepsDeadline(withMore more: Int, like relay: Int) -> Bool {
    var plan = self
    var copy = relays[relay]
    copy.past = []
    plan.relays += Array(repeating: copy, count: more)
    if let rate = experience.rate { plan.experience.rate = rate * Double(plan.relays.count) / Double(relays.count) }
    return plan.keepsDeadline
  }

  private func with(connections: Int, of relay: Int) -> Bool {
    var plan = self
    plan.relays[relay].relay.connections = connections
    if let rate = experience.rate {
      plan.experience.rate = rate * Double(connections) / Double(max(1, relays[relay].relay.connections))
    }
    return plan.keepsDeadline
  }

  private func keepsDeadline(through kind: UInt8) -> Bool {
    var plan = self
    plan.letters = letters.dropping(after: kind)
    return plan.keepsDeadline
  }

  /// The relay's limits, raised as little as is enough; first the tightest alone, then all together.
  private func raisedLimits(of relay: Int) -> (from: [RateLimit], to: [RateLimit])? {
    let limits = relays[relay].relay.limits
    func keeps(_ raised: [RateLimit]) -> Bool {
      var plan = self
      plan.relays[relay].relay.limits = raised
      return plan.keepsDeadline
    }
    func raised(_ which: [Int], by factor: Double) -> [RateLimit] {
      var changed = limits
      for index in which { changed[index].count = Self.rounded(Double(limits[index].count) * factor) }
      return changed
    }
    let all = Array(limits.indices)
    for which in all.count > 1 ? all.map({ [$0] }) + [all] : [all] {
      // Without them: when even that is not enough, no number is.
      guard keeps(limits.enumerated().filter { !which.contains($0.offset) }.map(\.element)) else { continue }
      var (low, high) = (1.0, 2.0)
      while high < 1e6, !keeps(raised(which, by: high)) { (low, high) = (high, high * 2) }
      guard high < 1e6 else { continue }
      while high / low > 1.03 {
        let middle = (low + high) / 2
        if keeps(raised(which, by: middle)) { high = middle } else { low = middle }
      }
      let enough = raised(which, by: high)
      let changed = limits.indices.filter { enough[$0].count != limits[$0].count }
      return (changed.map { limits[$0] }, changed.map { enough[$0] })
    }
    return nil
  }

  /// Two digits are enough, rounded up.
  private static func rounded(_ count: Double) -> Int {
    var unit = 1.0
    while count / unit >= 100 { unit *= 10 }
    return Int((count / unit).rounded(.up) * unit)
  }

  private static func least(from first: Int, to last: Int, _ isEnough: (Int) -> Bool) -> Int? {
    guard first <= last, isEnough(last) else { return nil }
    var (low, high) = (first, last)
    while low < high {
      let middle = (low + high) / 2
      if isEnough(middle) { high = middle } else { low = middle + 1 }
    }
    return high
  }
}

extension ForecastOutcome.Late {
  /// The relays whose limits hold letters back beyond the deadline.
  fileprivate var limitedRelays: [String] {
    reasons.keys.compactMap { if case .limit(let relay, _) = $0 { relay } else { nil } }
  }

  fileprivate var isSlow: Bool {
    reasons.keys.contains { if case .speed = $0 { true } else { false } }
  }
}
