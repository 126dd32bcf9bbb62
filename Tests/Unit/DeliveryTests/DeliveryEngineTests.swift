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
    let busy = RelayUnavailable(kind: .busy, phase: .greeting, reply: nil, message: "too many connections")
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
    let times = try await fixture.store.use(of: "main", since: .distantPast)
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

  // MARK: A relay that asks for less

  private final class Taken: Sendable { let times = Mutex<[Date]>([]) }

  /// A relay that takes five letters a second, over one connection.
  private func throttledRelay(_ count: Int, _ time: TestClock, _ taken: Taken) async throws -> DeliveryFixture {
    try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(count), time: time,
      .init(answer: { _, _ in
        taken.times.withLock { taken in
          // A letter takes a fiftieth of a second.
          time.advance(by: 0.02)
          let now = time.monotonicNow
          guard taken.reversed().prefix(while: { now.timeIntervalSince($0) < 1 }).count < 5 else {
            return .reply(.mail, 454, "4.7.0 too many messages, slow down")
          }
          taken.append(now)
          return .accepted
        }
      }))
  }

  @Test func aRelayThatTakesFiveASecondIsFedJustBelow() async throws {
    let time = TestClock()
    let start = time.monotonicNow
    let taken = Taken()
    let fixture = try await throttledRelay(1200, time, taken)
    let end = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 1200])
    let times = taken.times.withLock { $0.map { $0.timeIntervalSince(start) } }
    // From the second minute on.
    let later = times.filter { (60..<180).contains($0) }.count
    #expect(Double(later) / 120 > 4.5, "\(later)")
    let refused = fixture.transport.sent.count - 1200
    #expect(refused < 60, "\(refused)")
  }

  @Test func aSessionThatIsFullGoesOnOverAnotherConnection() async throws {
    let carried = Mutex(0)
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(60),
      .init(
        answer: { _, _ in
          carried.withLock { carried in
            carried += 1
            return carried > 20 ? .reply(.mail, 421, "4.4.5 too many messages in this session") : .accepted
          }
        },
        open: { _, _ in
          carried.withLock { $0 = 0 }
          return .success(.everything)
        }))
    let start = fixture.time.monotonicNow
    _ = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()
    #expect(try await fixture.states() == [.accepted: 60])
    // Once it is told, then it closes the connections itself.
    #expect(fixture.transport.sent.count == 61 && fixture.transport.openings == 3)
    #expect(fixture.time.monotonicNow == start)
  }

  // MARK: Two relays

  /// One relay is full after five letters, and says so in many ways: the other takes the rest.
  @Test(arguments: [
    SendResult.reply(.rcpt, 550, "5.4.5 daily user sending limit exceeded"),
    .reply(.rcpt, 452, "4.3.1 insufficient system storage"), .reply(.rcpt, 450, "4.7.1 mail send limit exceeded"),
    .lost(.mail, reason: "connection refused", dotSent: false),
  ])
  func theOtherRelayTakesWhatOneDoesNot(_ answer: SendResult) async throws {
    let taken = Mutex(0)
    let one = Mutex<Set<String>>([])
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(30),
      .init(
        answer: { _, _ in .accepted },
        through: { relay, recipient, _ in
          guard relay == "one" else { return .accepted }
          let isTaken = taken.withLock { taken in
            taken += 1
            return taken <= 5
          }
          if isTaken { one.withLock { _ = $0.insert(recipient) } }
          return isTaken ? .accepted : answer
        }))
    let relays = [DeliveryFixture.relay("one", connections: 1), DeliveryFixture.relay("two", connections: 1)]
    let end = try await fixture.engine(relays: relays).run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 30])
    #expect(one.withLock { $0.count } <= 5)
  }

  /// The classifier takes it for dead addresses, and it says the same to everybody.
  @Test func threeRefusedInTheSameWordsAreOpenAgain() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(answer: { recipient, _ in
        recipient.hasPrefix("k1@") || recipient.hasPrefix("k2@")
          ? .accepted : .reply(.rcpt, 550, "5.4.4 \(recipient): no such user here")
      }))
    let engine = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)])
    guard case .relaysPaused(let troubles) = try await engine.run() else {
      Issue.record("the relay was not paused")
      return
    }
    #expect(troubles.first?.message.contains("no such user here") == true)
    let states = try await fixture.states()
    #expect(states[.refused] == nil && states[.accepted] == 2, "\(states)")
    #expect((states[.queued] ?? 0) + (states[.deferred] ?? 0) == 18)
  }

  /// Two restarts of seconds, and an outage of an hour: nobody is lost, and the command does not end.
  @Test(arguments: [2.0, 30, 3600]) func aRelayThatGoesAwayComesBack(_ seconds: TimeInterval) async throws {
    let time = TestClock()
    let start = time.monotonicNow
    let away = Mutex<Date?>(nil)
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(100), time: time,
      .init(
        answer: { recipient, attempt in
          if recipient.hasPrefix("k30@"), attempt == 1 {
            away.withLock { $0 = time.monotonicNow }
            return .lost(.data, reason: "reset", dotSent: false)
          }
          return .accepted
        },
        open: { _, _ in
          let isAway = away.withLock { $0.map { time.monotonicNow.timeIntervalSince($0) < seconds } ?? false }
          return isAway
            ? .failure(RelayUnavailable(kind: .unreachable, phase: .connect, reply: nil, message: "refused"))
            : .success(.everything)
        }))
    let end = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 100])
    let late = time.monotonicNow.timeIntervalSince(start) - seconds
    #expect(late <= (seconds < 600 ? 10 : 300), "\(late)")
  }

  /// Two hundred customers of one domain that greylists for five minutes.
  @Test func greylistingDelaysOneLetterAndNoOther() async throws {
    let time = TestClock()
    let start = time.monotonicNow
    let first = Mutex<[String: Date]>([:])
    let fixture = try await DeliveryFixture(
      recipients: (1...200).map { "k\($0)@kanzlei.example" }, time: time,
      .init(answer: { recipient, _ in
        let seen = first.withLock { first in
          first[recipient] = first[recipient] ?? time.monotonicNow
          return first[recipient]!
        }
        return time.monotonicNow.timeIntervalSince(seen) < 300
          ? .reply(.rcpt, 451, "4.7.1 Greylisted, see our page") : .accepted
      }))
    let end = try await fixture.engine().run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 200])
    #expect(time.monotonicNow.timeIntervalSince(start) <= 300 + 600)
    #expect(first.withLock { $0.values.allSatisfy { $0 == start } })
  }

  /// What every letter that is left is told at every try: they wait by the schedule, and are given up.
  @Test(arguments: [
    SendResult.reply(.rcpt, 452, "4.2.2 Mailbox full"), .reply(.rcpt, 450, "4.5.9 something is strange"),
    .reply(.mail, 451, "4.3.0 not now"),
  ])
  func lettersThatAreAllPutOffForEverExpire(_ answer: SendResult) async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(12),
      .init(answer: { recipient, _ in recipient.hasPrefix("k1") ? answer : .accepted }))
    let engine = try await fixture.engine(
      relays: [DeliveryFixture.relay(connections: 2)], giveUpAfter: .seconds(6 * 3600))
    #expect(isFinished(try await engine.run()))
    #expect(try await fixture.states() == [.accepted: 8, .expired: 4])
    #expect(fixture.transport.sent.count < 400, "\(fixture.transport.sent.count)")
  }
}
