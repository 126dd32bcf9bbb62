import Foundation
import Mail
import TestSupport

@testable import Queue
@testable import Receipts

/// The receipts of a finished campaign of 400 letters, as the store wrote them: 1,000 lines with every kind of outcome, a
/// pause and a settlement, and the signed checkpoint at their end.
struct ThousandReceipts {
  let folder: TemporaryFolder
  /// `receipts.jsonl` and the checkpoint.
  let receipts: URL
  let checkpoint: Checkpoint
  /// Without line feeds.
  let lines: [[UInt8]]

  init() async throws {
    folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 400, phones: 0)
    try await store.setState(.running, of: campaign, at: Sample.time(0))
    let claims = try await store.claimAll(in: campaign)
    _ = try await store.commit(
      claims.enumerated().map { index, claim in
        switch index % 20 {
        case 0..<4: .record(claim, Sample.deferred(until: 30))
        case 4: .record(claim, Sample.refused())
        case 5 where index < 300, 6 where index < 400: .record(claim, Sample.uncertain())
        default: .record(claim, Sample.accepted())
        }
      })
    try await store.setState(.paused, of: campaign, at: Sample.time(10))
    _ = try await store.resolve(
      in: campaign, customer: nil, as: .accepted, evidence: "the relay's log", at: Sample.time(20))
    try await store.setState(.running, of: campaign, at: Sample.time(25))
    _ = try await store.commit(
      try await store.claimAll(in: campaign, at: 30).map { .record($0, Sample.accepted(at: 31)) })
    try await store.setState(.completed, of: campaign, at: Sample.time(40))
    guard let record = try await store.campaigns().first else { throw HarnessError("the campaign is gone") }
    let file = try await ReceiptFile.complete(in: store.spool, campaign: record, from: store)
    let key = try ReceiptKey.load(from: store.spool) { [UInt8](repeating: 5, count: 32) }
    checkpoint = try await file.writeCheckpoint(at: Sample.time(41), signedWith: key)
    receipts = store.spool.receipts(of: "passwords")
    lines = try await store.receipts(of: campaign, after: 0, limit: 2_000).map(\.bytes)
  }

  /// `lines` written as the file.
  func write(_ lines: [[UInt8]]) throws {
    try Data(lines.joined(separator: [10]) + [10]).write(to: receipts.appendingPathComponent("receipts.jsonl"))
  }

  func verdict(on lines: [[UInt8]]) throws -> ReceiptVerifier.Verdict {
    try write(lines)
    return try ReceiptVerifier(folder: receipts).verify()
  }

  func removeCheckpoint() throws {
    for name in ["checkpoint.json", "checkpoint.sig", "receipts-public.pem"] {
      try FileManager.default.removeItem(at: receipts.appendingPathComponent(name))
    }
  }
}

extension ReceiptJudge {
  /// For each line the judge that has read everything before it.
  static func standings(before lines: [[UInt8]], checkpoint: Checkpoint?) throws -> [ReceiptJudge] {
    var judge = ReceiptJudge(checkpoint: checkpoint)
    return try lines.map { line in
      try judge.readLast()
      defer { try? judge.take(ReceiptLink(line)) }
      return judge
    }
  }

  /// What it says of a file that goes on with `changed` and then with `rest`; nil when nothing is wrong.
  func fault(in changed: [ReceiptLink], rest: ArraySlice<ReceiptLink>) -> BrokenReceipt? {
    var judge = self
    do throws(BrokenReceipt) {
      for link in changed { try judge.take(link) }
      for link in rest { try judge.take(link) }
      try judge.finish()
      return nil
    } catch {
      return error
    }
  }
}
