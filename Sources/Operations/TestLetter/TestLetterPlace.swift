import Campaigns
import Delivery
import Foundation
import Queue

/// A test letter's place in the limits of a relay, kept in the queue as those of the campaigns' letters are.
///
/// Where there is no queue yet, nothing was counted, and nothing is. A place that was taken stays taken, whatever becomes
/// of the letter.
struct TestLetterPlace {
  private let location: CampaignLocation
  private let dependencies: Dependencies

  init(_ location: CampaignLocation, _ dependencies: Dependencies) {
    self.location = location
    self.dependencies = dependencies
  }

  /// Nil when the place is taken; else the moment at which there is one.
  ///
  /// A delivery of the queue counts in memory and learns of the place within ``TestLetterRun/notice``: that long is waited,
  /// then looked whether it took the same place meanwhile.
  func take(at relay: Relay) async throws -> Date? {
    let limits = relay.limits
    guard !limits.isEmpty, let store = try store() else { return nil }
    let time = dependencies.time
    let clock = time.base
    let isDelivering = SpoolLock.holder(of: location.spool) != nil
    let moment = time.monotonicNow.addingTimeInterval(isDelivering ? TestLetterRun.notice : 0)
    let since = moment.addingTimeInterval(-RateLimiter.memory(of: limits))
    let wallAhead = time.now.timeIntervalSince(time.monotonicNow)
    let scopes = [LimitScope.relay(relay), .formerRelay(named: relay.name)]
    let isTaken = try await store.takePlace(of: scopes, at: moment, since: since, on: clock) { past in
      Self.next(limits, past, at: moment, wallAhead) <= moment
    }
    var past = try await use(of: scopes, since: since, on: clock, store)
    guard isTaken else { return Self.next(limits, past, at: moment, wallAhead) }
    guard isDelivering else { return nil }
    try await time.pause(for: .seconds(TestLetterRun.notice))
    past = try await use(of: scopes, since: since, on: clock, store).filter { $0 <= moment.addingTimeInterval(0.001) }
    // Its own.
    if !past.isEmpty { past.removeLast() }
    let next = Self.next(limits, past, at: moment, wallAhead)
    return next <= moment ? nil : next
  }

  private func use(
    of scopes: [LimitScope], since: Date, on clock: ClockBase, _ store: any MessageStore
  ) async throws -> [Date] {
    var past: [Date] = []
    for scope in scopes { past += try await store.use(of: scope, since: since, on: clock) }
    return past.sorted()
  }

  /// Times in the future, from before another start of the machine, count as `moment`.
  private static func next(
    _ limits: [RateLimit], _ past: [Date], at moment: Date, _ wallAhead: TimeInterval
  ) -> Date {
    var limiter = RateLimiter(limits: limits, past: past.map { min($0, moment) })
    return limiter.next(at: moment, wallAhead: wallAhead)
  }

  /// Nil while there is no queue.
  private func store() throws -> (any MessageStore)? {
    do throws(StoreError) {
      return try dependencies.stores.open(queue: location.queue, access: .control, lock: nil)
    } catch {
      if case .noSpool = error { return nil }
      throw error
    }
  }
}
