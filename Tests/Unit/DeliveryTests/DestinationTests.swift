import Campaigns
import DeliverySupport
import Foundation
import Mail
import Queue
import Receipts
import Synchronization
import Testing

@testable import Delivery

/// Limits of receiving domains and providers, with the engine and a store on disk.
@Suite(.timeLimit(.minutes(10))) struct DestinationTests {
  private func limit(_ text: String) throws -> RateLimit { try #require(RateLimit(text)) }

  private func expectWithin(_ count: Int, _ window: TimeInterval, _ times: [Date]) {
    for (index, moment) in times.enumerated().dropFirst(count) {
      #expect(moment.timeIntervalSince(times[index - count]) >= window)
    }
  }

  /// Stopped again and again, and begun anew: no window holds more than the limit, and nothing is sent twice.
  @Test func aDestinationsLimitHoldsOverRestarts() async throws {
    let fixture = try await DeliveryFixture(
      recipients: (1...60).map { "k\($0)@\($0 % 2 == 0 ? "a.firm.example" : "b.firm.example")" } + ["o@other.example"])
    let rule = DestinationRule(.below("firm.example"), limits: [try limit("5/min")])
    for round in 1...20 {
      let engine = try await fixture.engine(
        relays: [DeliveryFixture.relay(connections: 1)], destinations: [rule])
      let task = Task { try await engine.run() }
      while fixture.transport.sent.count < min(round * 4, 61), !task.isCancelled {
        if try await fixture.states()[.accepted] == 61 { break }
        try await Task.sleep(for: .milliseconds(1))
      }
      task.cancel()
      _ = try await task.value
    }
    _ = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)], destinations: [rule]).run()
    #expect(try await fixture.states() == [.accepted: 61])
    let sent = fixture.transport.sent.filter { $0.recipient.hasSuffix("firm.example") }
    #expect(sent.count == 60)
    expectWithin(5, 60, sent.map(\.at).sorted())
  }

  @Test func aLetterRefusedAtItsRecipientGivesItsPlaceBack() async throws {
    let fixture = try await DeliveryFixture(
      recipients: (1...12).map { "k\($0)@a.example" },
      .init(answer: { recipient, _ in
        recipient.hasPrefix("k1@") || recipient.hasPrefix("k2@") ? .reply(.rcpt, 550, "5.1.1 unknown") : .accepted
      }))
    let rule = DestinationRule(.domain("a.example"), limits: [try limit("10/h")])
    let start = fixture.time.monotonicNow
    _ = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)], destinations: [rule]).run()
    #expect(try await fixture.states() == [.accepted: 10, .refused: 2])
    #expect(fixture.transport.sent.allSatisfy { $0.at.timeIntervalSince(start) < 60 })
    #expect(
      try await fixture.store.use(of: .destination(.domain("a.example")), since: start - 10, on: fixture.time.base)
        .count == 10)
  }

  /// Many blocked letters in front of the others, in pages of their own.
  @Test func aBlockedProviderHoldsNobodyBack() async throws {
    let blocked = (1...1500).map { "k\($0)@d\($0 % 3).firm.example" }
    let others = (1...200).map { "o\($0)@o\($0 % 9).example" }
    let fixture = try await DeliveryFixture(recipients: blocked + others)
    let rule = DestinationRule(.below("firm.example"), limits: [try limit("300/h")])
    let start = fixture.time.monotonicNow
    _ = try await fixture.engine(relays: [DeliveryFixture.relay(connections: 1)], destinations: [rule]).run()
    #expect(try await fixture.states() == [.accepted: 1700])
    let sent = fixture.transport.sent
    #expect(sent.filter { $0.recipient.hasPrefix("o") }.allSatisfy { $0.at == start })
    expectWithin(300, 3600, sent.filter { $0.recipient.hasPrefix("k") }.map(\.at))
    #expect(fixture.time.monotonicNow.timeIntervalSince(start) < 4 * 3600 * 1.02 + 60)
  }

  @Test func theDomainsOfAProviderAreFoundByTheirExchangersAndRemembered() async throws {
    let fixture = try await DeliveryFixture(
      recipients: (1...20).map { "k\($0)@d\($0).example" } + (1...5).map { "o\($0)@o\($0).example" })
    let lookup = FakeLookup { domain in
      domain.hasPrefix("d") ? ["MX-\(domain).Provider.example."] : domain == "o1.example" ? nil : ["mx.other.example"]
    }
    let rule = DestinationRule(.mx("provider.example"), limits: [try limit("10/h")])
    let start = fixture.time.monotonicNow
    _ = try await fixture.engine(
      relays: [DeliveryFixture.relay(connections: 1)], destinations: [rule], exchangers: lookup
    ).run()
    #expect(try await fixture.states() == [.accepted: 25])
    let sent = fixture.transport.sent
    expectWithin(10, 3600, sent.filter { $0.recipient.hasPrefix("k") }.map(\.at).sorted())
    #expect(sent.filter { $0.recipient.hasPrefix("o") }.allSatisfy { $0.at.timeIntervalSince(start) < 60 })
    #expect(lookup.asked.count == 25 && Set(lookup.asked).count == 25)
    let places = try await fixture.store.mailPlaces(in: fixture.record.id)
    #expect(places.count == 25)
    #expect(places.first { $0.domain == "o1.example" }.map { $0.exchangers == nil } == true)
    #expect(places.first { $0.domain == "o2.example" }?.exchangers == [])
  }

  /// A name server may say anything.
  @Test func hostileExchangersAreBounded() async throws {
    let fixture = try await DeliveryFixture(recipients: ["k1@a.example"])
    let lookup = FakeLookup { _ in
      (0..<10_000).map { "x\($0).provider.example" } + ["", ".", String(repeating: "a.", count: 500), "b c"]
    }
    _ = try await fixture.engine(
      destinations: [DestinationRule(.mx("provider.example"), connections: 1)], exchangers: lookup
    ).run()
    #expect(try await fixture.states() == [.accepted: 1])
    let places = try await fixture.store.mailPlaces(in: fixture.record.id)
    #expect(places.first?.exchangers?.count ?? 99 <= 20)
  }

  @Test func withoutAnybodyToAskEveryDomainIsItsOwn() async throws {
    let fixture = try await DeliveryFixture(recipients: DeliveryFixture.recipients(30))
    _ = try await fixture.engine(destinations: [DestinationRule(.mx("provider.example"), connections: 1)]).run()
    #expect(try await fixture.states() == [.accepted: 30])
  }

  /// 3,000 letters to one domain that asks for less, among which one greylisted letter after the other comes back.
  @Test func theStoreIsReadOnceHoweverManyLettersAreDeferred() async throws {
    let fixture = try await DeliveryFixture(
      recipients: (1...3000).map { "k\($0)@\($0 % 2 == 0 ? "slow" : "d\($0 % 50)").example" },
      .init(answer: { recipient, attempt in
        recipient == "k2@slow.example" && attempt == 1
          ? .reply(.rcpt, 451, "4.7.0 too many")
          : recipient.hasSuffix("5@d5.example") && attempt == 1 ? .reply(.rcpt, 451, "4.7.1 Greylisted") : .accepted
      }))
    let counting = CountingStore(fixture.store)
    let scheduler = MessageScheduler(
      store: counting, campaign: fixture.record.id, retry: .standard, resendsUncertain: false, relays: [("A", 1)],
      time: fixture.time)
    await scheduler.slow(domain: "slow.example", wait: 3600)
    var taken = 0
    while case .message(let message) = try await scheduler.next(for: "A") {
      taken += 1
      let claim = try await claim(message, in: fixture)
      let isDeferred = taken % 5 == 0
      let outcome = AttemptOutcome(
        result: isDeferred ? .deferred(until: fixture.time.now + 1800) : .accepted, at: fixture.time.now,
        phase: "final",
        code: isDeferred ? 451 : 250, enhanced: nil, reply: "")
      _ = try await fixture.store.commit([.record(claim, outcome)])
      await scheduler.finish(
        message, isOpen: isDeferred, .accepted, due: isDeferred ? fixture.time.now + 1800 : nil)
    }
    #expect(taken == 1500)
    #expect(counting.rows.withLock { $0 } <= 3000 + 512)
  }

  private func claim(_ message: DueMessage, in fixture: DeliveryFixture) async throws -> Claim {
    let request = ClaimRequest(
      message: message.message, fence: message.fence, worker: "w", relay: "A", at: fixture.time.now,
      leaseUntil: fixture.time.now + 60, sha256: SHA256.digest(of: []))
    guard case .claimed(let claim)? = try await fixture.store.commit([.claim(request)]).first else {
      throw StoreError.invariant("not claimed")
    }
    return claim
  }
}

private final class FakeLookup: ExchangerLookup {
  private let answer: @Sendable (String) -> [String]?
  private let questions = Mutex<[String]>([])
  var asked: [String] { questions.withLock { $0 } }

  init(_ answer: @escaping @Sendable (String) -> [String]?) { self.answer = answer }

  func exchangers(of domain: String) async -> [String]? {
    questions.withLock { $0.append(domain) }
    return answer(domain)
  }
}

/// How many messages were read.
private final class CountingStore: DueMessages {
  let rows = Mutex(0)
  private let base: SQLiteStore

  init(_ base: SQLiteStore) { self.base = base }

  func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] {
    let page = try await base.due(in: campaign, at: now, after: after, limit: limit)
    rows.withLock { $0 += page.count }
    return page
  }

  func due(_ messages: [Int64], in campaign: Int64, at now: Date) async throws -> [DueMessage] {
    let found = try await base.due(messages, in: campaign, at: now)
    rows.withLock { $0 += found.count }
    return found
  }

  func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date? {
    try await base.nextDue(in: campaign, after: moment)
  }

  func expire(
    in campaign: Int64, firstAttemptUntil limit: Date, triedSince: Date?, at now: Date
  ) async throws -> Int { 0 }

  func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int { 0 }
}
