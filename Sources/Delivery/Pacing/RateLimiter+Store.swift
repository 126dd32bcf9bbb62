public import Campaigns
public import Foundation
public import Queue

extension RateLimiter {
  /// The relay's limits with the use that the store remembers.
  ///
  /// - Parameter relays: The names that one relay has.
  init(_ relays: [Relay], from store: any MessageStore, on clock: ClockBase, at now: Date) async throws {
    self.init(
      limits: relays.flatMap(\.limits), spread: relays.contains { $0.spread },
      past: try await Self.past(of: relays, in: store, on: clock, at: now))
  }

  /// The times of the places that the store remembers and the relay's limits still count, ascending. Where another start
  /// of the machine left times in the future, they count as `now`, or nothing would be sent until then.
  ///
  /// - Parameter relays: The names that one relay has.
  public static func past(
    of relays: [Relay], in store: any MessageStore, on clock: ClockBase, at now: Date
  ) async throws -> [Date] {
    let limits = relays.flatMap(\.limits)
    let since = now.addingTimeInterval(-memory(of: limits))
    var past: [Date] = []
    let scopes = Set(relays.flatMap { [.relay($0), LimitScope.formerRelay(named: $0.name)] })
    for scope in limits.isEmpty ? [] : scopes {
      past += try await store.use(of: scope, since: since, on: clock).map { min($0, now) }
    }
    return past.sorted()
  }
}
