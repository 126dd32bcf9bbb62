import Campaigns
import Delivery
import Foundation
import Queue

/// A test letter's place in the limits of a relay, kept in the queue as those of the campaigns' letters are.
///
/// Where there is no queue yet, the campaign's launch counts it. A place that was taken stays taken, whatever becomes of the
/// letter.
struct TestLetterPlace {
  private let location: CampaignLocation
  private let dependencies: Dependencies

  init(_ location: CampaignLocation, _ dependencies: Dependencies) {
    self.location = location
    self.dependencies = dependencies
  }

  enum Answer {
    case taken
    /// There is no queue that could count it.
    case notCounted
    case full(until: Date)
  }

  /// Takes the place and looks whether there is one, in one transaction. A delivery that runs meanwhile claims no letter
  /// before it knows of the place.
  func take(at relay: Relay) async throws -> Answer {
    let limits = relay.limits
    let time = dependencies.time
    let (clock, moment) = (time.base, time.monotonicNow)
    let since = moment.addingTimeInterval(-RateLimiter.memory(of: limits))
    let wallAhead = time.now.timeIntervalSince(time.monotonicNow)
    let scopes = [LimitScope.relay(relay), .formerRelay(named: relay.name)]
    do {
      guard let store = try store() else { return .notCounted }
      let isTaken = try await store.takePlace(of: scopes, at: moment, since: since, on: clock) { past in
        limits.isEmpty || Self.next(limits, past, at: moment, wallAhead) <= moment
      }
      if isTaken { return .taken }
      let past = try await use(of: scopes, since: since, on: clock, store)
      return .full(until: Self.next(limits, past, at: moment, wallAhead))
    } catch {
      // Only limits that are set later would count it.
      if limits.isEmpty { return .taken }
      throw error
    }
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

  /// Counts the test letters that were sent before there was a queue, each once. Called by the launch that makes it.
  static func countEarlier(
    of location: CampaignLocation, _ relays: [Relay], in store: any MessageStore, _ time: any DeliveryClock
  ) async throws {
    let clock = time.base.asWallClock
    var known: [LimitScope: [Date]] = [:]
    for letter in try TestLetterLog.uncounted(in: location.folder) {
      // Nobody knows where one went that the file does not name any more.
      guard let relay = relays.first(where: { $0.name == letter.relay }) else { continue }
      let moment = min(letter.at, time.now)
      let scope = LimitScope.relay(relay)
      var counted = known[scope] ?? []
      if known[scope] == nil { counted = try await store.testLetters(of: scope, after: 0, on: clock).map(\.at) }
      // By a launch that went no further.
      let found = counted.firstIndex { abs($0.timeIntervalSince(moment)) < 0.001 }
      if let found { counted.remove(at: found) }
      known[scope] = counted
      if found != nil { continue }
      _ = try await store.takePlace(of: [scope], at: moment, since: moment, on: clock) { _ in true }
    }
  }
}
