public import Campaigns
public import Foundation
public import Queue

extension RateLimiter {
  /// The relay's limits with the use that the store remembers.
  init(_ relay: Relay, from store: any MessageStore, on clock: ClockBase, at now: Date) async throws {
    self.init(
      limits: relay.limits, spread: relay.spread, past: try await Self.past(of: relay, in: store, on: clock, at: now))
  }

  /// The times of the places that the store remembers and the relay's limits still count, ascending. Where another start
  /// of the machine left times in the future, they count as `now`, or nothing would be sent until then.
  public static func past(
    of relay: Relay, in store: any MessageStore, on clock: ClockBase, at now: Date
  ) async throws -> [Date] {
    let since = now.addingTimeInterval(-memory(of: relay.limits))
    var past: [Date] = []
    for scope in relay.limits.isEmpty ? [] : [.relay(relay), LimitScope.formerRelay(named: relay.name)] {
      past += try await store.use(of: scope, since: since, on: clock).map { min($0, now) }
    }
    return past.sorted()
  }
}
