import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Synchronization
import Testing

/// Deliveries over relays that ask for less, are full, go away or change their minds.
@Suite struct RelayTroubleTests {
  private func isFinished(_ end: DeliveryEngine.End) -> Bool { if case .finished = end { true } else { false } }

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

  /// The same where the connection is closed with the words, so that the letter is not begun.
  @Test func aSessionThatIsClosedIsLearnedFrom() async throws {
    let carried = Mutex(0)
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(60),
      .init(
        answer: { _, _ in
          carried.withLock { carried in
            carried += 1
            let full = Reply(
              code: 421, enhanced: EnhancedStatus(4, 4, 5), text: "4.4.5 too many messages in this session")
            return carried > 20 ? .notStarted(reason: "the relay said “421”", reply: full) : .accepted
          }
        },
        open: { _, _ in
          carried.withLock { $0 = 0 }
          return .success(.everything)
        }))
    _ = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()
    #expect(try await fixture.states() == [.accepted: 60])
    #expect(fixture.transport.sent.count == 61 && fixture.transport.openings == 3)
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
    let end = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()
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

  /// The first relay says the same to everybody; what it refused before it was paused goes out over the other.
  @Test func whatOneRelayRefusedInARowGoesOverTheOther() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(through: { relay, recipient, _ in
        relay == "one" ? .reply(.rcpt, 550, "5.4.4 \(recipient): no such user here") : .accepted
      }))
    let relays = [DeliveryFixture.relay("one", connections: 2), DeliveryFixture.relay("two", connections: 1)]
    let end = try await fixture.engine(relays: relays).run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 20])
  }

  /// A relay that puts everybody off for five minutes: what it put off goes when it takes letters again, also where one
  /// domain has more letters than a page of the store: nobody else is waited for.
  @Test(arguments: [(40, 1), (40, 7), (700, 1)])
  func whatWasPutOffGoesWithTheOthers(_ count: Int, domains: Int) async throws {
    let time = TestClock()
    let start = time.monotonicNow
    let fixture = try await DeliveryFixture(
      recipients: (1...count).map { "k\($0)@d\($0 % domains).example" }, time: time,
      .init(answer: { _, _ in
        time.advance(by: 0.01)
        return time.monotonicNow.timeIntervalSince(start) < 300
          ? .reply(.rcpt, 450, "4.3.2 please try again later, we are busy") : .accepted
      }))
    #expect(isFinished(try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()))
    #expect(try await fixture.states() == [.accepted: count])
    let last = time.monotonicNow.timeIntervalSince(start)
    #expect(last < 360, "\(last)")
    #expect(fixture.transport.sent.count < count + 80, "\(fixture.transport.sent.count)")
  }

  /// Customers at one domain that wants nothing from us, among others: they end on the list with its words.
  @Test(arguments: [6, 20]) func aDomainThatRefusesUsStopsNobody(_ count: Int) async throws {
    let time = TestClock()
    let fixture = try await DeliveryFixture(
      recipients: (1...40).map { "k\($0)@\($0 <= count ? "closed" : "d\($0 % 7)").example" }, time: time,
      .init(answer: { recipient, _ in
        time.advance(by: 0.1)
        return recipient.hasSuffix("@closed.example") ? .reply(.rcpt, 530, "5.7.0 Authentication required") : .accepted
      }))
    let end = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()
    #expect(isFinished(end))
    let states = try await fixture.states()
    #expect(states[.accepted] == 40 - count, "\(states)")
    // Of many at one domain some are given up in the end, without a word about whose fault it is.
    #expect((states[.refused] ?? 0) + (states[.expired] ?? 0) == count, "\(states)")
    #expect(states[.refused] ?? 0 >= 3, "\(states)")
    if count == 6 { #expect(states[.expired] == nil, "\(states)") }
  }

  /// Greylisted letters stay with their relay, and not when it is down.
  @Test func greylistedLettersLeaveARelayThatIsDown() async throws {
    let time = TestClock()
    let start = time.monotonicNow
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(10), time: time,
      .init(
        through: { relay, _, attempt in
          relay == "one" && attempt == 1 ? .reply(.rcpt, 451, "4.7.1 Greylisted") : .accepted
        },
        open: { relay, _ in
          guard relay == "one", time.monotonicNow.timeIntervalSince(start) > 100 else { return .success(.everything) }
          return .failure(RelayUnavailable(kind: .unreachable, phase: .connect, reply: nil, message: "refused"))
        }))
    let relays = [DeliveryFixture.relay("one", connections: 1), DeliveryFixture.relay("two", connections: 1)]
    #expect(isFinished(try await fixture.engine(relays: relays).run()))
    #expect(try await fixture.states() == [.accepted: 10])
    #expect(time.monotonicNow.timeIntervalSince(start) < 1000)
  }

  /// Attempts that were the relay's trouble use up no time of the letter's own schedule.
  @Test func throttledAttemptsAreNotTheLettersDelays() async throws {
    let fixture = try await DeliveryFixture(
      recipients: ["k1@kanzlei.example"],
      .init(answer: { _, attempt in
        switch attempt {
        case 1...4: .reply(.mail, 454, "4.7.0 too many messages, slow down")
        case 5: .reply(.rcpt, 450, "4.2.1 later")
        default: .accepted
        }
      }))
    #expect(isFinished(try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)]).run()))
    let times = fixture.transport.sent.map(\.at)
    try #require(times.count == 6)
    #expect(times[5].timeIntervalSince(times[4]) == 1800)
  }

  /// A letter that the relay never takes, more letters than one page of the store, and one that falls due later.
  @Test func oneLetterThatIsNeverTakenHidesNobody() async throws {
    let time = TestClock()
    let start = time.monotonicNow
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(700), time: time,
      .init(answer: { recipient, attempt in
        if recipient.hasPrefix("k2@") { return .reply(.rcpt, 421, "4.4.1 recipient host timed out") }
        if recipient.hasPrefix("k3@"), attempt == 1 { return .reply(.rcpt, 451, "4.7.1 Greylisted") }
        return .accepted
      }))
    let engine = try await fixture.engine(
      relays: [DeliveryFixture.relay(connections: 1)], giveUpAfter: .seconds(6 * 3600))
    #expect(isFinished(try await engine.run()))
    #expect(try await fixture.states() == [.accepted: 699, .expired: 1])
    let last = fixture.transport.sent.filter { $0.result == .accepted }.map { $0.at.timeIntervalSince(start) }.max()
    #expect(try #require(last) < 700)
  }

  /// The same, of a letter that was refused once and is sent again by the operator's word.
  @Test func aReopenedLetterThatIsNeverTakenExpires() async throws {
    let isReopened = Mutex(false)
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(5),
      .init(answer: { recipient, _ in
        guard recipient.hasPrefix("k2@") else { return .accepted }
        return isReopened.withLock { $0 } ? .reply(.mail, 451, "4.3.0 not now") : .reply(.rcpt, 550, "5.1.1 unknown")
      }))
    let relays = [DeliveryFixture.relay(connections: 1)]
    _ = try await fixture.engine(relays: relays, giveUpAfter: .seconds(6 * 3600)).run()
    #expect(try await fixture.states() == [.accepted: 4, .refused: 1])
    isReopened.withLock { $0 = true }
    _ = try await fixture.store.resolve(
      in: fixture.record.id, customer: nil, letter: nil, as: .reopen, evidence: nil, at: fixture.time.now)
    let end = try await fixture.engine(relays: relays, giveUpAfter: .seconds(6 * 3600)).run()
    #expect(isFinished(end))
    #expect(try await fixture.states() == [.accepted: 4, .expired: 1])
  }

  /// The first relay is away for five minutes, and takes letters again when it is back.
  @Test func aRelayThatIsBackTakesItsShare() async throws {
    let time = TestClock()
    let start = time.monotonicNow
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(400), time: time,
      .init(
        through: { relay, _, _ in
          time.advance(by: 1)
          let age = time.monotonicNow.timeIntervalSince(start)
          return relay == "one" && (20..<120).contains(age)
            ? .lost(.mail, reason: "reset", dotSent: false) : .accepted
        },
        open: { relay, _ in
          let age = time.monotonicNow.timeIntervalSince(start)
          guard relay == "one", (20..<120).contains(age) else { return .success(.everything) }
          return .failure(
            RelayUnavailable(kind: .tls, phase: .tls, reply: nil, message: "end of file in the handshake"))
        }))
    let relays = [DeliveryFixture.relay("one", connections: 1), DeliveryFixture.relay("two", connections: 1)]
    #expect(isFinished(try await fixture.engine(relays: relays).run()))
    #expect(try await fixture.states() == [.accepted: 400])
    let back = fixture.transport.sent.filter { $0.relay == "one" && $0.at.timeIntervalSince(start) > 120 }
    #expect(back.count > 20, "\(back.count)")
  }

  /// One letter that the relay cannot take is not every probe: the others go past it.
  @Test func oneLetterThatIsAlwaysThrottledStopsNobody() async throws {
    let time = TestClock()
    let start = time.monotonicNow
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(30), time: time,
      .init(answer: { recipient, _ in
        recipient.hasPrefix("k2@") ? .reply(.data, 451, "4.3.0 not now") : .accepted
      }))
    let engine = try await fixture.engine(
      relays: [DeliveryFixture.relay(connections: 1)], giveUpAfter: .seconds(6 * 3600))
    #expect(isFinished(try await engine.run()))
    #expect(try await fixture.states() == [.accepted: 29, .expired: 1])
    let last = fixture.transport.sent.filter { $0.result == .accepted }.map { $0.at.timeIntervalSince(start) }.max()
    #expect(try #require(last) < 300)
  }
}
