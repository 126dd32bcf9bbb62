import Campaigns
import Foundation
import Mail
import Testing

@testable import Delivery

/// The forecast, by plans whose end can be worked out by hand.
@Suite struct ForecastTests {
  static let now = Date(timeIntervalSince1970: 1_800_000_000)

  private func relay(
    _ name: String = "main", connections: Int = 1, limits: [RateLimit] = [], past: [Date] = [],
    restsUntil: Date? = nil, isPaused: Bool = false
  ) -> ForecastPlan.Relay {
    ForecastPlan.Relay(
      Relay(name: name, host: "\(name).example", port: 25, tls: .none, connections: connections, limits: limits),
      past: past, restsUntil: restsUntil, isPaused: isPaused)
  }

  private func plan(
    _ letters: WaitingLetters, _ relays: [ForecastPlan.Relay], deadline: TimeInterval? = nil, rate: Double? = nil,
    putOff: Double? = 0, hours: SendingHours? = nil, destinations: [DestinationRule] = []
  ) -> ForecastPlan {
    ForecastPlan(
      at: Self.now, letters: letters, relays: relays, retry: .standard, hours: hours, destinations: destinations,
      deadline: deadline.map(Self.now.addingTimeInterval),
      experience: ForecastExperience(rate: rate, putOff: putOff, refused: 0))
  }

  private func seconds(_ moment: Date?) -> Double? { moment.map { $0.timeIntervalSince(Self.now) } }

  private static let hourly = RateLimit(count: 100, window: .seconds(3600))

  // MARK: When

  @Test func withoutLimitsThePaceDecides() {
    let forecast = Forecast(plan(WaitingLetters(untried: 1000), [relay(connections: 4)], rate: 10))
    #expect(abs((seconds(forecast.likely.moments.all) ?? 0) - 100) < 1)
    #expect(abs((seconds(forecast.likely.moments.half) ?? 0) - 50) < 1)
    #expect(abs((seconds(forecast.likely.moments.most) ?? 0) - 90) < 1)
    #expect(abs((seconds(forecast.likely.moments.nearlyAll) ?? 0) - 99) < 1)
    #expect(forecast.earliest.end < forecast.likely.end && forecast.likely.end < forecast.latest.end)
    #expect(forecast.next == Self.now && forecast.likely.accepted == 1000)
  }

  @Test func limitsHoldBackWhatIsBeyondThem() {
    let forecast = Forecast(plan(WaitingLetters(untried: 250), [relay(limits: [Self.hourly])], rate: 10))
    // The windows are a second longer than the limit says.
    #expect(abs((seconds(forecast.likely.moments.all) ?? 0) - (2 * 3601 + 5)) < 5)
    #expect(abs((seconds(forecast.likely.moments.half) ?? 0) - (3601 + 2.5)) < 5)
    #expect(forecast.likely.timeline.map(\.accepted) == [100, 100, 50])
    #expect(forecast.likely.relays[0].waited.limits > 7000)
  }

  @Test func pastUseCounts() {
    let past = (0..<100).map { Self.now.addingTimeInterval(Double($0) - 1800) }
    let forecast = Forecast(plan(WaitingLetters(untried: 1), [relay(limits: [Self.hourly], past: past)], rate: 10))
    // Nobody knows when the host has counted them: half a percent later at most.
    #expect((1801...1820).contains(seconds(forecast.next) ?? 0))
    #expect((seconds(forecast.end) ?? 0) - (seconds(forecast.next) ?? 0) < 0.3)
  }

  @Test func twoRelaysShareTheLetters() {
    let relays = [relay("a", limits: [Self.hourly]), relay("b", limits: [Self.hourly])]
    let forecast = Forecast(plan(WaitingLetters(untried: 400), relays, rate: 20))
    #expect(abs((seconds(forecast.end) ?? 0) - 3611) < 2)
    #expect(forecast.likely.relays.map(\.attempts) == [200, 200])
  }

  @Test func aFifthGreylistedFor300SecondsTakes330SecondsMore() {
    let relays = [relay(connections: 4)]
    let base = Forecast(plan(WaitingLetters(untried: 1000), relays, rate: 10))
    let forecast = Forecast(plan(WaitingLetters(untried: 1000), relays, rate: 10, putOff: 0.2))
    let (without, with) = (seconds(base.latest.moments.all) ?? 0, seconds(forecast.latest.moments.all) ?? 0)
    #expect(with > without + 200 && with <= without * 1.25 + 330, "\(with) and \(without)")
    #expect(forecast.likely.accepted == 1000)
  }

  @Test func deferredLettersWaitForTheirTimes() {
    let letters = WaitingLetters([.init(customer: 1), .init(customer: 2, due: 1800, attempts: 1)])
    let forecast = Forecast(plan(letters, [relay()], rate: 10))
    #expect(abs((seconds(forecast.end) ?? 0) - 1800.1) < 0.01)
  }

  /// For a quarter of an hour; then it goes over another relay, which is greylisted anew.
  @Test func aGreylistedLetterWaitsForItsRelay() {
    let letters = WaitingLetters([.init(customer: 2, due: 60, attempts: 1, relay: 1)])
    func end(fullFor rest: Double) -> Double {
      let past = (0..<200).map { Self.now.addingTimeInterval(Double($0) / 1000 - 3601 + rest) }
      let relays = [relay("a"), relay("b", limits: [Self.hourly], past: past)]
      return seconds(Forecast(plan(letters, relays, rate: 10)).end) ?? 0
    }
    #expect(abs(end(fullFor: 900) - 900) < 35)
    #expect((600...665).contains(end(fullFor: 3000)))
  }

  @Test func aRestAndAPauseAreKept() {
    let resting = relay(restsUntil: Self.now.addingTimeInterval(600))
    #expect(abs((seconds(Forecast(plan(WaitingLetters(untried: 1), [resting], rate: 10)).end) ?? 0) - 600) < 0.3)
    let two = [relay("a", isPaused: true), relay("b")]
    let forecast = Forecast(plan(WaitingLetters(untried: 10), two, rate: 10))
    #expect(forecast.likely.relays.map(\.attempts) == [0, 10])
  }

  @Test(arguments: [("UTC", 7 * 60, 20 * 60), ("Europe/Berlin", 22 * 60, 6 * 60)])
  func lettersLeaveWithinTheHours(_ name: String, _ from: Int, _ until: Int) throws {
    let zone = try #require(TimeZone(identifier: name))
    var hours = ForecastHours(SendingHours(from: from, until: until, zone: zone))
    // A year, with both changes of the clock.
    var moment = Self.now
    for _ in 0..<2000 {
      moment = moment.addingTimeInterval(4 * 3600 + 7)
      let next = hours.next(at: moment)
      let minutes = Self.minutes(next, zone)
      #expect(from < until ? (from..<until).contains(minutes) : minutes >= from || minutes < until, "\(next)")
      // Nothing earlier would do.
      if next > moment { #expect(minutes == from, "\(moment) \(next)") }
      #expect(next.timeIntervalSince(moment) < 86_400)
    }
  }

  private static func minutes(_ date: Date, _ zone: TimeZone) -> Int {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let parts = calendar.dateComponents([.hour, .minute], from: date)
    return (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
  }

  @Test func aProvidersLimitIsThatOfTheDomainsThatWereLookedUp() {
    let rules = [DestinationRule(.mx("provider.example"), limits: [Self.hourly])]
    func end(_ exchangers: [String]?) -> Double {
      var letters = WaitingLetters()
      if let exchangers { letters.exchangers = ["firm.example": exchangers] }
      let domain = letters.number(of: "firm.example", under: DestinationRules(rules))
      for number in 0..<300 as Range<UInt32> { letters.append(.init(customer: number, domain: domain)) }
      return seconds(Forecast(plan(letters, [relay()], rate: 10, destinations: rules)).end) ?? 0
    }
    #expect(end(["mx1.provider.example"]) > 7200)
    #expect(end(nil) < 60 && end(["mx.other.example"]) < 60)
  }

  /// What is refused gives its place back, and the last letter of fewer is an earlier one.
  @Test func theRangeIsOne() throws {
    var plan = plan(WaitingLetters(untried: 500), [relay(limits: [Self.hourly])])
    plan.experience = ForecastExperience(rate: 1, putOff: 0.05, refused: 0.2)
    let forecast = Forecast(plan)
    for path in [\ForecastOutcome.Moments.half, \.most, \.nearlyAll, \.all] {
      let moments = [forecast.earliest, forecast.likely, forecast.latest].compactMap { $0.moments[keyPath: path] }
      #expect(moments.count == 3 && moments == moments.sorted())
    }
  }

  /// Which relay is free first is asked of moments to come, too.
  @Test func aLookAtTomorrowOpensNoNight() {
    var hours = ForecastHours(SendingHours(from: 7 * 60, until: 20 * 60, zone: .gmt))
    let midnight = Date(timeIntervalSince1970: (Self.now.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400)
    let tomorrow = midnight + 86_400 + 7 * 3600
    #expect(hours.next(at: tomorrow + 60) == tomorrow + 60)
    #expect(hours.next(at: midnight + 21 * 3600) == tomorrow)
    #expect(hours.next(at: midnight + 19 * 3600) == midnight + 19 * 3600)
  }

  @Test func hoursHoldTheRestUntilTheMorning() throws {
    // 1,800,000,000 is 08:00 UTC.
    let hours = SendingHours(from: 7 * 60, until: 9 * 60, zone: .gmt)
    let forecast = Forecast(plan(WaitingLetters(untried: 5000), [relay()], deadline: 7200, rate: 1, hours: hours))
    #expect(abs((seconds(forecast.end) ?? 0) - (23 * 3600 + 1400)) < 5)
    #expect(forecast.isTooLate && Array(forecast.likely.late.reasons.keys) == [.hours])
    #expect(abs(forecast.likely.late.letters - 1400) <= 1)
  }

  @Test func aDestinationHoldsUpNobodyElse() {
    let rule = DestinationRule(.domain("slow.example"), limits: [RateLimit(count: 10, window: .seconds(3600))])
    var letters = WaitingLetters()
    for number in 0..<100 as Range<UInt32> {
      let domain = letters.number(of: number < 30 ? "slow.example" : "other.example", under: DestinationRules([rule]))
      letters.append(.init(customer: number, domain: domain))
    }
    let forecast = Forecast(plan(letters, [relay()], deadline: 1800, rate: 10, destinations: [rule]))
    #expect(abs((seconds(forecast.end) ?? 0) - (2 * 3601 + 1)) < 9)
    #expect((seconds(forecast.likely.moments.half) ?? 0) < 10)
    #expect(forecast.likely.late.letters == 20)
    #expect(Array(forecast.likely.late.reasons.keys) == [.destination(.domain("slow.example"))])
    let narrow = DestinationRule(.domain("slow.example"), connections: 1)
    let wide = Forecast(plan(letters, [relay(connections: 10)], rate: 10, destinations: [narrow]))
    // One second for each letter over one connection.
    #expect(abs((seconds(wide.end) ?? 0) - 30) < 2)
  }

  /// A relay that asked for less does so again; in the earliest run it has forgotten.
  @Test func aPaceThatWasLearnedHolds() {
    var slow = relay(connections: 4)
    slow.pace = 2
    let forecast = Forecast(plan(WaitingLetters(untried: 600), [slow]))
    #expect(abs((seconds(forecast.end) ?? 0) - 300) < 3)
    #expect((seconds(forecast.earliest.moments.all) ?? 0) < 10 && (seconds(forecast.latest.moments.all) ?? 0) > 298)
    #expect(forecast.likely.relays[0].waited.pace > 200)
  }

  /// A million days are not played one by one.
  @Test(.timeLimit(.minutes(10))) func theFarFutureIsAnEvenPace() {
    let daily = RateLimit(count: 1, window: .seconds(86_400))
    let million = plan(
      WaitingLetters(untried: 1_000_000), [relay(limits: [daily])], deadline: 86_400,
      hours: SendingHours(from: 7 * 60, until: 20 * 60, zone: .gmt))
    let forecast = Forecast(million)
    let days = (seconds(forecast.end) ?? 0) / 86_400
    #expect(abs(days / 1_000_000 - 1) < 0.01, "\(days)")
    #expect(abs((seconds(forecast.likely.moments.half) ?? 0) / 86_400 / 500_000 - 1) < 0.01)
    #expect(forecast.likely.accepted == 1_000_000 && forecast.likely.left == 0)
    #expect(forecast.likely.late.letters >= 999_998 && forecast.likely.late.customers.count >= 999_998)
    // Each look for one ends with the first late letter.
    #expect(million.remedies(for: forecast.likely).isEmpty)
    // What is refused is refused: a fifth of the nine tenths that are not put off, as in the days that are played.
    var refused = plan(WaitingLetters(untried: 10_000), [relay(limits: [daily])])
    refused.experience = ForecastExperience(rate: 1, putOff: 0.1, refused: 0.2)
    let outcome = Forecast(refused).likely
    #expect(abs(outcome.refused - 1800) < 60 && outcome.accepted + outcome.refused == 10_000)
  }

  // MARK: The deadline

  @Test func theLookAfterTheCanaryIsNamed() {
    var plan = plan(WaitingLetters(untried: 100), [relay()], deadline: 1800, rate: 10)
    plan.canary = Canary(letters: 20, wait: .seconds(3600))
    let forecast = Forecast(plan)
    #expect(forecast.likely.late.reasons == [.canary: 80])
    #expect(forecast.likely.relays[0].waited.canary > 3500)
  }

  @Test func theLateAreCountedByCustomerAndReason() {
    // Two letters for each of the last customers.
    let letters = WaitingLetters(
      (0..<150).map { .init(customer: $0) } + (100..<150).map { .init(customer: $0, priority: 1) })
    let forecast = Forecast(plan(letters, [relay(limits: [Self.hourly])], deadline: 1800, rate: 10))
    #expect(forecast.isTooLate && forecast.likely.late.letters == 100)
    #expect(Array(forecast.likely.late.customers) == Array(100..<150))
    #expect(forecast.likely.late.reasons == [.limit(relay: "main", Self.hourly): 100])
  }

  @Test func theLimitThatBindsIsNamed() {
    let daily = RateLimit(count: 500, window: .seconds(86_400))
    let forecast = Forecast(
      plan(WaitingLetters(untried: 800), [relay(limits: [Self.hourly, daily])], deadline: 20 * 3600, rate: 10))
    #expect(Array(forecast.likely.late.reasons.keys) == [.limit(relay: "main", daily)])
    let slow = Forecast(plan(WaitingLetters(untried: 800), [relay()], deadline: 60, rate: 10))
    #expect(Array(slow.likely.late.reasons.keys) == [.speed(relay: "main")])
    let putOff = WaitingLetters([.init(customer: 1, due: 1800, attempts: 1)])
    #expect(Forecast(plan(putOff, [relay()], deadline: 900, rate: 10)).likely.late.reasons == [.retry: 1])
  }

  @Test func remediesAreEnoughAndNotMoreThanThat() throws {
    let letters = WaitingLetters(
      (0..<300).map { .init(customer: $0) } + (0..<300).map { .init(customer: $0, priority: 1) })
    let tight = plan(letters, [relay(limits: [Self.hourly])], deadline: 4 * 3600, rate: 10)
    let forecast = Forecast(tight)
    #expect(forecast.isTooLate)
    let remedies = tight.remedies(for: forecast.likely)
    // Four windows begin before the deadline.
    guard case .limits(_, _, let raised)? = remedies.first else { throw NoRemedy() }
    #expect((150...155).contains(raised[0].count), "\(raised)")
    #expect(remedies.contains(.relays(like: "main", more: 1)))
    #expect(remedies.contains(.fewerLetters(through: 0)))
    var mended = tight
    mended.relays[0].relay.limits = raised
    #expect(!Forecast(mended).isTooLate)
    mended.relays[0].relay.limits[0].count = 145
    #expect(Forecast(mended).isTooLate)
    #expect(plan(letters, [relay()], deadline: 4 * 3600, rate: 10).remedies(for: Forecast(tight).earliest) != [])
  }

  private struct NoRemedy: Error {}

  @Test func samePlanSameForecast() {
    let tight = plan(WaitingLetters(untried: 500), [relay(limits: [Self.hourly])], deadline: 900, putOff: 0.1)
    #expect(Forecast(tight) == Forecast(tight))
  }

  // MARK: Judged answers

  /// Answers by the number of the attempt.
  private struct Script: ForecastAnswers {
    let result: @Sendable (_ letter: Int, _ attempt: Int) -> SendResult
    func answer(
      to letter: Int, attempt: Int, over: Int, knownFrom _: Int?, at: Date
    ) -> (answer: ForecastAnswer, seconds: TimeInterval) {
      guard let recipient = try? EmailAddress("k\(letter)@d\(letter % 7).example") else { preconditionFailure() }
      return (.said(result(letter, attempt), recipient: recipient), 1)
    }
    func awayUntil(_ relay: Int, at now: Date) -> Date? { nil }
  }

  private func played(
    _ count: Int, limits: [RateLimit] = [], count counts: LimitCount = .accepted,
    _ result: @escaping @Sendable (Int, Int) -> SendResult
  ) -> ForecastOutcome {
    var relay = relay(limits: limits)
    relay.relay.count = counts
    return plan(WaitingLetters(untried: count), [relay], deadline: 86_400).outcome(
      of: Script(result: result), jitter: 0)
  }

  private static func reply(_ phase: Phase, _ code: Int, _ text: String) -> SendResult {
    .answered(phase, Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text))
  }
  private static let ok = reply(.final, 250, "2.0.0 Ok")

  @Test func answersAreJudgedAsInADelivery() {
    let outcome = played(40) { letter, attempt in
      switch letter {
      case 10: attempt == 1 ? Self.reply(.rcpt, 451, "4.7.1 Greylisted, try again in 120 seconds") : Self.ok
      case 20: Self.reply(.rcpt, 550, "5.1.1 Recipient unknown")
      case 30: Self.reply(.rcpt, 452, "4.2.2 Mailbox full")
      case 35: .lost(.final, reason: "closed", dotSent: true)
      default: Self.ok
      }
    }
    #expect(outcome.accepted == 37 && outcome.refused == 1 && outcome.uncertain == 1 && outcome.expired == 1)
    #expect(seconds(outcome.moments.nearlyAll) == seconds(outcome.moments.all) && seconds(outcome.moments.all) == 132)
    // Given up after four days.
    #expect((seconds(outcome.end) ?? 0) > 4 * 86_400 - 1)
    #expect(outcome.late.reasons == [.expired: 1] && outcome.late.customers == [30])
  }

  @Test func aQuotaRestsTheRelay() {
    let outcome = played(20) { letter, attempt in
      letter == 10 && attempt == 1
        ? Self.reply(.rcpt, 454, "4.7.0 Throttling failure: Daily message quota exceeded") : Self.ok
    }
    #expect(outcome.accepted == 20 && (seconds(outcome.moments.all) ?? 0) >= 2 + 19)
    #expect(outcome.relays[0].waited.rests >= 2)
  }

  @Test func aRelayThatRefusesUsIsPaused() {
    let outcome = played(20) { _, _ in Self.reply(.mail, 554, "5.7.1 Sender rejected") }
    #expect(outcome.relays[0].isPaused && outcome.left == 20 && outcome.accepted == 0)
    #expect(outcome.late.reasons == [.paused(relay: "main"): 20])
  }

  @Test func whatCountsIsWhatTheRelaySays() {
    let limit = RateLimit(count: 10, window: .seconds(3600))
    let refuse: @Sendable (Int, Int) -> SendResult = { letter, _ in
      letter < 10 ? Self.reply(.rcpt, 550, "5.1.1 Recipient unknown") : Self.ok
    }
    #expect((seconds(played(20, limits: [limit], refuse).moments.all) ?? 0) < 30)
    #expect((seconds(played(20, limits: [limit], count: .attempts, refuse).moments.all) ?? 0) > 3600)
  }
}
