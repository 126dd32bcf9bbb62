import Foundation
import Mail
import Receipts
import TestSupport
import Testing

@testable import Queue

/// Who has changed the password, in the store: recorded with receipts, by whichever process, the newest time once.
@Suite struct MailboxStoreTests {
  private static let affected: [AffectedMailbox] = {
    let pairs = [("P1", "anna@firm.example"), ("K1", "bernd@firm.example"), ("K2", "anna@firm.example")]
    return pairs.compactMap { id, address in
      (try? EmailAddress(address)).map { AffectedMailbox(customer: id, mailbox: $0) }
    }
  }()

  private static func time(_ mailbox: String, _ seconds: Double?) -> MailboxTime {
    MailboxTime(mailbox: "\(mailbox)@firm.example", at: seconds.map(Sample.time))
  }

  private static func record(
    _ times: [MailboxTime], as change: MailboxChange = .changed, in campaign: Int64, at seconds: Double = 100,
    _ store: any PurgeableStore
  ) async throws -> [MailboxRecord] {
    try await store.record(change, times, of: affected, in: campaign, at: Sample.time(seconds))
  }

  @Test(arguments: StoreKind.allCases) func aMailboxAndItsReceiptAreOne(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let campaign = try await store.freezeSample(letters: 2)
    #expect(try await store.mailboxes(in: campaign) == nil)
    let added = try await Self.record([Self.time("anna", 10), Self.time("nobody", 11)], in: campaign, store)
    // One mailbox of two customers is safe for both.
    #expect(added.map(\.customer) == ["P1", "K2"] && added.allSatisfy { $0.changedAt == Sample.time(10) })
    let locked = try await Self.record([Self.time("bernd", nil)], as: .locked, in: campaign, at: 101, store)
    #expect(locked == [MailboxRecord(customer: "K1", mailbox: "bernd@firm.example", isLocked: true)])
    let book = try #require(try await store.mailboxes(in: campaign))
    #expect(book.readAt == [.changed: Sample.time(100), .locked: Sample.time(101)])
    #expect(book.mailboxes == [added[0], locked[0], added[1]])
    #expect(book.safeCustomers == ["P1", "K1", "K2"])
    let hash = KeyedHash(key: Sample.hashKey)
    let receipts = try await store.receiptValues(of: campaign).suffix(3)
    #expect(receipts.map(\.event) == [.changed, .changed, .locked])
    #expect(receipts.map(\.customer) == ["P1", "K2", "K1"].map { hash.digest(of: $0) })
    #expect(
      receipts.map(\.mailbox) == [
        MailboxReceipt(mailbox: hash.digest(of: "anna@firm.example"), at: Sample.time(10)),
        MailboxReceipt(mailbox: hash.digest(of: "anna@firm.example"), at: Sample.time(10)),
        MailboxReceipt(mailbox: hash.digest(of: "bernd@firm.example"), at: nil),
      ])
    #expect(!(try await store.lines(of: campaign).joined()).contains("anna"))
    try await store.requireSoundReceipts(of: campaign)
  }

  @Test(arguments: StoreKind.allCases) func theNewestTimeWinsOnce(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let campaign = try await store.freezeSample(letters: 2)
    for (at, added) in [(10.0, 1), (10, 0), (9, 0), (10.5, 1), (10.5, 0)] {
      #expect(try await Self.record([Self.time("bernd", at)], in: campaign, store).count == added, "\(at)")
    }
    for (at, added) in [(nil, 1), (nil, 0), (5.0, 1), (nil, 0), (4, 0), (6, 1)] as [(Double?, Int)] {
      #expect(try await Self.record([Self.time("bernd", at)], as: .locked, in: campaign, store).count == added)
    }
    let record = try #require(try await store.mailboxes(in: campaign)?.mailboxes.first { $0.customer == "K1" })
    #expect(record.changedAt == Sample.time(10.5) && record.isLocked && record.lockedAt == Sample.time(6))
    let events = try await store.receiptValues(of: campaign).map(\.event)
    #expect(events.count { $0 == .changed } == 2 && events.count { $0 == .locked } == 3)
    try await store.requireSoundReceipts(of: campaign)
  }

  /// What says nothing new is known to have been read all the same.
  @Test(arguments: StoreKind.allCases) func anExportThatNamesNobody(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let campaign = try await store.freezeSample(letters: 2)
    #expect(try await Self.record([], in: campaign, store).isEmpty)
    let book = try #require(try await store.mailboxes(in: campaign))
    #expect(book.readAt == [.changed: Sample.time(100)] && book.mailboxes.count == 3)
    #expect(book.safeCustomers.isEmpty)
  }

  /// Two processes write to one chain, and it stays one.
  @Test func besideADelivery() async throws {
    let folder = try TemporaryFolder()
    let owner = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await owner.freezeSample(letters: 20)
    try await owner.setState(.running, of: campaign, at: Sample.time(0))
    let control = try SQLiteStore.open(spool: folder.url, access: .control)
    let claims = try await owner.claimAll(in: campaign)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for claim in claims { _ = try await owner.commit([.record(claim, Sample.accepted())]) }
      }
      group.addTask {
        for number in 1...20 {
          _ = try await Self.record([Self.time("bernd", Double(number))], in: campaign, control)
        }
      }
      try await group.waitForAll()
    }
    try await owner.requireSoundReceipts(of: campaign)
    let events = try await owner.receiptValues(of: campaign).map(\.event)
    #expect(events.count { $0 == .changed } == 20 && events.count { $0 == .accepted } == 20)
    await #expect(throws: StoreError.self) {
      try await Self.record([], in: campaign, try SQLiteStore.open(spool: folder.url, access: .reader))
    }
  }

  @Test(arguments: StoreKind.allCases) func aPurgeTakesThem(_ kind: StoreKind) async throws {
    let folder = try TemporaryFolder()
    let store = try await kind.owner(in: folder.url)
    let campaign = try await store.freezeSample(letters: 1)
    _ = try await Self.record([Self.time("anna", 10)], in: campaign, store)
    _ = try await store.cancel(campaign: campaign, at: Sample.time(110))
    try await store.beginPurge(of: campaign, files: 0, at: Sample.time(120))
    #expect(try await store.mailboxes(in: campaign) == nil)
    await #expect(throws: StoreError.purged(campaign: "passwords")) {
      try await Self.record([Self.time("anna", 11)], in: campaign, at: 121, store)
    }
    try await store.finishPurge(of: campaign, at: Sample.time(130))
    try await store.requireSoundReceipts(of: campaign)
    guard kind == .sqlite else { return }
    for suffix in ["", "-wal"] {
      let file = folder.url.appendingPathComponent("queue.sqlite" + suffix)
      #expect((try? Data(contentsOf: file))?.range(of: Data("anna@firm".utf8)) == nil)
    }
  }
}
