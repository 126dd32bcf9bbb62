import Campaigns
import DeliverySupport
import Foundation
import Logging
import Mail
import Queue
import Receipts
import Testing

@testable import Delivery

/// A delivery stops whatever its relays do, and a relay that is dead holds nobody up.
@Suite(.timeLimit(.minutes(10))) struct StopTests {
  private func isCancelled(_ end: DeliveryEngine.End) -> Bool { if case .cancelled = end { true } else { false } }
  private func isFinished(_ end: DeliveryEngine.End) -> Bool { if case .finished = end { true } else { false } }

  /// Waits until the relay hangs over `count` letters.
  private func hanging(_ fixture: DeliveryFixture, _ count: Int) async throws {
    while fixture.transport.hanging < count { try await Task.sleep(for: .milliseconds(2)) }
  }

  @Test(arguments: [Phase.mail, .rcpt, .data]) func lettersBeforeTheDotStayInTheQueue(_ phase: Phase) async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(9), .init(hangs: { $0.hasPrefix("k9@") ? nil : phase }))
    let engine = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 4)])
    let task = Task { try await engine.run() }
    // The first letter proves the relay; then all four connections hang.
    try await hanging(fixture, 4)
    task.cancel()
    #expect(isCancelled(try await task.value))
    #expect(try await fixture.states() == [.deferred: 4, .queued: 5])
    let stopped = try await fixture.messages().values.filter { $0.state == .deferred }
    #expect(
      stopped.allSatisfy {
        $0.code == nil && $0.phase == phase.rawValue && $0.dueAt ?? .distantFuture <= fixture.time.now
      })
    #expect(fixture.transport.open == 0)
  }

  @Test func lettersAfterTheDotAreUncertain() async throws {
    // Each to a domain of its own: a second letter to one waits for the answer to the first.
    let fixture = try await DeliveryFixture(
      recipients: (1...9).map { "k\($0)@d\($0).example" }, .init(hangs: { _ in .final }))
    let engine = try await fixture.engine(relays: [
      DeliveryFixture.relay(connections: 4), DeliveryFixture.relay("other"),
    ])
    let task = Task { try await engine.run() }
    try await hanging(fixture, 8)
    task.cancel()
    #expect(isCancelled(try await task.value))
    #expect(try await fixture.states() == [.uncertain: 8, .queued: 1])
  }

  @Test(arguments: [ControlRequest.pause, .cancel]) func requestsStopToo(_ request: ControlRequest) async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(3), .init(hangs: { $0.hasPrefix("k1@") ? .rcpt : .final }))
    let engine = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 2)])
    let task = Task { try await engine.run() }
    try await hanging(fixture, 2)
    try await fixture.store.request(request, of: fixture.record.id, at: fixture.time.now)
    guard case .requested(request) = try await task.value else {
      Issue.record("the request was not heard")
      return
    }
    #expect(try await fixture.states() == [.deferred: 1, .uncertain: 1, .queued: 1])
  }

  /// What was broken off is sent by the next delivery, once.
  @Test func whatWasBrokenOffIsSentLater() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(3), .init(hangs: { $0.hasPrefix("k1@") ? .data : nil }))
    let engine = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)])
    let task = Task { try await engine.run() }
    try await hanging(fixture, 1)
    task.cancel()
    _ = try await task.value
    let next = ScriptedTransport(time: fixture.time)
    let second = DeliveryEngine(
      campaign: engine.campaign, store: engine.store, source: engine.source, transport: next, receipts: engine.receipts,
      settings: engine.settings, time: engine.time, jitter: engine.jitter, log: engine.log)
    #expect(isFinished(try await second.run()))
    #expect(next.sent.map(\.recipient).sorted() == DeliveryFixture.recipients(3))
    #expect(try await fixture.states() == [.accepted: 3])
  }

  // MARK: A relay that never greets

  /// The good relay sends everything, even a single letter, and the end does not wait for the dead one.
  @Test(arguments: [1, 20]) func aDeadRelayHoldsNoLetterBack(_ count: Int) async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(count), .init(neverOpens: ["dead"]))
    let engine = try await fixture.engine(relays: [DeliveryFixture.relay("dead"), DeliveryFixture.relay()])
    #expect(isFinished(try await engine.run()))
    #expect(try await fixture.states() == [.accepted: count])
    #expect(fixture.transport.sent.allSatisfy { $0.relay == "main" })
  }

  @Test func deliveryOverADeadRelayStops() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(2), .init(neverOpens: ["main"]))
    let engine = try await fixture.engine()
    let task = Task { try await engine.run() }
    try await Task.sleep(for: .milliseconds(20))
    task.cancel()
    #expect(isCancelled(try await task.value))
    #expect(try await fixture.states() == [.queued: 2])
  }

  // MARK: What a stop says of a relay, and what the operator is told

  @Test func aStopSaysNothingOfTheRelay() throws {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    var health = RelayHealth(host: "relay.example:25", at: now)
    for number in 1...20 {
      let attempt = RelayHealth.Attempt(
        message: Int64(number), fence: 1, recipient: try EmailAddress("a@b.example"), number: 1, startedAt: now)
      let judgement = health.judge(
        .stopped(.final, dotSent: number.isMultiple(of: 2)), of: attempt, at: now, wallTime: now)
      #expect(judgement.verdict.outcome == (number.isMultiple(of: 2) ? .uncertain : .again))
    }
    #expect(health.trouble == nil)
  }

  @Test func noDotIsBegunAfterTheOrder() {
    let control = SessionControl()
    let relay = DeliveryFixture.relay()
    let first = control.begin(.answer, through: relay)
    #expect(first != nil && !control.isStopped)
    #expect(control.stop(waiting: .seconds(3)) == 1)
    #expect(control.begin(.answer, through: relay) == nil && control.answerLimit == .seconds(3))
    #expect(control.begin(.opening, through: relay) != nil)
  }

  @Test func longWaitsAreToldOnceAndThenEverMoreRarely() {
    typealias Wait = SessionControl.Wait
    func opening(_ seconds: Int) -> Wait {
      Wait(kind: .opening, relay: "main", place: "relay.example:25", age: .seconds(seconds))
    }
    func answer(_ seconds: Int) -> Wait {
      Wait(kind: .answer, relay: "main", place: "relay.example:25", age: .seconds(seconds))
    }
    var log = WaitLog()
    #expect(log.lines([opening(9), answer(29)]).map(\.line) == [])
    #expect(log.lines([opening(10)]).map(\.line) == ["trying main (relay.example:25) … no session for 10 s"])
    #expect(log.lines([opening(12)]).map(\.line) == [] && log.lines([opening(21)]).count == 1)
    // A new try.
    #expect(log.lines([]).map(\.line) == [] && log.lines([opening(11)]).count == 1)
    #expect(
      log.lines([answer(31), answer(35), answer(2)]).map(\.line) == [
        "waiting for main (relay.example:25) to answer for 2 letters it was sent whole, for 35 s so far"
      ])
    #expect(log.lines([answer(59)]).isEmpty && log.lines([answer(60)]).count == 1)
    #expect(log.lines([answer(119)]).isEmpty)
  }
}
