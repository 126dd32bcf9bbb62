import Campaigns
import DeliverySupport
import Foundation
import Queue
import Receipts
import Synchronization
import Testing

@testable import Delivery

/// A few letters leave first, and then none until they have been looked at.
@Suite(.timeLimit(.minutes(10))) struct CanaryTests {
  private static let relay = DeliveryFixture.relay(connections: 1)
  private static let quarter = Canary(letters: 5, wait: .seconds(900))

  private func paused(_ end: DeliveryEngine.End, at place: SourceLocation = #_sourceLocation) throws -> CanaryLook {
    guard case .canary(let look) = end else {
      Issue.record("not paused for a look: \(end)", sourceLocation: place)
      throw CancellationError()
    }
    return look
  }

  private func expectFinished(_ end: DeliveryEngine.End, at place: SourceLocation = #_sourceLocation) {
    guard case .finished = end else {
      Issue.record("not finished: \(end)", sourceLocation: place)
      return
    }
  }

  @Test(arguments: [1, 4]) func withoutAWaitItIsPausedForALook(connections: Int) async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(30))
    let relay = DeliveryFixture.relay(connections: connections)
    let canary = Canary(letters: 5, wait: nil)
    for _ in 1...3 {
      // Whoever begins again before the look sends nothing more.
      let look = try paused(try await fixture.engine(relays: [relay], canary: canary).run())
      #expect(look.reasons == [.asked] && look.counts == [.accepted: 5] && look.others == 25)
      let domains = fixture.transport.sent.map { $0.recipient.split(separator: "@")[1] }
      #expect(domains.count == 5 && Set(domains).count == 5)
    }
    #expect(try await fixture.states() == [.accepted: 5, .queued: 25])
    try await fixture.passCanary()
    expectFinished(try await fixture.engine(relays: [relay], canary: canary).run())
    #expect(try await fixture.states() == [.accepted: 30])
  }

  @Test func theLargestDomainsAreFirst() async throws {
    let recipients = (1...4).map { "a\($0)@small\($0).example" } + (1...6).map { "b\($0)@large.example" }
    let fixture = try await DeliveryFixture(recipients: recipients)
    let engine = try await fixture.engine(relays: [Self.relay], canary: Canary(letters: 3, wait: nil))
    _ = try paused(try await engine.run())
    #expect(
      Set(fixture.transport.sent.map(\.recipient)) == ["b1@large.example", "a1@small1.example", "a2@small2.example"])
  }

  private struct Lookup: ExchangerLookup {
    let answer: @Sendable (String) -> [String]?
    func exchangers(of domain: String) async -> [String]? { answer(domain) }
  }

  /// A hundred firms at one provider are one place; who has an exchanger of their own, or none that anybody knows, is
  /// another.
  @Test func providersAreTakenInTurn() async throws {
    let recipients =
      (1...30).map { "a\($0)@firm\($0).example" } + (1...3).map { "b\($0)@large.example" }
      + ["c1@silent.example", "d1@own.example"]
    let fixture = try await DeliveryFixture(recipients: recipients)
    let lookup = Lookup { domain in
      switch domain {
      case "silent.example": nil
      case "own.example": ["mx.own.example"]
      case "large.example": ["mx1.large.example", "mx2.provider.example"]
      default: ["\(domain.replacing(".", with: "-")).Mail.Provider.example."]
      }
    }
    let engine = try await fixture.engine(
      relays: [Self.relay], canary: Canary(letters: 4, wait: nil), exchangers: lookup)
    _ = try paused(try await engine.run())
    #expect(
      Set(fixture.transport.sent.map(\.recipient)) == [
        "a1@firm1.example", "b1@large.example", "c1@silent.example", "d1@own.example",
      ])
  }

  @Test func whereNobodyAnswersDomainsAreTakenInTurnAndFewAreAsked() async throws {
    let fixture = try await DeliveryFixture(recipients: (1...100).map { "a@d\($0).example" })
    let asked = Mutex(0)
    let lookup = Lookup { _ in
      asked.withLock { $0 += 1 }
      return nil
    }
    let engine = try await fixture.engine(
      relays: [Self.relay], canary: Canary(letters: 4, wait: nil), exchangers: lookup)
    _ = try paused(try await engine.run())
    #expect(fixture.transport.sent.count == 4)
    #expect(asked.withLock { $0 } <= 16)
    // Chosen once: nobody is asked again.
    let before = asked.withLock { $0 }
    _ = try paused(
      try await fixture.engine(relays: [Self.relay], canary: Canary(letters: 4, wait: nil), exchangers: lookup).run())
    #expect(asked.withLock { $0 } == before)
  }

  @Test(arguments: [
    ("kanzlei-example.mail.protection.outlook.com", "outlook.com"), ("ASPMX.L.google.com.", "google.com"),
    ("mx.web.de", "web.de"), ("mx1.mail.firm.co.uk", "firm.co.uk"), ("co.uk", "co.uk"), ("mx", "mx"), ("", ""),
  ])
  func aProviderIsWhatItsExchangersAreUnder(exchanger: String, provider: String) {
    #expect(CanaryProviders.provider(at: exchanger) == provider)
  }

  @Test func withAWaitItGoesOnByItself() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(20))
    let news = News()
    expectFinished(try await fixture.engine(relays: [Self.relay], canary: Self.quarter, tell: news.tell).run())
    let times = fixture.transport.sent.map(\.at)
    #expect(times.count == 20 && times[5].timeIntervalSince(times[4]) >= 900)
    #expect(times[4] == times[0] && times[19] == times[5])
    #expect(
      news.all == [
        .canaryBegins(letters: 5, of: 20), .canaryWaits(letters: 5, until: times[4].addingTimeInterval(900)),
        .canaryPassed(letters: 5),
      ])
    #expect(try await fixture.store.canary(in: fixture.record.id)?.state == .passed)
  }

  /// Its first attempts were recorded by a clock that was set back then; the others leave after it was set right.
  @Test func aClockThatWasSetBackDuringItEndsNoLetterEarly() async throws {
    let time = TestClock()
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(4), time: time,
      .init(answer: { recipient, attempt in
        guard recipient.hasPrefix("k1@") else { return .accepted }
        if attempt == 2 { time.setWallClock(by: 0) }
        return .reply(.rcpt, 451, "4.7.1 greylisted")
      }))
    time.setWallClock(by: -6000)
    let engine = try await fixture.engine(
      relays: [Self.relay], giveUpAfter: .seconds(3600), canary: Canary(letters: 1, wait: .seconds(900)))
    expectFinished(try await engine.run())
    let times = fixture.transport.sent.filter { $0.recipient.hasPrefix("k1@") }.map(\.at)
    #expect(times.count > 3)
    #expect(try await fixture.states() == [.accepted: 3, .expired: 1])
    let expired = try await fixture.messages().values.first { $0.state == .expired }
    let changed = try #require(expired?.changedAt)
    #expect(changed.timeIntervalSince(try #require(times.first)) >= 3600)
  }

  /// Dead addresses are the customers' own; what is refused for policy is not.
  @Test(arguments: [("550", "5.1.1 no such user", true), ("550", "5.7.1 message rejected as spam", false)])
  func whatItsLettersAreToldDecides(_ code: String, _ text: String, passes: Bool) async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(answer: { recipient, _ in
        recipient.hasPrefix("k1@") ? .reply(.rcpt, Int(code) ?? 0, text) : .accepted
      }))
    let end = try await fixture.engine(relays: [Self.relay], canary: Self.quarter).run()
    guard !passes else {
      expectFinished(end)
      #expect(fixture.transport.sent.count == 20)
      return
    }
    let look = try paused(end)
    #expect(look.reasons == [.ours(1, words: "\(code) \(text)")])
    #expect(Set(fixture.transport.sent.map(\.recipient)).count == 5 && look.others == 15)
  }

  /// Nobody has to wait to learn what no waiting mends.
  @Test func anUncertainLetterPausesAtOnce() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(answer: { recipient, _ in recipient.hasPrefix("k2@") ? .uncertain : .accepted }))
    let start = fixture.time.now
    let engine = try await fixture.engine(relays: [Self.relay], uncertain: .resend, canary: Self.quarter)
    let look = try paused(try await engine.run())
    #expect(look.reasons == [.uncertain(1)] && look.counts == [.accepted: 4, .uncertain: 1])
    #expect(fixture.time.now.timeIntervalSince(start) < 60 && fixture.transport.sent.count == 5)
  }

  /// A letter that is put off is answered; what becomes of it until the end of the wait counts, and it makes nothing longer.
  @Test(arguments: [2, 1000]) func aGreylistedLetterHoldsNothingOpen(attempts: Int) async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(answer: { recipient, attempt in
        recipient.hasPrefix("k3@") && attempt < attempts ? .reply(.rcpt, 451, "4.7.1 greylisted, try later") : .accepted
      }))
    let engine = try await fixture.engine(
      relays: [Self.relay], giveUpAfter: .seconds(3600), canary: Self.quarter)
    expectFinished(try await engine.run())
    let sent = fixture.transport.sent
    let own = sent.filter { $0.recipient.hasPrefix("k3@") }
    let first = try #require(sent.first?.at)
    #expect(own[1].at.timeIntervalSince(first) >= 300 && own[1].at.timeIntervalSince(first) < 900)
    let others = sent.filter { ![1, 2, 3, 4, 5].map { "k\($0)@d\($0 % 7).example" }.contains($0.recipient) }
    let next = try #require(others.first?.at)
    #expect(next.timeIntervalSince(first) >= 900 && next.timeIntervalSince(first) < 1000)
    #expect(try await fixture.states() == (attempts == 2 ? [.accepted: 20] : [.accepted: 19, .expired: 1]))
  }

  @Test func aDeliveryThatIsStoppedGoesOnWithTheSameCanary() async throws {
    let counted = Mutex(0)
    let stop = Mutex<(@Sendable () async -> Void)?>(nil)
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(answer: { _, _ in
        let count = counted.withLock { count in
          count += 1
          return count
        }
        if count == 2 { await stop.withLock { $0 }?() }
        return .accepted
      }))
    let (store, campaign, time) = (fixture.store, fixture.record.id, fixture.time)
    stop.withLock {
      $0 = {
        try? await store.request(.pause, of: campaign, at: time.now)
        // Until it is noticed.
        try? await Task.sleep(for: .seconds(1))
      }
    }
    let canary = Canary(letters: 5, wait: nil)
    guard case .requested(.pause) = try await fixture.engine(relays: [Self.relay], canary: canary).run() else {
      Issue.record("it was not paused")
      return
    }
    #expect(try await store.canary(in: campaign)?.state == .sending)
    try await store.request(nil, of: campaign, at: time.now)
    let look = try paused(try await fixture.engine(relays: [Self.relay], canary: canary).run())
    #expect(look.counts == [.accepted: 5] && fixture.transport.sent.count == 5)
  }

  /// The end of the wait is kept: it is not longer for a process that begins in it.
  @Test func theWaitGoesOnInTheNextProcess() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(20))
    let canary = Canary(letters: 5, wait: nil)
    _ = try paused(try await fixture.engine(relays: [Self.relay], canary: canary).run())
    let answered = try #require(try await fixture.store.canary(in: fixture.record.id)?.answeredAt)
    fixture.time.advance(by: 600)
    expectFinished(try await fixture.engine(relays: [Self.relay], canary: Self.quarter).run())
    let sixth = fixture.transport.sent[5].at
    #expect(sixth.timeIntervalSince(answered) >= 900 && sixth.timeIntervalSince(answered) < 910)
  }

  @Test func aSmallCampaignHasNone() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(5))
    let news = News()
    let engine = try await fixture.engine(canary: Canary(letters: 5, wait: nil), tell: news.tell)
    expectFinished(try await engine.run())
    #expect(news.all.isEmpty && fixture.transport.sent.count == 5)
    #expect(try await fixture.store.canary(in: fixture.record.id) == nil)
  }

  @Test func whoTakesTheCanaryOutOfTheCampaignFileGoesOn() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(20))
    _ = try paused(try await fixture.engine(canary: Canary(letters: 5, wait: nil)).run())
    expectFinished(try await fixture.engine().run())
    #expect(try await fixture.store.canary(in: fixture.record.id)?.state == .passed)
  }

  @Test func aRehearsalGoesOnAndSaysWhatALaunchWouldDo() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(20))
    let news = News()
    let engine = try await fixture.engine(
      canary: Canary(letters: 5, wait: nil), pausesForCanary: false, tell: news.tell)
    expectFinished(try await engine.run())
    let wouldPause = news.all.contains { if case .canaryWouldPause = $0 { true } else { false } }
    #expect(wouldPause && fixture.transport.sent.count == 20)
  }

  // MARK: Its letters

  private static func letter(
    _ state: MessageState, _ code: Int? = nil, _ reply: String? = nil, _ phase: String = "rcpt"
  ) -> CanaryLetter {
    CanaryLetter(
      customer: "K1", state: state, recipient: "a@b.example", attempts: 1, relay: "main", phase: phase, code: code,
      reply: reply)
  }

  @Test(arguments: [
    (letter(.accepted, 250, "2.0.0 Ok", "final"), false),
    (letter(.refused, 550, "5.1.1 no such user"), false),
    (letter(.refused, 552, "5.2.2 mailbox full"), false),
    (letter(.deferred, 451, "4.7.1 greylisted, try later"), false),
    (letter(.deferred, 450, "4.2.0 mailbox busy"), false),
    (letter(.refused, 554, "5.7.1 message rejected as spam", "final"), true),
    (letter(.deferred, 550, "5.7.1 SPF check failed for your domain", "mail"), true),
    (letter(.deferred, 451, "4.3.0 local error in processing"), false),
    (letter(.deferred, 554, "5.7.1 relay access denied"), true),
    (letter(.refused, 552, "5.3.4 message too big", "final"), true),
    (letter(.deferred, nil, "the connection was lost", "mail"), true),
    (letter(.uncertain, nil, "end of file", "final"), false),
  ])
  func whoseFaultItIs(_ letter: CanaryLetter, isOurs: Bool) {
    let look = CanaryLook([letter], wait: .seconds(1), others: 9)
    let isNamed = look.reasons.contains { if case .ours = $0 { true } else { false } }
    #expect(isNamed == isOurs, "\(letter.words)")
  }

  @Test func aLookNamesNoAddress() {
    let look = CanaryLook(
      [Self.letter(.refused, 554, "5.7.1 <a@b.example>: content rejected", "final")], wait: nil, others: 9)
    #expect(look.reasons.count == 2 && look.reasons.last == .asked)
    #expect(!"\(look.reasons)".contains("a@b.example"))
  }
}

/// Keeps what a delivery tells.
final class News: Sendable {
  private let told = Mutex<[DeliveryNews]>([])
  var all: [DeliveryNews] { told.withLock { $0 } }
  var tell: @Sendable (DeliveryNews) async -> Void {
    { [self] news in told.withLock { $0.append(news) } }
  }
}

extension DeliveryFixture {
  /// As a resume after the look does.
  func passCanary() async throws {
    var record = try #require(try await store.canary(in: record.id))
    record.state = .passed
    try await store.setCanary(record, in: self.record.id)
  }
}
