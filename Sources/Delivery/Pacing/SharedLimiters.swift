public import Campaigns
import Queue
import Synchronization

/// The limits of relays during several deliveries in one process: those through the same relay have one limiter.
///
/// A limiter lives as long as a delivery uses it; the next one begins with what the store remembers.
public final class SharedLimiters: Sendable {
  private struct Entry: Sendable {
    weak var limiter: ScopeLimiter?
  }

  private let entries = Mutex<[LimitScope: Entry]>([:])

  public init() {}

  /// The limiter in use for the scope, else `made`, which is then in use.
  func limiter(of scope: LimitScope, else made: ScopeLimiter) -> ScopeLimiter {
    entries.withLock { entries in
      if let used = entries[scope]?.limiter { return used }
      entries[scope] = Entry(limiter: made)
      return made
    }
  }

  /// Two campaigns that must not be delivered at the same time: they name different limits for one relay, or limits for
  /// one destination, which each delivery counts for itself.
  public static func areApart(_ one: Campaign, _ other: Campaign) -> Bool {
    let relays = one.relays.contains { relay in
      other.relays.contains {
        LimitScope.relay($0) == LimitScope.relay(relay) && ($0.limits != relay.limits || $0.spread != relay.spread)
      }
    }
    let destinations = one.destinations.contains { rule in
      !rule.limits.isEmpty
        && other.destinations.contains { $0.destination == rule.destination && !$0.limits.isEmpty }
    }
    return relays || destinations
  }
}
