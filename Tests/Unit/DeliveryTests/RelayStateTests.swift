import Campaigns
import DeliverySupport
import Foundation
import Mail
import Queue
import Testing

@testable import Delivery

/// A relay's connections, places and probe, as its workers see them.
@Suite(.timeLimit(.minutes(10))) struct RelayStateTests {
  private let time = TestClock()
  private let throttle = SendResult.reply(.mail, 454, "4.7.0 too many messages, slow down")

  private func relay(connections: Int = 4) -> RelayState {
    let relay = Relay(
      name: "main", host: "main.example", port: 587, tls: .startTLS, connections: connections, limits: [])
    return RelayState(
      relay: relay, limiter: RateLimiter(limits: []),
      health: RelayHealth(host: "main.example:587", lastAcceptedAt: time.now, at: time.monotonicNow))
  }

  /// A letter's attempt that begins now and takes a second.
  @discardableResult
  private func judge(_ result: SendResult, _ message: Int64, by worker: Int, _ relay: RelayState) async throws
    -> RelayHealth.Judgement
  {
    let start = time.monotonicNow
    time.advance(by: 1)
    return await relay.judge(
      result,
      of: .init(
        message: message, fence: 1, recipient: try EmailAddress("k\(message)@d\(message).example"), number: 1,
        startedAt: start),
      by: worker, at: time.monotonicNow, wallTime: time.now)
  }

  /// The letter in hand may be the only one there is: the probe would wait for it, and it for the probe.
  @Test func aWorkerWithALetterWaitsForNoProbe() async throws {
    let relay = relay()
    for worker in 1...2 { await relay.connected(worker) }
    try await judge(throttle, 1, by: 1, relay)
    let rest = try #require(await relay.rest)
    #expect(try await relay.admission(of: 2, hasLetter: true, time) == .idle(until: rest.until))
    time.advance(by: 10)
    #expect(try await relay.admission(of: 1, time) == .go)
    #expect(try await relay.admission(of: 2, hasLetter: true, time) == .idle(until: time.monotonicNow))
    // Once the probe has nothing to send, the other one may.
    await relay.leave(1)
    #expect(try await relay.admission(of: 2, hasLetter: true, time) == .go)
  }

  /// Connections that are open through a short rest keep their places: nothing is learned of their number.
  @Test func anOpenConnectionKeepsItsPlace() async throws {
    let relay = relay(connections: 3)
    for worker in 1...2 {
      #expect(try await relay.admission(of: worker, time) == .go)
      await relay.connected(worker)
    }
    // The third is one too many.
    #expect(try await relay.admission(of: 3, time) == .go)
    let full = RelayUnavailable(
      kind: .busy, phase: .greeting, reply: Reply(code: 421, enhanced: nil, text: "too many connections from you"),
      message: "full")
    _ = await relay.noteFailedOpening(full, of: 3, startedAt: time.monotonicNow, at: time.monotonicNow)
    #expect(await relay.rest == nil)
    try await judge(throttle, 1, by: 1, relay)
    let rest = try #require(await relay.rest)
    for worker in 1...2 { #expect(try await relay.admission(of: worker, time) == .idle(until: rest.until)) }
    time.advance(by: 10)
    #expect(try await relay.admission(of: 1, time) == .go)
    try await judge(.accepted, 2, by: 1, relay)
    #expect(try await relay.admission(of: 2, time) == .go)
    guard case .idle = try await relay.admission(of: 3, time) else {
      Issue.record("a third connection was let in")
      return
    }
  }

  /// One more is tried after a minute, and after longer each time that it was too many.
  @Test func theCeilingRisesByOneRarely() async throws {
    let relay = relay(connections: 3)
    #expect(try await relay.admission(of: 1, time) == .go)
    await relay.connected(1)
    #expect(try await relay.admission(of: 2, time) == .go)
    let full = RelayUnavailable(
      kind: .busy, phase: .greeting,
      reply: Reply(code: 432, enhanced: EnhancedStatus(4, 3, 2), text: "4.3.2 concurrent connections limit exceeded"),
      message: "full")
    _ = await relay.noteFailedOpening(full, of: 2, startedAt: time.monotonicNow, at: time.monotonicNow)
    for seconds in [0.0, 30, 29] {
      time.advance(by: seconds)
      guard case .idle = try await relay.admission(of: 2, time) else {
        Issue.record("let in after \(seconds) s more")
        return
      }
    }
    time.advance(by: 2)
    #expect(try await relay.admission(of: 2, time) == .go)
    guard case .idle = try await relay.admission(of: 3, time) else {
      Issue.record("two more at once")
      return
    }
    _ = await relay.noteFailedOpening(full, of: 2, startedAt: time.monotonicNow, at: time.monotonicNow)
    time.advance(by: 119)
    guard case .idle = try await relay.admission(of: 2, time) else {
      Issue.record("let in as soon as the first time")
      return
    }
    time.advance(by: 2)
    #expect(try await relay.admission(of: 2, time) == .go)
  }

  /// Only words about connections say something of their number.
  @Test func otherTroubleAtTheGreetingIsNoCeiling() async throws {
    let relay = relay(connections: 2)
    #expect(try await relay.admission(of: 1, time) == .go)
    await relay.connected(1)
    #expect(try await relay.admission(of: 2, time) == .go)
    let down = RelayUnavailable(
      kind: .busy, phase: .greeting,
      reply: Reply(code: 421, enhanced: EnhancedStatus(4, 3, 2), text: "4.3.2 shutting down"), message: "down")
    let rest = await relay.noteFailedOpening(down, of: 2, startedAt: time.monotonicNow, at: time.monotonicNow)
    #expect(rest?.reason == .away)
  }

  /// The probe is told that its connection is one too many: the others go on.
  @Test func aProbeWithoutAPlaceIsNobodys() async throws {
    let relay = relay(connections: 2)
    for worker in 1...2 {
      #expect(try await relay.admission(of: worker, time) == .go)
      await relay.connected(worker)
    }
    try await judge(throttle, 1, by: 1, relay)
    time.advance(by: 10)
    #expect(try await relay.admission(of: 1, time) == .go)
    let full = SendResult.reply(.mail, 432, "4.3.2 concurrent connections limit exceeded")
    try await judge(full, 1, by: 1, relay)
    guard case .idle = try await relay.admission(of: 1, time) else {
      Issue.record("it has no place")
      return
    }
    #expect(try await relay.admission(of: 2, time) == .go)
  }

  /// A session's letters are those that were answered, whatever the answer was.
  @Test func refusedLettersCountInASession() async throws {
    let relay = relay()
    await relay.connected(1)
    for message in 1...9 { try await judge(.reply(.rcpt, 550, "5.1.1 unknown"), Int64(message), by: 1, relay) }
    try await judge(.accepted, 10, by: 1, relay)
    #expect(await !relay.isConnectionSpent(of: 1))
    let full = try await judge(.reply(.mail, 451, "4.4.5 Mails per session limit"), 11, by: 1, relay)
    #expect(full.verdict.signal == .sessionFull && full.verdict.isAboutTheConnection)
    #expect(await relay.rest == nil)
    await relay.disconnected(1)
    await relay.connected(1)
    for message in 12...20 { try await judge(.accepted, Int64(message), by: 1, relay) }
    #expect(await !relay.isConnectionSpent(of: 1))
    try await judge(.accepted, 21, by: 1, relay)
    #expect(await relay.isConnectionSpent(of: 1))
  }

  /// A ceiling that is enforced without words.
  @Test func anOpeningThatFailsBesideOneThatWorksIsACeiling() async throws {
    let relay = relay(connections: 2)
    #expect(try await relay.admission(of: 1, time) == .go)
    await relay.connected(1)
    #expect(try await relay.admission(of: 2, time) == .go)
    let start = time.monotonicNow
    time.advance(by: 1)
    try await judge(.accepted, 1, by: 1, relay)
    let reset = RelayUnavailable(kind: .unreachable, phase: .greeting, reply: nil, message: "reset")
    #expect(await relay.noteFailedOpening(reset, of: 2, startedAt: start, at: time.monotonicNow) == nil)
    #expect(try await relay.admission(of: 1, time) == .go)
    // Nothing was taken since: then it is gone.
    let later = time.monotonicNow + 1
    #expect(await relay.noteFailedOpening(reset, of: 2, startedAt: later, at: later)?.reason == .away)
  }

  /// A relay that names no number of letters is asked again over a new connection once, and then rests.
  @Test func aSessionThatIsFullFromTheStartIsAThrottle() async throws {
    let relay = relay()
    await relay.connected(1)
    let words = SendResult.reply(.mail, 421, "4.4.5 too many messages in this session")
    #expect(try await judge(words, 1, by: 1, relay).verdict.signal != .sessionFull)
    #expect(await relay.rest?.reason == .throttled)
  }
}
