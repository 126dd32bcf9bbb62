import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Synchronization
import Testing

@Suite struct DeliveryEngineTests {
  private func isFinished(_ end: DeliveryEngine.End) -> Bool { if case .finished = end { true } else { false } }

  @Test func everyMessageIsAcceptedOnce() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(2000))
    let end = try await fixture.engine().run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 2000])
    #expect(fixture.transport.sent.count == 2000)
    #expect(Set(fixture.transport.sent.map(\.recipient)).count == 2000)
    #expect(fixture.transport.open == 0)
  }

  @Test func greylistingIsTriedAgainAfterFiveMinutesAndTen() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(50),
      .init(answer: { recipient, attempt in
        recipient.hasPrefix("k1@") && attempt < 3 ? .reply(.rcpt, 451, "4.7.1 Greylisted") : .accepted
      }))
    _ = try await fixture.engine().run()
    #expect(try await fixture.states() == [.accepted: 50])
    let times = fixture.transport.sent.filter { $0.recipient.hasPrefix("k1@") }.map(\.at)
    try #require(times.count == 3)
    #expect(times[1].timeIntervalSince(times[0]) == 300)
    #expect(times[2].timeIntervalSince(times[1]) == 600)
    // The same Date on every attempt.
    #expect(Set(fixture.transport.sent.filter { $0.recipient.hasPrefix("k1@") }.map(\.message)).count == 1)
  }

  @Test func oneBadRecipientStopsNobody() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(100),
      .init(answer: { recipient, _ in
        recipient.hasPrefix("k5@") ? .reply(.rcpt, 550, "5.1.1 unknown") : .accepted
      }))
    _ = try await fixture.engine().run()
    #expect(try await fixture.states() == [.accepted: 99, .refused: 1])
    let refused = try await fixture.messages().values.first { $0.state == .refused }
    #expect(refused?.code == 550 && refused?.enhanced == "5.1.1" && refused?.reply == "5.1.1 unknown")
  }

  @Test func uncertainIsHeld() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(30),
      .init(answer: { recipient, _ in recipient.hasPrefix("k7@") ? .uncertain : .accepted }))
    let end = try await fixture.engine().run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 29, .uncertain: 1])
    #expect(fixture.transport.sent.filter { $0.recipient.hasPrefix("k7@") }.count == 1)
  }

  @Test func uncertainIsResentOnceWithTheSameMessageID() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(30),
      .init(answer: { recipient, attempt in
        recipient.hasPrefix("k7@") && attempt == 1 || recipient.hasPrefix("k8@") ? .uncertain : .accepted
      }))
    _ = try await fixture.engine(uncertain: .resend).run()
    #expect(try await fixture.states() == [.accepted: 29, .uncertain: 1])
    for prefix in ["k7@", "k8@"] {
      let copies = fixture.transport.sent.filter { $0.recipient.hasPrefix(prefix) }
      #expect(copies.count == 2)
      #expect(Set(copies.map(\.message)).count == 1)
    }
    #expect(try await fixture.messages().values.filter(\.resent).count == 2)
  }

  @Test func ourTroublePausesTheRelayAndBrandsNobody() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(100),
      .init(answer: { _, _ in .reply(.rcpt, 554, "5.7.1 relay access denied") }))
    guard case .relaysPaused(let troubles) = try await fixture.engine().run() else {
      Issue.record("the relay was not paused")
      return
    }
    #expect(troubles.map(\.kind) == [.refused])
    let states = try await fixture.states()
    #expect(states[.refused] == nil && states[.sending] == nil)
    #expect((states[.queued] ?? 0) + (states[.deferred] ?? 0) == 100)
    // At most the suspicions and what the other connections had on the wire.
    #expect(fixture.transport.sent.count <= 3 + 3)
  }

  @Test func aWrongPasswordIsTriedOnce() async throws {
    let trouble = RelayUnavailable(kind: .authentication, phase: .auth, reply: nil, message: "wrong password")
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(10), .init(open: { _, _ in .failure(trouble) }))
    guard
      case .relaysPaused(let troubles) = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 8)]).run()
    else {
      Issue.record("the relay was not paused")
      return
    }
    #expect(troubles == [trouble])
    #expect(fixture.transport.openings == 1)
    #expect(try await fixture.states() == [.queued: 10])
  }

  /// What must not be converted on its way is not announced as 8-bit, whatever the relay takes.
  @Test(arguments: [true, false]) func isAnnouncedAsItIs(allowsEightBit: Bool) async throws {
    struct Source: MessageSource {
      let envelopeSender: EmailAddress
      let allowsEightBit: Bool
      func envelope(of message: DueMessage) -> Envelope {
        Envelope(sender: envelopeSender, recipient: message.recipient)
      }
      func bytes(for message: DueMessage, date: Date, encoding: TransferEncoding) throws -> [UInt8] {
        Array("Subject: \(encoding.rawValue)\r\n\r\nHello\r\n".utf8)
      }
    }
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(3))
    let source = Source(envelopeSender: try EmailAddress("a@sender.example"), allowsEightBit: allowsEightBit)
    #expect(isFinished(try await fixture.engine(source: source).run()))
    let expected: TransferEncoding = allowsEightBit ? .eightBit : .quotedPrintable
    #expect(fixture.transport.sent.map(\.encoding) == Array(repeating: expected, count: 3))
    #expect(fixture.transport.sent.allSatisfy { $0.message.hasPrefix("Subject: \(expected.rawValue)\r\n") })
  }

  @Test func aSecondRelayTakesOver() async throws {
    let trouble = RelayUnavailable(kind: .certificate, phase: .tls, reply: nil, message: "bad certificate")
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(40),
      .init(open: { relay, _ in relay == "one" ? .failure(trouble) : .success(.everything) }))
    let end = try await fixture.engine(relays: [DeliveryFixture.relay("one"), DeliveryFixture.relay("two")]).run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 40])
  }

  @Test func connectionsBeyondTheRelaysLimitWait() async throws {
    let busy = RelayUnavailable(
      kind: .busy, phase: .greeting, reply: Reply(code: 421, enhanced: nil, text: "too many connections"),
      message: "full")
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(200),
      .init(open: { _, opening in opening == 1 ? .success(.everything) : .failure(busy) }))
    let end = try await fixture.engine().run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 200])
  }

  @Test func limitsHoldOverARestart() async throws {
    let limits = [RateLimit(count: 20, window: .seconds(3600))]
    let stop = Mutex<Task<Void, Never>?>(nil)
    let time = TestClock()
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(100), time: time,
      .init(answer: { recipient, _ in
        if recipient.hasPrefix("k15@") { stop.withLock { $0?.cancel() } }
        return .accepted
      }))
    let relay = DeliveryFixture.relay(connections: 2, limits: limits)
    let first = try await fixture.engine(relays: [relay])
    let task = Task { _ = try? await first.run() }
    stop.withLock { $0 = task }
    await task.value
    _ = try await fixture.engine(relays: [relay]).run()
    #expect(try await fixture.states() == [.accepted: 100])
    let times = try await fixture.store.use(of: .relay(relay), since: .distantPast, on: time.base)
    try #require(times.count == 100)
    for first in 0..<(times.count - 20) {
      #expect(times[first + 20].timeIntervalSince(times[first]) >= 3600)
    }
  }

  @Test func cancellingFinishesWhatIsOnTheWire() async throws {
    let (started, start) = AsyncStream<Void>.makeStream()
    let (released, release) = AsyncStream<Void>.makeStream()
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(100),
      .init(answer: { _, _ in
        start.yield()
        // Waits outside the cancelled task, as a real session does.
        await Task.detached { for await _ in released { return } }.value
        return .accepted
      }))
    let engine = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)])
    let task = Task { try await engine.run() }
    for await _ in started { break }
    task.cancel()
    release.finish()
    guard case .cancelled = try await task.value else {
      Issue.record("the engine did not say that it was cancelled")
      return
    }
    #expect(try await fixture.states() == [.accepted: 1, .queued: 99])
  }

  @Test func aRequestToPauseIsHeard() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(3),
      .init(answer: { recipient, _ in
        recipient.hasPrefix("k3@") ? .reply(.rcpt, 450, "4.2.1 later") : .accepted
      }))
    try await fixture.store.request(.pause, of: fixture.record.id, at: fixture.time.now)
    guard case .requested(.pause) = try await fixture.engine().run() else {
      Issue.record("the request was not heard")
      return
    }
    #expect(try await fixture.states()[.sending] == nil)
  }

  @Test func deferredForTooLongExpires() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(3),
      .init(answer: { recipient, _ in recipient.hasPrefix("k2@") ? .reply(.rcpt, 452, "4.2.2 full") : .accepted }))
    let start = fixture.time.monotonicNow
    let end = try await fixture.engine(giveUpAfter: .seconds(6 * 3600)).run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 2, .expired: 1])
    // After 0, 0.5, 1.5, 2.5, 3.5, 4.5 and 5.5 hours.
    #expect(fixture.transport.sent.filter { $0.recipient.hasPrefix("k2@") }.count == 7)
    #expect(fixture.time.monotonicNow.timeIntervalSince(start) == 6 * 3600)
  }

  @Test func aConnectionClosedWhileIdleIsNoAttempt() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(answer: { recipient, attempt in
        recipient.hasPrefix("k4@") && attempt == 1 ? .notStarted(reason: "end of file") : .accepted
      }))
    _ = try await fixture.engine().run()
    #expect(try await fixture.states() == [.accepted: 20])
    #expect(try await fixture.messages().values.allSatisfy { $0.attempts == 1 })
  }

  @Test func aConnectionLostBeforeTheDotIsTriedAgain() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(answer: { recipient, attempt in
        recipient.hasPrefix("k20@") && attempt == 1 ? .lost(.rcpt, reason: "reset", dotSent: false) : .accepted
      }))
    let end = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 20])
    #expect(fixture.transport.sent.count == 21)
  }

  @Test func internationalAddressesGoOnTheTelephoneListWhereTheRelayCannotTakeThem() async throws {
    let fixture = try await DeliveryFixture(
      recipients: ["jörg@kanzlei.example", "anna@kanzlei.example"],
      .init(open: { _, _ in
        .success(RelayCapabilities(pipelining: true, eightBitMIME: false, smtpUTF8: false, size: nil))
      }))
    _ = try await fixture.engine().run()
    #expect(try await fixture.states() == [.accepted: 1, .excluded: 1])
    #expect(fixture.transport.sent.map(\.encoding) == [.quotedPrintable])
  }

  @Test func aDomainThatAsksForLessIsGivenLess() async throws {
    let fixture = try await DeliveryFixture(
      recipients: (1...40).map { "k\($0)@\($0 % 2 == 0 ? "slow" : "d\($0)").example" },
      .init(answer: { recipient, attempt in
        recipient == "k2@slow.example" && attempt == 1 ? .reply(.rcpt, 451, "4.7.0 too many") : .accepted
      }))
    let start = fixture.time.monotonicNow
    _ = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()
    #expect(try await fixture.states() == [.accepted: 40])
    let later = fixture.transport.sent.filter { $0.recipient.hasSuffix("@slow.example") }.dropFirst()
    #expect(later.allSatisfy { $0.at.timeIntervalSince(start) >= 60 })
    #expect(
      fixture.transport.sent.filter { !$0.recipient.hasSuffix("@slow.example") }.allSatisfy { $0.at == start })
  }

  @Test func aClockSetForwardHurriesNoRetry() async throws {
    let time = TestClock()
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(10), time: time,
      .init(answer: { recipient, attempt in
        if recipient.hasPrefix("k3@"), attempt == 1 {
          time.setWallClock(by: 86_400)
          return .reply(.rcpt, 450, "4.2.1 later")
        }
        return .accepted
      }))
    _ = try await fixture.engine().run()
    let times = fixture.transport.sent.filter { $0.recipient.hasPrefix("k3@") }.map(\.at)
    try #require(times.count == 2)
    #expect(times[1].timeIntervalSince(times[0]) == 1800)
  }

  @Test func threeUncertainInARowStopTheRelay() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(100), .init(answer: { _, _ in .uncertain }))
    guard case .relaysPaused = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run() else {
      Issue.record("the relay was not paused")
      return
    }
    #expect(try await fixture.states() == [.uncertain: 3, .queued: 97])
  }
}
