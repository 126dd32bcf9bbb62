import Campaigns
import Foundation
import Mail
import Receipts
import Synchronization
import TestSupport
import Testing

@testable import Queue

/// Campaigns that follow another one, in the store: the new chain begins with the old one's head, and no letter of a
/// reminder waits any longer for whom nothing is left to do.
@Suite struct FollowingStoreTests {
  private static let affected: [AffectedMailbox] = {
    let pairs = [("P1", "one@firm.example"), ("K1", "two@firm.example"), ("K2", "three@firm.example")]
    return pairs.compactMap { id, address in
      (try? EmailAddress(address)).map { AffectedMailbox(customer: id, mailbox: $0) }
    }
  }()

  private static func change(_ mailbox: String, in campaign: Int64, _ store: any PurgeableStore) async throws {
    _ = try await store.record(
      .changed, [MailboxTime(mailbox: "\(mailbox)@firm.example", at: Sample.time(10))], of: affected, in: campaign,
      at: Sample.time(100))
  }

  private static func reach(_ customer: String, in campaign: Int64, _ store: any PurgeableStore) async throws {
    let call = CallRecord(customer: customer, at: Sample.time(50), outcome: .reached, caller: "Karla Test", note: "")
    _ = try await store.record([call], in: campaign, at: Sample.time(101)) { _, _ in }
  }

  private static func follow(
    as kind: Following.Kind, _ store: any PurgeableStore, named name: String = "herbst"
  ) async throws -> Int64 {
    try await store.freezeSample(name, letters: 2, follows: Following(campaign: "sommer", as: kind))
  }

  private static func states(of campaign: Int64, _ store: any PurgeableStore) async throws -> [String: MessageState] {
    try await letters(of: campaign, store).mapValues(\.state)
  }

  /// Each customer has one.
  private static func letters(
    of campaign: Int64, _ store: any PurgeableStore
  ) async throws -> [String: MessageRecord] {
    let letters = Mutex<[String: MessageRecord]>([:])
    try await store.forEachCustomer(in: campaign) { customer in
      letters.withLock { $0[customer.id] = customer.messages.first }
    }
    return letters.withLock { $0 }
  }

  @Test(arguments: StoreKind.allCases) func theNewChainBeginsWithTheOldHead(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let sommer = try await store.freezeSample("sommer", letters: 2)
    let last = try #require(try await store.receipts(of: sommer, after: 0, limit: 100).last)
    let herbst = try await Self.follow(as: .followUp, store)
    let first = try #require(try await store.receiptValues(of: herbst).first)
    #expect(
      first.followed == FollowedChain(campaign: "sommer", seq: last.seq, head: SHA256.digest(of: last.bytes)))
    #expect(first.prev == SHA256Digest(bytes: Array(repeating: 0, count: 32)))
    let record = try #require(try await store.campaign(named: "herbst"))
    #expect(record.plan.follows == Following(campaign: "sommer", as: .followUp))
    #expect(try await store.campaign(named: "sommer")?.plan.follows == nil)
    try await store.requireSoundReceipts(of: herbst)
    await #expect(throws: StoreError.self) {
      _ = try await store.freezeSample(
        "winter", letters: 2, follows: Following(campaign: "niemals", as: .reminder))
    }
    #expect(try await store.campaign(named: "winter") == nil)
  }

  @Test(arguments: StoreKind.allCases) func nobodyIsRemindedInVain(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let sommer = try await store.freezeSample("sommer", letters: 2)
    let reminder = try await Self.follow(as: .reminder, store)
    let other = try await Self.follow(as: .followUp, store, named: "winter")
    #expect(try await Self.states(of: reminder, store) == ["K1": .queued, "K2": .queued])
    try await Self.change("two", in: sommer, store)
    #expect(try await Self.states(of: reminder, store) == ["K1": .excluded, "K2": .queued])
    try await Self.reach("K2", in: sommer, store)
    #expect(try await Self.states(of: reminder, store) == ["K1": .excluded, "K2": .excluded])
    #expect(try await store.snapshot(of: reminder).needless == 2)
    let exclusions = try await Self.letters(of: reminder, store).mapValues(\.exclusion)
    #expect(exclusions == ["K1": .safe, "K2": .reached])
    // A letter with other facts goes to everybody who was told.
    #expect(try await Self.states(of: other, store) == ["K1": .queued, "K2": .queued])
    #expect(try await Self.states(of: sommer, store) == ["K1": .queued, "K2": .queued])
    #expect(try await store.snapshot(of: sommer).needless == 0)
    let receipts = try await store.receiptValues(of: reminder)
    #expect(receipts.map(\.event) == [.planFrozen, .excluded, .excluded])
    for campaign in [sommer, reminder, other] { try await store.requireSoundReceipts(of: campaign) }
  }

  /// What became known between the making of the plan and the launch.
  @Test(arguments: StoreKind.allCases) func whatIsKnownAtTheLaunchIsLeftOut(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let sommer = try await store.freezeSample("sommer", letters: 2)
    try await Self.change("three", in: sommer, store)
    try await Self.reach("K1", in: sommer, store)
    let reminder = try await Self.follow(as: .reminder, store)
    #expect(try await Self.states(of: reminder, store) == ["K1": .excluded, "K2": .excluded])
    try await store.requireSoundReceipts(of: reminder)
  }

  /// A customer with two mailboxes is not done when one of them is; and what is on the wire goes on.
  @Test(arguments: StoreKind.allCases) func onlyWhatWaitsAndOnlyWhenAllIsDone(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let sommer = try await store.freezeSample("sommer", letters: 2)
    let reminder = try await Self.follow(as: .reminder, store)
    let affected = Self.affected + [AffectedMailbox(customer: "K1", mailbox: try EmailAddress("more@firm.example"))]
    for (mailbox, state) in [("two", MessageState.queued), ("more", .excluded)] {
      _ = try await store.record(
        .changed, [MailboxTime(mailbox: "\(mailbox)@firm.example", at: Sample.time(10))], of: affected, in: sommer,
        at: Sample.time(100))
      #expect(try await Self.states(of: reminder, store)["K1"] == state, "\(mailbox)")
    }
    try await store.setState(.running, of: reminder, at: Sample.time(110))
    let due = try #require(try await store.due(in: reminder, at: Sample.time(110), after: nil, limit: 1).first)
    let request = ClaimRequest(
      message: due.message, fence: due.fence, worker: "w", relay: "main", at: Sample.time(110),
      leaseUntil: Sample.time(200), sha256: SHA256.digest(of: []))
    guard case .claimed(let claim)? = try await store.commit([.claim(request)]).first else {
      throw StoreError.invariant("not claimed")
    }
    try await Self.reach("K2", in: sommer, store)
    #expect(try await Self.states(of: reminder, store)["K2"] == .sending)
    let accepted = AttemptOutcome(
      result: .accepted, at: Sample.time(120), phase: "final", code: 250, enhanced: nil, reply: "ok")
    #expect(try await store.commit([.record(claim, accepted)]) == [.done])
    try await store.requireSoundReceipts(of: reminder)
  }

  /// What is put off after the customer has changed the password is not tried again.
  @Test(arguments: StoreKind.allCases) func whatComesBackFromTheWireIsLeftOut(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let sommer = try await store.freezeSample("sommer", letters: 3)
    let reminder = try await store.freezeSample(
      "herbst", letters: 3, follows: Following(campaign: "sommer", as: .reminder))
    try await store.setState(.running, of: reminder, at: Sample.time(0))
    let claims = try await store.claimAll(in: reminder)
    try #require(claims.count == 3)
    try await Self.change("two", in: sommer, store)
    try await Self.reach("K2", in: sommer, store)
    #expect(
      try await store.commit(claims.map { .record($0, Sample.deferred(until: 60)) }) == [.done, .done, .done])
    #expect(try await Self.states(of: reminder, store) == ["K1": .excluded, "K2": .excluded, "K3": .deferred])
    #expect(
      try await Self.letters(of: reminder, store).mapValues(\.exclusion) == ["K1": .safe, "K2": .reached, "K3": nil])
    let events = try await store.receiptValues(of: reminder).map(\.event)
    #expect(events.count { $0 == .deferred } == 3 && events.count { $0 == .excluded } == 2)
    try await store.requireSoundReceipts(of: reminder)
  }
}
