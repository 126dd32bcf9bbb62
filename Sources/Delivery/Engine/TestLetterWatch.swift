import Campaigns
import Foundation
import Queue

/// Tells a running delivery of the test letters that other processes send through its relays: they have places in the same
/// limits.
struct TestLetterWatch {
  private let store: any MessageStore
  /// By relay, the number of the last one that is known.
  private var last: [String: Int64] = [:]

  /// Made before the relays' use is read, which has those that were counted before: one counted in between counts twice.
  init(_ relays: [Relay], _ store: any MessageStore) async throws {
    self.store = store
    for relay in relays where !relay.limits.isEmpty {
      last[relay.name] = try await store.testLetters(through: relay.name, after: 0).last?.number ?? 0
    }
  }

  mutating func tell(_ relays: [RelayState], at now: Date) async throws {
    for relay in relays {
      guard let known = last[relay.relay.name] else { continue }
      let letters = try await store.testLetters(through: relay.relay.name, after: known)
      guard let newest = letters.last else { continue }
      await relay.note(letters, at: now)
      last[relay.relay.name] = newest.number
    }
  }
}
