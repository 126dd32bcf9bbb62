import Campaigns
import Foundation
import Queue

extension RateLimiter {
  /// The relay's limits with the use that the store remembers. A clock that was set back leaves times in the future:
  /// they count as `now`, or nothing would be sent until then.
  init(_ relay: Relay, from store: any MessageStore, at now: Date) async throws {
    let since = now.addingTimeInterval(-Self.memory(of: relay.limits))
    let past = relay.limits.isEmpty ? [] : try await store.use(of: relay.name, since: since).map { min($0, now) }
    self.init(limits: relay.limits, past: past)
  }
}
