import Campaigns
import DeliverySupport
import Foundation
import Logging
import Mail
import Queue
import Receipts
import Synchronization
import Testing

@testable import Delivery

/// What the scheduler hands out while others hold messages, over more than one relay.
@Suite(.timeLimit(.minutes(10))) struct MessageSchedulerTests {
  private let fixture: DeliveryFixture
  private let scheduler: MessageScheduler

  init() async throws {
    fixture = try await DeliveryFixture(recipients: ["k1@kanzlei.example", "k2@kanzlei.example"])
    scheduler = MessageScheduler(
      store: fixture.store, campaign: fixture.record.id,
      retry: RetrySchedule(delays: [.seconds(1800)], giveUpAfter: .seconds(86_400)), resendsUncertain: false,
      relays: [("A", 4), ("B", 4)], time: fixture.time)
  }

  /// Defers the campaign's messages, due now, the first after an attempt through `first`, the second through `second`.
  private func deferBoth(_ first: String, _ second: String) async throws {
    let now = fixture.time.now
    let queued = try await fixture.store.due(in: fixture.record.id, at: now, after: nil, limit: 2)
    for (message, relay) in zip(queued, [first, second]) {
      let request = ClaimRequest(
        message: message.message, fence: message.fence, worker: "w", relay: relay, at: now, leaseUntil: now + 60,
        sha256: SHA256.digest(of: []))
      guard case .claimed(let claim)? = try await fixture.store.commit([.claim(request)]).first else {
        throw StoreError.invariant("not claimed")
      }
      let later = AttemptOutcome(
        result: .deferred(until: now), at: now, phase: "rcpt", code: 450, enhanced: nil, reply: "greylisted")
      _ = try await fixture.store.commit([.record(claim, later)])
    }
  }

  /// Takes the message out, as if it had been sent.
  private func settle(_ message: DueMessage, isOpen: Bool) async throws {
    _ = try await fixture.store.commit([
      .exclude(message: message.message, fence: message.fence, reason: .noSMTPUTF8, at: fixture.time.now)
    ])
    await scheduler.finish(message, isOpen: isOpen)
  }

  private func take(_ relay: String) async throws -> DueMessage {
    guard case .message(let message) = try await scheduler.next(for: relay) else {
      throw StoreError.invariant("no message for \(relay)")
    }
    return message
  }

  /// Time enough for everybody to get as far as they can.
  private func others() async {
    for _ in 0..<2000 { await Task.yield() }
  }

  private func expectDone(_ task: Task<MessageScheduler.Next, any Error>) async throws {
    guard case .done = try await task.value else {
      Issue.record("a message was handed out twice")
      return
    }
  }

  @Test func whatIsInHandIsNeitherHandedOutAgainNorLookedForAllTheTime() async throws {
    try await deferBoth("A", "A")
    let first = try await take("A")
    let second = try await take("A")
    let waiting = Task { try await scheduler.next(for: "A") }
    await others()
    #expect(await scheduler.pagesRead <= 2)
    // The second may be due again behind the place of the last scan, so the store is read once more; the first is not.
    try await settle(second, isOpen: true)
    await others()
    #expect(await scheduler.pagesRead <= 4)
    try await settle(first, isOpen: false)
    try await expectDone(waiting)
  }

  @Test func aPageReadWhileAMessageWasHandedInDoesNotBringItBack() async throws {
    let store = OldPages()
    let (scheduler, due) = try await oneByOne(store)
    store.pages.withLock { $0 = [[due], [due], []] }
    guard case .message(let message) = try await scheduler.next(for: "A") else {
      Issue.record("no message")
      return
    }
    store.duringTheNextPage.withLock { $0 = { await scheduler.finish(message, isOpen: false) } }
    guard case .done = try await scheduler.next(for: "A") else {
      Issue.record("a message was handed out twice")
      return
    }
    #expect(store.pages.withLock { $0 }.isEmpty)
  }

  /// A scheduler over `store` for one relay, a message a page, and the fixture's first message.
  private func oneByOne(
    _ store: OldPages, resendsUncertain: Bool = false
  ) async throws -> (scheduler: MessageScheduler, due: DueMessage) {
    let scheduler = MessageScheduler(
      store: store, campaign: 1, retry: RetrySchedule(delays: [.seconds(1800)], giveUpAfter: .seconds(86_400)),
      resendsUncertain: resendsUncertain, relays: [("A", 4)], time: fixture.time, pageSize: 1)
    let due = try await fixture.store.due(in: fixture.record.id, at: fixture.time.now, after: nil, limit: 1)
    return (scheduler, try #require(due.first))
  }

  /// It was deferred while the last page was being read, which does not show it, and is due before the end of that scan:
  /// asking for what falls due later would never find it.
  @Test func whatIsDeferredWhileTheLastPageIsReadIsNotForgotten() async throws {
    let store = OldPages()
    let (scheduler, due) = try await oneByOne(store)
    store.pages.withLock { $0 = [[due], []] }
    store.open.withLock { $0 = [due] }
    guard case .message(let message) = try await scheduler.next(for: "A") else {
      throw StoreError.invariant("no message")
    }
    store.duringTheNextPage.withLock { $0 = { await scheduler.finish(message, isOpen: true) } }
    guard case .message(let again) = try await scheduler.next(for: "A") else {
      Issue.record("the message is forgotten")
      return
    }
    #expect(await scheduler.pagesRead == 3)
    await scheduler.finish(again, isOpen: false)
    guard case .done = try await scheduler.next(for: "A") else {
      Issue.record("it was handed out a third time")
      return
    }
  }

  /// The claim of an old copy came too late, after the scan had ended: only the store knows whether the message is open.
  @Test func whatWasClaimedTooLateIsLookedForAgain() async throws {
    let store = OldPages()
    let (scheduler, due) = try await oneByOne(store)
    store.pages.withLock { $0 = [[due], []] }
    store.open.withLock { $0 = [due] }
    guard case .message(let old) = try await scheduler.next(for: "A") else { throw StoreError.invariant("no message") }
    let waiting = Task { try await scheduler.next(for: "A") }
    await others()
    #expect(await scheduler.pagesRead == 2)
    await scheduler.finish(old, isOpen: true)
    guard case .message(let again) = try await waiting.value else {
      Issue.record("the message is forgotten")
      return
    }
    await scheduler.finish(again, isOpen: false)
    guard case .done = try await scheduler.next(for: "A") else {
      Issue.record("it was handed out a third time")
      return
    }
  }

  /// The same with the worker that claims: what it cannot claim is not forgotten, though nothing falls due later.
  @Test func aWorkerThatClaimsAnOldCopyForgetsNothing() async throws {
    let store = OldPages()
    let (scheduler, old) = try await oneByOne(store)
    try await deferBoth("A", "A")
    let due = try await fixture.store.due(in: fixture.record.id, at: fixture.time.now, after: nil, limit: 2)
    let fresh = try #require(due.first { $0.message == old.message })
    store.pages.withLock { $0 = [[old], []] }
    store.open.withLock { $0 = [fresh] }
    let relay = DeliveryFixture.relay("A")
    let commits = GroupCommit(store: fixture.store)
    let worker = Worker(
      name: "w", number: 1,
      relay: RelayState(
        relay: relay, limits: ScopeLimiter(RateLimiter(limits: relay.limits)),
        health: RelayHealth(host: "relay.example:587", at: fixture.time.monotonicNow)),
      session: fixture.transport.makeSession(relay: relay), control: SessionControl(), scheduler: scheduler,
      commits: commits,
      source: try FailingSource(recipient: ""),
      retry: RetrySchedule(delays: [.seconds(1800)], giveUpAfter: .seconds(86_400)), time: fixture.time,
      jitter: { 0 }, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    _ = try await worker.run()
    try await commits.settle()
    #expect(fixture.transport.sent.map(\.recipient) == [old.recipient.description])
    #expect(try await fixture.states() == [.accepted: 1, .deferred: 1])
  }

  @Test func aMessageKeptForItsRelayIsKeptOnce() async throws {
    try await deferBoth("A", "B")
    let other = try await take("B")
    let waiting = Task { try await scheduler.next(for: "B") }
    await others()
    try await settle(other, isOpen: true)
    await others()
    let kept = try await take("A")
    let second = Task { try await scheduler.next(for: "A") }
    await others()
    try await settle(kept, isOpen: false)
    try await expectDone(waiting)
    try await expectDone(second)
  }

  /// Whoever waits asks again all the time, for hours where the limits are narrow.
  @Test func uncertainMessagesAreLookedForOnceUntilAnotherLetterEnds() async throws {
    let store = OldPages()
    let (scheduler, due) = try await oneByOne(store, resendsUncertain: true)
    store.pages.withLock { $0 = [[due], [], []] }
    store.later.withLock { $0 = fixture.time.now + 3600 }
    guard case .message(let message) = try await scheduler.next(for: "A") else {
      throw StoreError.invariant("no message")
    }
    for _ in 1...3 {
      guard case .idle = try await scheduler.next(for: "A") else { throw StoreError.invariant("another message") }
    }
    #expect(store.searches.withLock { $0 } == 1)
    await scheduler.finish(message, isOpen: false)
    for _ in 1...3 {
      guard case .idle = try await scheduler.next(for: "A") else { throw StoreError.invariant("another message") }
    }
    #expect(store.searches.withLock { $0 } == 2)
  }

  /// Another relay that is greylisted anew has been let in by then.
  @Test func whatIsKeptForAFullRelayGoesToTheOtherWhereTheWaitIsLong() async throws {
    try await deferBoth("A", "A")
    let now = fixture.time.monotonicNow
    await scheduler.relay("A", isFullUntil: now + 899)
    let own = await scheduler.kinds(for: "B")
    await scheduler.relay("A", isFullUntil: now + 901)
    let all = await scheduler.kinds(for: "B")
    #expect(all.dropLast() == own[...] && all.count == own.count + 1)
    let message = try await take("B")
    #expect(message.relay == "A")
    try await settle(message, isOpen: false)
  }

  @Test func aPausedRelaysMessagesGoToTheOther() async throws {
    try await deferBoth("A", "A")
    let waiting = Task { try await scheduler.next(for: "B") }
    await others()
    await scheduler.relayPaused("A")
    guard case .message(let taken) = try await waiting.value else {
      Issue.record("relay B did not get the message of the paused relay")
      return
    }
    #expect(taken.relay == "A")
  }
}

/// A store whose pages are set beforehand; something happens between the reading of one and its arrival.
private final class OldPages: DueMessages {
  let pages = Mutex<[[DueMessage]]>([])
  /// As they are when they are asked for by their numbers.
  let open = Mutex<[DueMessage]>([])
  let duringTheNextPage = Mutex<(@Sendable () async -> Void)?>(nil)
  /// When the next message falls due.
  let later = Mutex<Date?>(nil)
  /// How often uncertain messages were looked for.
  let searches = Mutex(0)

  func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] {
    let page = pages.withLock { $0.removeFirst() }
    let event = duringTheNextPage.withLock { event in
      defer { event = nil }
      return event
    }
    await event?()
    return page
  }

  func due(_ messages: [Int64], in campaign: Int64, at now: Date) async throws -> [DueMessage] {
    open.withLock { open in open.filter { messages.contains($0.message) } }
  }

  func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date? { later.withLock { $0 } }
  func expire(
    in campaign: Int64, firstAttemptUntil limit: Date, triedSince: Date?, at now: Date
  ) async throws -> Int { 0 }
  func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int {
    searches.withLock { $0 += 1 }
    return 0
  }
}
