import Foundation
import Mail
import Queue

/// A queue folder that no other process may change, for as long as this value lives, and whose store is not opened yet.
///
/// Throws ``SpoolLockError`` when another process delivers from it, and ``StoreError/cannotWrite(path:cause:)`` when
/// the campaign's folder cannot take what a delivery writes: before anything is changed.
final class LockedSpool: Sendable {
  let location: CampaignLocation
  let lock: SpoolLock

  init(_ location: CampaignLocation, at now: Date) throws {
    self.location = location
    lock = try SpoolLock.take(location.spool, campaign: location.name, at: now)
    // Receipts are written there, after the store has changed.
    let folder = location.folder.path
    if access(folder, W_OK | X_OK) != 0, errno != ENOENT {
      throw StoreError.cannotWrite(path: folder, cause: String(cString: strerror(errno)))
    }
  }

  /// False when nothing was ever launched from the queue folder; opening the store would create one.
  var hasStore: Bool {
    var status = stat()
    return lstat(location.spool.database.path, &status) == 0
  }
}

/// A queue folder that this process alone may change, for as long as this value lives, with its store.
///
/// Fails as ``LockedSpool`` does, and with ``StoreError`` when the store cannot be opened: before anything is changed.
final class WritableSpool: Sendable {
  let location: CampaignLocation
  let store: any PurgeableStore
  private let locked: LockedSpool
  private let randomBytes: @Sendable (Int) -> [UInt8]

  /// Creates the store where there is none.
  init(_ locked: LockedSpool, _ dependencies: Dependencies) throws {
    location = locked.location
    self.locked = locked
    randomBytes = dependencies.randomBytes
    store = try dependencies.stores.open(queue: locked.location.queue, access: .owner, lock: locked.lock)
  }

  convenience init(_ location: CampaignLocation, _ dependencies: Dependencies) throws {
    try self.init(LockedSpool(location, at: dependencies.now), dependencies)
  }

  /// The receipts on disk, completed from the store.
  func openReceipts(of record: CampaignRecord) async throws -> ReceiptFile {
    try await ReceiptFile.complete(in: location.spool, campaign: record, from: store, lock: locked.lock)
  }

  /// Signs a checkpoint over the receipts written so far.
  func sign(_ receipts: ReceiptFile, at now: Date) async throws {
    let (spool, randomBytes) = (location.spool, randomBytes)
    try await receipts.writeCheckpoint(at: now, signedWith: try ReceiptKey.load(from: spool) { randomBytes(32) })
  }

  /// Completes the receipts on disk and signs them.
  func writeReceipts(of record: CampaignRecord, at now: Date) async throws {
    try await sign(openReceipts(of: record), at: now)
  }
}
