public import Campaigns
public import Foundation
public import Queue

/// The one forecast of when letters can go, as far as the relays' limits decide it.
///
/// Pure arithmetic over limits and past use; sending itself is taken to need no time.
public struct LimitForecast: Sendable, Hashable {
  /// The earliest moment at which one more letter may go.
  public var next: Date
  /// The earliest moment at which the last of the letters may go.
  public var finish: Date

  /// A wait for a limit that is shorter than this is part of a steady delivery.
  public static let noticed: TimeInterval = 5

  public init(next: Date, finish: Date) {
    self.next = next
    self.finish = finish
  }

  /// Forecasts `count` letters through relays that have taken nothing yet.
  public init(sending count: Int, through relays: [Relay], at now: Date) {
    self.init(sending: count, through: relays.map { RateLimiter(limits: $0.limits, spread: $0.spread) }, at: now)
  }

  /// Forecasts `count` letters through relays whose use the store remembers.
  ///
  /// - Parameter clock: By which `now` is.
  public init(
    sending count: Int, through relays: [Relay], from store: any MessageStore, on clock: ClockBase, at now: Date
  ) async throws {
    var limiters: [RateLimiter] = []
    for relay in relays { limiters.append(try await RateLimiter([relay], from: store, on: clock, at: now)) }
    self.init(sending: count, through: limiters, at: now)
  }

  private init(sending count: Int, through limiters: [RateLimiter], at now: Date) {
    var limiters = limiters
    next = limiters.indices.map { limiters[$0].next(at: now) }.min() ?? now
    finish = RateLimiter.finish(sending: count, through: limiters, from: now)
  }
}

extension RateLimiter {
  /// The relay's limits with the use that the store remembers. Where another start of the machine left times in
  /// the future, they count as `now`, or nothing would be sent until then.
  ///
  /// - Parameter relays: The names that one relay has.
  init(_ relays: [Relay], from store: any MessageStore, on clock: ClockBase, at now: Date) async throws {
    let limits = relays.flatMap(\.limits)
    let since = now.addingTimeInterval(-Self.memory(of: limits))
    var past: [Date] = []
    let scopes = Set(relays.flatMap { [.relay($0), LimitScope.formerRelay(named: $0.name)] })
    for scope in limits.isEmpty ? [] : scopes {
      past += try await store.use(of: scope, since: since, on: clock).map { min($0, now) }
    }
    self.init(limits: limits, spread: relays.contains { $0.spread }, past: past.sorted())
  }
}
