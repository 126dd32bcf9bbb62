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

  func keep(_ relays: [RelayState]) async throws {
    var learned: [LearnedLimits] = []
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
    let windows = settings.relays.map { (LimitScope.relay($0), RateLimiter.memory(of: $0.limits)) }
    return try await store.openUse(
      on: time.base, keeping: Dictionary(windows) { max($0, $1) }, at: time.monotonicNow)
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
        limiter = ScopeLimiter(try await RateLimiter(same, from: store, on: time.base, at: now), scope: scope)
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
