import Files
import Foundation
import Mail
import Receipts
import TestSupport
import Testing

@testable import Queue

/// A process that was stopped, and whose spool another one has taken meanwhile, writes nothing any more.
@Suite struct OvertakenTests {
  /// The first process: its lock, store and receipts, with letters on the wire and lines not yet in the file.
  private struct First {
    let folder: TemporaryFolder
    let lock: SpoolLock
    let store: SQLiteStore
    let receipts: ReceiptFile
    let campaign: CampaignRecord
    let claims: [Claim]

    var file: URL { receipts.file }

    init(knowsItsLock: Bool = true, patience: Double = FileLock.patience) async throws {
      folder = try TemporaryFolder()
      let spool = Spool(folder: folder.url)
      lock = try SpoolLock.take(spool, campaign: "passwords", at: Sample.time(0))
      store = try SQLiteStore.open(spool: folder.url, access: .owner, lock: knowsItsLock ? lock : nil)
      let id = try await store.freezeSample(letters: 5)
      try await store.setState(.running, of: id, at: Sample.time(0))
      campaign = try #require(try await store.campaigns().first)
      receipts = try await ReceiptFile.complete(
        in: spool, campaign: campaign, from: store, lock: knowsItsLock ? lock : nil, patience: patience)
      claims = try await store.claimAll(in: id, limit: 3)
    }

    /// Somebody removes the lock's file, and another process takes the spool.
    func takeOver() throws -> (lock: SpoolLock, store: SQLiteStore) {
      try FileManager.default.removeItem(at: store.spool.lock)
      let lock = try SpoolLock.take(store.spool, campaign: "passwords", at: Sample.time(9))
      return (lock, try SQLiteStore.open(spool: folder.url, access: .owner, lock: lock))
    }
  }

  private func isOvertaken(_ error: any Error) -> Bool {
    if case StoreError.overtaken = error { true } else { false }
  }

  @Test(arguments: [false, true]) func itsStoreChangesNothing(isTaken: Bool) async throws {
    let first = try await First()
    let id = first.campaign.id
    let next = isTaken ? try first.takeOver() : nil
    if let next {
      #expect(try await next.store.recover(campaign: id, at: Sample.time(10)) == 3)
    } else {
      try FileManager.default.removeItem(at: first.store.spool.lock)
    }
    let before = try await first.store.lines(of: id)
    let figures = try await first.store.snapshot(of: id).messages
    let store = first.store
    let changes: [@Sendable () async throws -> Void] = [
      { _ = try await store.commit(first.claims.map { .record($0, Sample.accepted(at: 11)) }) },
      { _ = try await store.claimAll(in: id, at: 11) },
      { try await store.setState(.paused, of: id, at: Sample.time(11)) },
      { try await store.heartbeat(worker: "w1", leaseUntil: Sample.time(99)) },
      { _ = try await store.recover(campaign: id, at: Sample.time(11)) },
      { _ = try await store.expire(in: id, firstAttemptUntil: Sample.time(11), at: Sample.time(11)) },
      { _ = try await store.resendUncertain(in: id, at: Sample.time(11)) },
      { _ = try await store.makeDue(in: id, customer: nil, at: Sample.time(11)) },
      { _ = try await store.reschedule(in: id, by: Sample.schedule(1)) { message, _ in message.dueAt } },
      { _ = try await store.cancel(campaign: id, at: Sample.time(11)) },
      { try await store.request(.cancel, of: id, at: Sample.time(11)) },
      { try await store.freeze(Sample.plan("more"), customers: try Sample.customers(letters: 1), at: Sample.time(11)) },
      { try await store.wipeDeleted(true) },
    ]
    for (number, change) in changes.enumerated() {
      await #expect("change \(number)") { try await change() } throws: { isOvertaken($0) }
    }
    #expect(try await first.store.lines(of: id) == before)
    #expect(try await first.store.snapshot(of: id).messages == figures)
    #expect(try await first.store.pendingRequest(of: id) == nil)
    #expect(try await first.store.campaigns().count == 1)
    withExtendedLifetime(next) {}
  }

  @Test func whatAnotherHasAppendedIsNotAppendedAgain() async throws {
    // It does not know its lock: the end of the file alone tells.
    let first = try await First(knowsItsLock: false)
    let next = try first.takeOver()
    let receipts = try await ReceiptFile.complete(
      in: next.store.spool, campaign: first.campaign, from: next.store, lock: next.lock)
    #expect(await receipts.count == 5)
    let whole = try Data(contentsOf: first.file)
    for _ in 0..<2 {
      await #expect { try await first.receipts.flush() } throws: { isOvertaken($0) }
      await #expect {
        try await first.receipts.writeCheckpoint(
          at: Sample.time(9), signedWith: try Ed25519PrivateKey(seed: Sample.hashKey))
      } throws: {
        isOvertaken($0)
      }
    }
    #expect(try Data(contentsOf: first.file) == whole)
    #expect(try ReceiptVerifier(folder: first.file.deletingLastPathComponent()).verify().fault == nil)
  }

  @Test func aProcessThatOnlyWaitsNoticesToo() async throws {
    let first = try await First()
    try await first.receipts.flush()
    let whole = try Data(contentsOf: first.file)
    let next = try first.takeOver()
    await #expect { try await first.receipts.flush() } throws: { isOvertaken($0) }
    try await next.store.setState(.paused, of: first.campaign.id, at: Sample.time(9))
    await #expect { try await first.receipts.flush() } throws: { isOvertaken($0) }
    #expect(try Data(contentsOf: first.file) == whole)
  }

  @Test func noCheckpointIsWrittenOverTheNextOnes() async throws {
    let first = try await First()
    try await first.receipts.flush()
    let key = try Ed25519PrivateKey(seed: Sample.hashKey)
    let next = try first.takeOver()
    await #expect {
      try await first.receipts.writeCheckpoint(at: Sample.time(9), signedWith: key)
    } throws: {
      isOvertaken($0)
    }
    let folder = first.file.deletingLastPathComponent()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["receipts.jsonl"])
    withExtendedLifetime(next) {}
  }

  @Test func whileOneIsAtTheFileNobodyElseChangesIt() async throws {
    let first = try await First(patience: 0.05)
    let whole = try Data(contentsOf: first.file)
    let other = open(first.file.path, O_RDWR | O_CLOEXEC)
    defer { close(other) }
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    await #expect(throws: StoreError.busy(path: first.file.path)) {
      _ = try await ReceiptFile.complete(
        in: first.store.spool, campaign: first.campaign, from: first.store, lock: first.lock, patience: 0.05)
    }
    await #expect(throws: StoreError.busy(path: first.file.path)) { try await first.receipts.flush() }
    #expect(try Data(contentsOf: first.file) == whole)
    // And once the other has let go, everything is added.
    flock(other, LOCK_UN)
    let again = try await ReceiptFile.complete(
      in: first.store.spool, campaign: first.campaign, from: first.store, lock: first.lock, patience: 0.05)
    #expect(await again.count == 5)
    #expect(try ReceiptVerifier(folder: first.file.deletingLastPathComponent()).verify().fault == nil)
  }
}
