import Campaigns
import Foundation
import Queue

/// Tells a running delivery of the test letters that other processes send through its relays: they have places in the same
/// limits.
actor TestLetterWatch {
  private let store: any MessageStore
  /// By the scope of a relay, the number of the last one that is known.
  private var last: [LimitScope: Int64] = [:]

  /// Made before the relays' use is read, which has those that were counted before: one counted in between counts twice.
  init(_ relays: [Relay], _ store: any MessageStore, on clock: ClockBase) async throws {
    self.store = store
    for relay in relays where !relay.limits.isEmpty {
      let scope = LimitScope.relay(relay)
      last[scope] = try await store.testLetters(of: scope, after: 0, on: clock).last?.number ?? 0
    }
  }

  func tell(_ relays: [RelayState], on clock: ClockBase, at now: Date) async throws {
    var told: [LimitScope: Int64] = [:]
    for relay in relays {
      let scope = LimitScope.relay(relay.relay)
      // Two names for one relay share its limits.
      guard told[scope] == nil, let known = last[scope] else { continue }
      let letters = try await store.testLetters(of: scope, after: known, on: clock)
      await relay.note(letters, at: now)
      told[scope] = letters.last?.number ?? known
    }
    last.merge(told) { $1 }
  }
}
