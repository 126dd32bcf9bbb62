import Foundation
import Queue

/// A spool that this process alone may change, for as long as this value lives.
///
/// Throws ``SpoolLockError`` when another process delivers from it, and ``StoreError/cannotWrite(path:cause:)`` when the
/// spool or the campaign's folder cannot take what a delivery writes: before anything is changed.
final class OwnedSpool: Sendable {
  let spool: Spool
  let store: SQLiteStore
  private let lock: SpoolLock

  init(folder: URL, campaign: String) throws {
    spool = Spool(folder: folder)
    lock = try SpoolLock.take(spool, campaign: campaign, at: Date())
    // Receipts are written there, after the store has changed.
    let receipts = spool.campaign(campaign)
    if access(receipts.path, W_OK | X_OK) != 0, errno != ENOENT {
      throw StoreError.cannotWrite(path: receipts.path, cause: String(cString: strerror(errno)))
    }
    store = try SQLiteStore.open(spool: folder, access: .owner, lock: lock)
  }

  convenience init(_ options: CampaignOptions) throws {
    try self.init(folder: options.spool.folder, campaign: options.campaign)
  }

  /// The receipts on disk, completed from the store.
  func openReceipts(of record: CampaignRecord) async throws -> ReceiptFile {
    try await ReceiptFile.complete(in: spool, campaign: record, from: store, lock: lock)
  }

  /// Signs how far the receipts reach.
  func sign(_ receipts: ReceiptFile, at now: Date) async throws {
    let spool = spool
    try await receipts.writeCheckpoint(
      at: now, signedWith: try ReceiptKey.load(from: spool) { SecureRandom.bytes(32) })
  }

  /// Completes the receipts on disk and signs them.
  func writeReceipts(of record: CampaignRecord, at now: Date) async throws {
    try await sign(openReceipts(of: record), at: now)
  }
}
