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
    let isDelivering = SpoolLock.holder(of: location.spool) != nil
    let moment = dependencies.now.addingTimeInterval(isDelivering ? TestLetterRun.notice : 0)
    let since = moment.addingTimeInterval(-RateLimiter.memory(of: limits))
    let isTaken = try await store.takePlace(of: relay.name, at: moment, since: since) { past in
      Self.next(limits, past, at: moment) <= moment
    }
    var past = try await store.use(of: relay.name, since: since)
    guard isTaken else { return Self.next(limits, past, at: moment) }
    guard isDelivering else { return nil }
    try await dependencies.time.pause(for: .seconds(TestLetterRun.notice))
    past = try await store.use(of: relay.name, since: since).filter { $0 <= moment.addingTimeInterval(0.001) }
    // Its own.
    if !past.isEmpty { past.removeLast() }
    let next = Self.next(limits, past, at: moment)
    return next <= moment ? nil : next
  }

  /// Times in the future, of a clock that was set back, count as `moment`.
  private static func next(_ limits: [RateLimit], _ past: [Date], at moment: Date) -> Date {
    RateLimiter(limits: limits, past: past.map { min($0, moment) }).next(at: moment)
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
