/// A setting of the pace that changes nothing, which its author did not mean.
public enum PaceWarning: Sendable, Hashable {
  /// Of the relay or destination of this name, `limit` can never be reached, because `other` is reached before.
  case limitWithoutUse(of: String, RateLimit, below: RateLimit)
  /// Every domain of the rule is already one of an earlier rule.
  case ruleWithoutUse(DestinationPattern, behind: DestinationPattern)
}

extension Campaign {
  /// The settings of the pace that change nothing, in the order of the file.
  public var paceWarnings: [PaceWarning] {
    var warnings = relays.flatMap { Self.warnings(of: $0.name, $0.limits) }
    for (index, rule) in destinations.enumerated() {
      warnings += Self.warnings(of: "\(rule.destination)", rule.limits)
      if let earlier = destinations[..<index].first(where: { $0.destination.covers(rule.destination) }) {
        warnings.append(.ruleWithoutUse(rule.destination, behind: earlier.destination))
      }
    }
    return warnings
  }

  private static func warnings(of scope: String, _ limits: [RateLimit]) -> [PaceWarning] {
    limits.compactMap { limit in
      limits.first(where: { $0 != limit && $0.makesUseless(limit) })
        .map { .limitWithoutUse(of: scope, limit, below: $0) }
    }
  }
}

extension RateLimit {
  /// Whether nothing that this limit allows can reach `shorter`, a limit for a time that is not longer.
  fileprivate func makesUseless(_ shorter: RateLimit) -> Bool {
    guard shorter.window <= window else { return false }
    // By the clock, the end of one window and the beginning of the next lie in any time, however short.
    return shorter.count >= (start == nil ? count : 2 * count)
  }
}
