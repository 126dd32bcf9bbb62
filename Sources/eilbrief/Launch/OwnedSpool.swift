import Foundation
import Queue

/// A spool that this process alone may change, for as long as this value lives.
///
/// Fails as ``HeldSpool`` does, and with ``StoreError`` when the store cannot be opened: before anything is changed.
final class OwnedSpool: Sendable {
  let spool: Spool
  let store: SQLiteStore
  private let held: HeldSpool

  /// Makes the store where there is none.
  init(_ held: HeldSpool) throws {
    spool = held.spool
    self.held = held
    store = try SQLiteStore.open(spool: held.spool.folder, access: .owner, lock: held.lock)
  }

  convenience init(folder: URL, campaign: String) throws {
    try self.init(HeldSpool(folder: folder, campaign: campaign))
  }

  convenience init(_ options: CampaignOptions) throws {
    try self.init(folder: options.spool.folder, campaign: options.campaign)
  }

  /// The receipts on disk, completed from the store.
  func openReceipts(of record: CampaignRecord) async throws -> ReceiptFile {
    try await ReceiptFile.complete(in: spool, campaign: record, from: store, lock: held.lock)
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
