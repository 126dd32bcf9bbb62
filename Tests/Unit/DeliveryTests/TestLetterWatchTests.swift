import Campaigns
import DeliverySupport
import Foundation
import Queue
import Synchronization
import Testing

@testable import Delivery

/// A running delivery learns of test letters that another process counts in its limits.
@Suite struct TestLetterWatchTests {
  @Test func whatIsCountedMeanwhileTakesAPlace() async throws {
    let fixture = try await DeliveryFixture(recipients: ["a@b.example"])
    let (store, now) = (fixture.store, fixture.time.now)
    let limited = DeliveryFixture.relay(limits: [RateLimit(count: 2, window: .seconds(3600))])
    let other = DeliveryFixture.relay("other")
    // Before the delivery began: known already.
    let clock = fixture.time.base
    let (main, unlimited) = (LimitScope.relay(limited), LimitScope.relay(other))
    #expect(try await store.takePlace(of: [main], at: now, since: now, on: clock) { _ in true })
    let watch = try await TestLetterWatch([limited, other], store, on: clock)
    let states = try await [limited, other].asyncMap { relay in
      RelayState(
        relay: relay, limiter: try await RateLimiter([relay], from: store, on: clock, at: now),
        health: RelayHealth(
          host: "relay", hasOthers: true, lastAcceptedAt: nil, giveUpAfter: .seconds(86_400), stopAt: .standard, at: now
        ))
    }
    try await watch.tell(states, on: clock, at: now)
    #expect(await states[0].nextMoment(at: now) == now)
    #expect(try await store.takePlace(of: [main], at: now, since: now, on: clock) { $0.count == 1 })
    #expect(try await store.takePlace(of: [unlimited], at: now, since: now, on: clock) { $0.isEmpty })
    try await watch.tell(states, on: clock, at: now)
    #expect(await states[0].nextMoment(at: now) >= now.addingTimeInterval(3600))
    #expect(await states[1].nextMoment(at: now) == now)
    // Once is enough.
    let later = now.addingTimeInterval(3700)
    try await watch.tell(states, on: clock, at: later)
    #expect(await states[0].nextMoment(at: later) == later)
  }

  /// Two an hour: the first letter of the campaign, and a test letter while it is on the wire. Also where the delivery has
  /// no time to look before its next claim.
  @Test(arguments: [0, 4]) func aRunningDeliveryLeavesItsPlaceToATestLetter(_ seconds: Int) async throws {
    let found = Mutex<SQLiteStore?>(nil)
    let relay = DeliveryFixture.relay(connections: 1, limits: [RateLimit(count: 2, window: .seconds(3600))])
    let time = TestClock()
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(2), time: time,
      .init(answer: { _, _ in
        // The first letter alone.
        guard
          let store = found.withLock({ found in
            defer { found = nil }
            return found
          })
        else { return .accepted }
        let isTaken = try? await store.takePlace(
          of: [.relay(relay)], at: time.now, since: time.now, on: time.base
        ) { _ in true }
        #expect(isTaken == true)
        // Much longer than the delivery takes to look, on a machine that is busy with other tests too.
        if seconds > 0 { try? await Task.sleep(for: .seconds(seconds)) }
        return .accepted
      }))
    found.withLock { $0 = fixture.store }
    _ = try await fixture.engine(relays: [relay]).run()
    let times = fixture.transport.sent.map(\.at)
    #expect(times.count == 2)
    #expect(times[1].timeIntervalSince(times[0]) >= 3600)
  }
}

extension Sequence {
  fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
    var all: [T] = []
    for element in self { all.append(try await body(element)) }
    return all
  }
}
