import Campaigns
import DeliverySupport
import Foundation
import Queue
import Receipts
import Synchronization
import Testing

@testable import Delivery

/// What a delivery does at its deadline, and when too many letters are uncertain.
@Suite(.timeLimit(.minutes(10))) struct DeadlineTests {
  private static let relay = DeliveryFixture.relay(connections: 1)

  /// Each letter takes a minute; the first one of `k2` is greylisted.
  private func fixture(_ letters: Int = 10) async throws -> DeliveryFixture {
    let time = TestClock()
    return try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(letters), time: time,
      .init(answer: { recipient, attempt in
        time.advance(by: 60)
        return recipient.hasPrefix("k2@") && attempt == 1 ? .reply(.rcpt, 451, "4.7.1 greylisted") : .accepted
      }))
  }

  private func expectFinished(_ end: DeliveryEngine.End, at place: SourceLocation = #_sourceLocation) {
    guard case .finished = end else {
      Issue.record("not finished: \(end)", sourceLocation: place)
      return
    }
  }

  @Test func nothingLeavesAfterADeadlineThatStops() async throws {
    let fixture = try await fixture()
    let deadline = DeliveryDeadline(fixture.time.now.addingTimeInterval(270), .stop)
    let news = News()
    expectFinished(try await fixture.engine(relays: [Self.relay], deadline: deadline, tell: news.tell).run())
    // The fifth was on the wire when the deadline came, and is finished.
    #expect(fixture.transport.sent.count == 5)
    #expect(fixture.transport.sent.allSatisfy { $0.at < deadline.moment })
    #expect(try await fixture.states() == [.accepted: 4, .expired: 6])
    #expect(news.all == [.deadlinePassed(deadline, open: [.queued: 5, .deferred: 1]), .expired(6)])
    let receipts = try await fixture.store.receipts(of: fixture.record.id, after: 0, limit: .max)
      .map { try Receipt(line: $0.bytes) }
    let expired = receipts.filter { $0.event == .expired }
    #expect(expired.count == 6 && expired.allSatisfy { $0.reason == Receipt.deadlineReason })
    #expect(expired.filter { $0.attempt == nil }.count == 5)
  }

  @Test func afterADeadlineThatContinuesLettersLeaveAndItIsTold() async throws {
    let fixture = try await fixture()
    let deadline = DeliveryDeadline(fixture.time.now.addingTimeInterval(270), .continue)
    let news = News()
    expectFinished(try await fixture.engine(relays: [Self.relay], deadline: deadline, tell: news.tell).run())
    #expect(try await fixture.states() == [.accepted: 10])
    #expect(news.all == [.deadlinePassed(deadline, open: [.queued: 5, .deferred: 1])])
  }

  @Test func aDeadlineThatFindsAllAcceptedIsNotTold() async throws {
    let fixture = try await fixture(1)
    let news = News()
    let deadline = DeliveryDeadline(fixture.time.now.addingTimeInterval(30), .stop)
    expectFinished(try await fixture.engine(relays: [Self.relay], deadline: deadline, tell: news.tell).run())
    #expect(news.all.isEmpty && fixture.transport.sent.count == 1)
  }

  @Test func aDeliveryThatBeginsAfterItSendsNothing() async throws {
    let fixture = try await fixture(5)
    let news = News()
    let deadline = DeliveryDeadline(fixture.time.now, .stop)
    let engine = try await fixture.engine(
      deadline: deadline, canary: Canary(letters: 2, wait: nil), tell: news.tell)
    expectFinished(try await engine.run())
    #expect(fixture.transport.sent.isEmpty && fixture.transport.openings == 0)
    #expect(news.all == [.deadlinePassed(deadline, open: [.queued: 5]), .expired(5)])
  }

  /// It is a promise to people: the clock on the wall counts.
  @Test func theWallClockCounts() async throws {
    let fixture = try await fixture(5)
    fixture.time.setWallClock(by: 7200)
    let deadline = DeliveryDeadline(fixture.time.monotonicNow.addingTimeInterval(3600), .stop)
    expectFinished(try await fixture.engine(relays: [Self.relay], deadline: deadline).run())
    #expect(fixture.transport.sent.isEmpty)
  }

  /// A clock on which no sleep is over, and whose wall shows another time when the test says so.
  private final class SleepingClock: DeliveryClock {
    private let moment = Mutex(StuckClock().now)
    var now: Date { moment.withLock { $0 } }
    var monotonicNow: Date { StuckClock().now }
    func pass(_ date: Date) { moment.withLock { $0 = date } }
    func sleep(until moment: Date) async throws { try await StuckClock().sleep(until: moment) }
  }

  /// Nobody has to wake up for it: the delivery notices while all its workers sleep.
  @Test(arguments: AfterDeadline.allCases) func aSleepingDeliveryNotices(_ after: AfterDeadline) async throws {
    let clock = SleepingClock()
    let deadline = DeliveryDeadline(clock.now.addingTimeInterval(100), after)
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(3), time: TestClock(clock.now),
      .init(answer: { recipient, _ in
        guard recipient.hasPrefix("k3@") else { return .accepted }
        clock.pass(deadline.moment)
        return .reply(.rcpt, 450, "4.2.0 mailbox busy")
      }))
    let news = News()
    let engine = try await fixture.engine(relays: [Self.relay], time: clock, deadline: deadline, tell: news.tell)
    if after == .stop {
      expectFinished(try await engine.run())
      #expect(try await fixture.states() == [.accepted: 2, .expired: 1])
      #expect(news.all == [.deadlinePassed(deadline, open: [.deferred: 1]), .expired(1)])
    } else {
      let task = Task { try await engine.run() }
      while news.all.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
      task.cancel()
      guard case .cancelled = try await task.value else {
        Issue.record("not cancelled")
        return
      }
      #expect(news.all == [.deadlinePassed(deadline, open: [.deferred: 1])])
    }
  }

  // MARK: Uncertain letters

  /// Every fourth letter is uncertain: never three in a row, which would pause the relay.
  private func uncertain(_ letters: Int) async throws -> DeliveryFixture {
    let count = Mutex(0)
    return try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(letters),
      .init(answer: { _, _ in
        let number = count.withLock { count in
          count += 1
          return count
        }
        return number % 4 == 0 ? .uncertain : .accepted
      }))
  }

  @Test func tooManyUncertainLettersPauseTheCampaign() async throws {
    let fixture = try await uncertain(40)
    let stopAt = RefusalShare(refused: 0.5, of: 10, uncertain: 0.2)
    guard case .tooUncertain(let share) = try await fixture.engine(relays: [Self.relay], stopAt: stopAt).run() else {
      Issue.record("it went on")
      return
    }
    #expect(share == UncertainShare(uncertain: 2, of: 10, allowed: 0.2))
    #expect(fixture.transport.sent.count == 10)
    #expect(try await fixture.states() == [.accepted: 8, .uncertain: 2, .queued: 30])
  }

  @Test(arguments: [RefusalShare.standard, RefusalShare(refused: 0.5, of: 10, uncertain: 0.3)])
  func fewerDoNot(_ stopAt: RefusalShare) async throws {
    let fixture = try await uncertain(40)
    expectFinished(try await fixture.engine(relays: [Self.relay], stopAt: stopAt).run())
    #expect(try await fixture.states() == [.accepted: 30, .uncertain: 10])
  }
}
