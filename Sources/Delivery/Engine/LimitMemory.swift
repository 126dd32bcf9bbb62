import Campaigns
import Foundation
import Queue
import Synchronization

/// What a delivery knows of limits from those before it, and keeps for those after it.
///
/// Learned values are kept when they have changed, and at the end; so is the wall clock, when it was set.
final class LimitMemory: Sendable {
  private let store: any MessageStore
  private let time: any DeliveryClock
  /// The number of the even clock in the store.
  let clock: Int64
  private let kept = Mutex<(learned: [LimitScope: LearnedLimits], base: ClockBase?)>(([:], nil))

  init(store: any MessageStore, time: any DeliveryClock, clock: Int64) {
    self.store = store
    self.time = time
    self.clock = clock
  }

  func learned(of scope: LimitScope) async throws -> LearnedLimits? {
    let found = try await store.learned(of: scope, on: time.base)
    kept.withLock { $0.learned[scope] = found }
    return found
  }

  func keep(_ relays: [RelayState], _ scheduler: MessageScheduler?) async throws {
    var learned = await scheduler?.learned ?? []
    for relay in relays { learned.append(await relay.learned) }
    try await keep(learned)
  }

  func keep(_ learned: [LearnedLimits]) async throws {
    let base = time.base
    let (changed, wasSet) = kept.withLock { kept in
      let changed = learned.filter { $0 != kept.learned[$0.scope] ?? LearnedLimits(scope: $0.scope) }
      let known = kept.base ?? base
      let wasSet = abs(base.wall.timeIntervalSince(known.wall)) > 0.5
      for limits in changed { kept.learned[limits.scope] = limits }
      if kept.base == nil || wasSet { kept.base = base }
      return (changed, wasSet)
    }
    if !changed.isEmpty || wasSet { try await store.keep(changed, clock: clock, as: base) }
  }
}

extension DeliveryEngine {
  func openUse() async throws -> Int64 {
    let windows =
      settings.relays.map { (LimitScope.relay($0), RateLimiter.memory(of: $0.limits)) }
      + settings.destinations.map { (.destination($0.destination), RateLimiter.memory(of: $0.limits)) }
    return try await store.openUse(
      on: time.base, keeping: Dictionary(windows) { max($0, $1) }, at: time.monotonicNow)
  }

  /// The destinations as deliveries before have left them.
  func destinations(_ memory: LimitMemory) async throws -> Destinations {
    let rules = DestinationRules(settings.destinations)
    var destinations = Destinations(rules: rules, clock: memory.clock)
    let now = time.monotonicNow
    for (index, rule) in rules.rules.enumerated() {
      let scope = LimitScope.destination(rule.destination)
      let since = now.addingTimeInterval(-RateLimiter.memory(of: rule.limits))
      let past = rule.limits.isEmpty ? [] : try await store.use(of: scope, since: since, on: time.base)
      // Another start of the machine may have left times in the future.
      destinations.past.append(past.map { min($0, now) })
      destinations.learned[index] = try await memory.learned(of: scope)
    }
    if rules.needExchangers, let lookup = settings.exchangers {
      destinations.providers = try await ProviderBook(
        lookup: lookup, store: store, campaign: campaign, rules: rules, time: time)
    }
    return destinations
  }

  /// The relays as deliveries before have left them. Two names for one relay share its limits, those of both.
  func relayStates(_ memory: LimitMemory) async throws -> [RelayState] {
    var limiters: [LimitScope: ScopeLimiter] = [:]
    var states: [RelayState] = []
    for relay in settings.relays {
      let scope = LimitScope.relay(relay)
      let now = time.monotonicNow
      let limiter: ScopeLimiter
      if let shared = limiters[scope] {
        limiter = shared
      } else {
        let same = settings.relays.filter { LimitScope.relay($0) == scope }
        // Before the use is read: one that is counted in between counts twice.
        let last = try await store.testLetters(of: scope, after: 0, on: time.base).last?.number ?? 0
        let made = ScopeLimiter(
          try await RateLimiter(same, from: store, on: time.base, at: now), scope: scope, testLetters: last)
        limiter = settings.limiters?.limiter(of: scope, else: made) ?? made
        limiters[scope] = limiter
      }
      states.append(
        RelayState(
          relay: relay, limits: limiter, clock: memory.clock,
          health: RelayHealth(
            host: "\(relay.host):\(relay.port)", hasOthers: settings.relays.count > 1,
            lastAcceptedAt: try await store.lastAcceptance(through: relay.name, in: campaign),
            giveUpAfter: settings.retry.giveUpAfter, stopAt: settings.stopAt, at: now),
          learned: try await memory.learned(of: scope), at: now))
    }
    return states
  }
}
