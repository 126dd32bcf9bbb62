import Campaigns
import Delivery
import DeliverySupport
import Foundation
import Queue
import Receipts
import Synchronization
import Testing

/// The engine over a real store: what counts against limits, across processes, and the hours.
@Suite(.timeLimit(.minutes(10))) struct EngineLimitsTests {
  private let hourly = [RateLimit(count: 10, window: .seconds(3600))]

  private func relay(
    _ name: String = "main", host: String = "main.example", count: LimitCount = .accepted, limits: [RateLimit],
    perConnection: Int? = nil
  ) -> Relay {
    Relay(
      name: name, host: host, port: 587, tls: .startTLS, connections: 1, limits: limits, count: count,
      perConnection: perConnection)
  }

  /// Every second recipient is refused at RCPT.
  private func refusing(_ phase: Phase = .rcpt) -> ScriptedTransport.Script {
    .init(answer: { recipient, _ in
      Int(recipient.dropFirst().prefix { $0 != "@" }).map { $0 % 2 == 0 } == true
        ? .reply(phase, 550, "5.1.1 unknown user") : .accepted
    })
  }

  @Test func aLetterThatIsRefusedAtRCPTGivesItsPlaceBack() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(19), refusing())
    let relay = relay(limits: hourly)
    let start = fixture.time.now
    _ = try await fixture.engine(relays: [relay]).run()
    #expect(try await fixture.states() == [.accepted: 10, .refused: 9])
    #expect(fixture.time.now.timeIntervalSince(start) < 60)
    let use = try await fixture.store.use(of: .relay(relay), since: .distantPast, on: fixture.time.base)
    #expect(use.count == 10)
  }

  /// A limit that is set in a pause begins with what was sent before, to whatever name.
  @Test func aLimitThatIsSetLaterKnowsWhatWasSentBefore() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(19), refusing())
    let start = fixture.time.now
    _ = try await fixture.engine(relays: [relay("former", limits: [])]).run()
    #expect(try await fixture.states() == [.accepted: 10, .refused: 9])
    let limited = relay(limits: hourly)
    // By whole seconds: a million letters need no more than a row for each.
    let use = try await fixture.store.use(of: .relay(limited), since: .distantPast, on: fixture.time.base)
    #expect(use.count == 10 && use.allSatisfy { $0.timeIntervalSince1970 == $0.timeIntervalSince1970.rounded() })
    let other = try await fixture.again(recipients: 1)
    _ = try await fixture.engine(relays: [limited], campaign: other).run()
    #expect(fixture.transport.sent.count == 20)
    #expect(try #require(fixture.transport.sent.last).at.timeIntervalSince(start) >= 3600)
  }

  @Test func attemptsCountWhereTheHostCountsThem() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(20), refusing())
    let relay = relay(count: .attempts, limits: hourly)
    let start = fixture.time.now
    _ = try await fixture.engine(relays: [relay]).run()
    #expect(fixture.time.now.timeIntervalSince(start) >= 3600)
    let use = try await fixture.store.use(of: .relay(relay), since: .distantPast, on: fixture.time.base)
    #expect(use.count == 20)
  }

  @Test func aLetterThatIsRefusedAfterItsRecipientWasTakenCounts() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(20), refusing(.final))
    let relay = relay(limits: hourly)
    _ = try await fixture.engine(relays: [relay]).run()
    let use = try await fixture.store.use(of: .relay(relay), since: .distantPast, on: fixture.time.base)
    #expect(use.count == 20)
  }

  /// One host has one limit, whatever campaigns call it; another host of the same name has its own.
  @Test func aRelayIsItsHostNotItsName() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(10))
    _ = try await fixture.engine(relays: [relay(limits: hourly)]).run()
    let start = fixture.time.now
    let second = try await fixture.again(recipients: 1)
    _ = try await fixture.engine(relays: [relay("other", limits: hourly)], campaign: second).run()
    #expect(fixture.time.now.timeIntervalSince(start) >= 3590)
    let third = try await fixture.again("third", recipients: 10)
    let before = fixture.time.now
    _ = try await fixture.engine(relays: [relay(host: "b.example", limits: hourly)], campaign: third).run()
    #expect(fixture.time.now.timeIntervalSince(before) < 60)
  }

  @Test func twoNamesForOneRelayShareItsLimits() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(30))
    _ = try await fixture.engine(relays: [relay("a", limits: hourly), relay("b", limits: hourly)]).run()
    let times = fixture.transport.sent.map(\.at).sorted()
    try #require(times.count == 30)
    for first in 0..<20 { #expect(times[first + 10].timeIntervalSince(times[first]) >= 3600) }
  }

  /// What a queue of format 6 had counted by the relay's name still counts.
  @Test func whatWasCountedByNameCounts() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(1))
    let clock = try await fixture.store.openUse(on: fixture.time.base, keeping: [:], at: fixture.time.now)
    let use = LimitUse(scope: .formerRelay(named: "main"), clock: clock, at: fixture.time.now)
    _ = try await fixture.store.commit([.count(Array(repeating: use, count: 10), insteadOf: [])])
    let start = fixture.time.now
    _ = try await fixture.engine(relays: [relay(limits: hourly)]).run()
    #expect(fixture.time.now.timeIntervalSince(start) >= 3600)
  }

  /// The same machine, whose wall clock was set between two processes.
  @Test(arguments: [7200.0, -7200]) func aClockThatWasSetBetweenProcessesGainsAndLosesNothing(_ jump: Double)
    async throws
  {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(10))
    let relay = relay(limits: hourly)
    _ = try await fixture.engine(relays: [relay], time: StartedClock(base: fixture.time, offset: 0)).run()
    let start = fixture.time.now
    let second = try await fixture.again(recipients: 1)
    let time = StartedClock(base: fixture.time, offset: jump)
    _ = try await fixture.engine(relays: [relay], time: time, campaign: second).run()
    let waited = fixture.time.now.timeIntervalSince(start)
    #expect(waited >= 3590 && waited < 3700)
  }

  @Test func noConnectionCarriesMoreThanItMay() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(10))
    _ = try await fixture.engine(relays: [relay(limits: [], perConnection: 3)]).run()
    #expect(try await fixture.states() == [.accepted: 10])
    #expect(fixture.transport.openings == 4)
    #expect(fixture.transport.open == 0)
  }

  // MARK: Hours

  /// 1_800_000_000 is 08:00 UTC; letters may leave from 8:00 to 8:30.
  private let hours = SendingHours(from: 480, until: 510, zone: .gmt)

  @Test func lettersLeaveWithinTheHoursOnly() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(30))
    let limits = [RateLimit(count: 1, window: .seconds(120))]
    _ = try await fixture.engine(relays: [relay(limits: limits)], hours: hours).run()
    let minutes = fixture.transport.sent.map { Int($0.at.timeIntervalSince1970) % 86_400 / 60 }
    #expect(minutes.count == 30 && minutes.allSatisfy { (480..<510).contains($0) })
    #expect(fixture.transport.open == 0)
  }

  /// Its give-up time passes in the night, and it is tried once more in the morning.
  @Test func nothingExpiresForANightAlone() async throws {
    let fixture = try await DeliveryFixture(
      recipients: ["k1@d1.example"],
      .init(answer: { _, attempt in attempt == 1 ? .reply(.rcpt, 451, "4.3.0 try again later") : .accepted }))
    _ = try await fixture.engine(relays: [relay(limits: [])], giveUpAfter: .seconds(3600), hours: hours).run()
    #expect(try await fixture.states() == [.accepted: 1])
    let minutes = fixture.transport.sent.map { Int($0.at.timeIntervalSince1970) % 86_400 / 60 }
    #expect(minutes == [480, 480])
  }

  @Test func whatHadItsChanceExpires() async throws {
    let fixture = try await DeliveryFixture(
      recipients: ["k1@d1.example"],
      .init(answer: { _, _ in .reply(.rcpt, 451, "4.3.0 try again later") }))
    _ = try await fixture.engine(relays: [relay(limits: [])], giveUpAfter: .seconds(3600), hours: hours).run()
    #expect(try await fixture.states() == [.expired: 1])
    #expect(fixture.transport.sent.count == 2)
  }

  /// What a relay was found to take is known to the next process.
  @Test func whatWasLearnedIsKept() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(12),
      .init(answer: { _, _ in .accepted }))
    let clock = try await fixture.store.openUse(on: fixture.time.base, keeping: [:], at: fixture.time.now)
    let relay = relay(limits: [])
    let known = LearnedLimits(
      scope: .relay(relay), pace: .init(0.5, at: fixture.time.now, lasts: 60),
      letters: .init(4, at: fixture.time.now, lasts: 6 * 3600))
    try await fixture.store.keep([known], clock: clock, as: fixture.time.base)
    _ = try await fixture.engine(relays: [relay]).run()
    let times = fixture.transport.sent.map(\.at).sorted()
    #expect(zip(times.dropFirst(), times).allSatisfy { $0.timeIntervalSince($1) > 1.9 })
    #expect(fixture.transport.openings == 3)
    #expect(try await fixture.store.learned(of: .relay(relay), on: fixture.time.base) == known)
  }
}

/// A clock of a process that began when the wall clock was off by `offset`, on the same start of the machine.
private struct StartedClock: DeliveryClock {
  let clock: TestClock
  let offset: TimeInterval

  init(base: TestClock, offset: TimeInterval) {
    clock = base
    self.offset = offset
  }

  var now: Date { monotonicNow }
  var monotonicNow: Date { clock.monotonicNow.addingTimeInterval(offset) }
  var base: ClockBase {
    let start = Date(timeIntervalSince1970: offset)
    return ClockBase(boot: "boot", even: start, wall: start)
  }

  func sleep(until moment: Date) async throws { try await clock.sleep(until: moment.addingTimeInterval(-offset)) }
}
