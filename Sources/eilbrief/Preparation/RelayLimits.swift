import Campaigns
import Delivery
import Foundation
import Queue
import Receipts
import Reports

/// What a campaign's relays still allow: their limits, and what the queue remembers of their use.
enum RelayLimits {
  /// - Parameter count: letters that are left.
  static func allowance(
    of relays: [Relay], sending count: Int, from store: any MessageStore, at now: Date
  ) async throws -> RelayAllowance {
    var limiters: [Limiter] = []
    for relay in relays {
      let since = now.addingTimeInterval(-Limiter.memory(of: relay.limits))
      let past = relay.limits.isEmpty ? [] : try await store.use(of: relay.name, since: since).map { min($0, now) }
      limiters.append(Limiter(limits: relay.limits, past: past))
    }
    return RelayAllowance(
      next: limiters.map { $0.next(at: now) }.min() ?? now,
      finish: Limiter.finish(sending: count, through: limiters, from: now))
  }
}

extension CampaignStatus {
  /// Estimates the end within what the relays allow. Letters on the wire are counted in their use already.
  mutating func estimate(within relays: [Relay], from store: any MessageStore, at now: Date) async throws {
    guard state == .running, remaining > 0 else { return }
    let waiting = count(.queued) + count(.deferred)
    estimate(within: try await RelayLimits.allowance(of: relays, sending: waiting, from: store, at: now), at: now)
  }
}
