import Foundation
import Queue

/// A spool that no other process may change, for as long as this value lives, and whose store is not opened yet.
///
/// Throws ``SpoolLockError`` when another process delivers from it, and ``StoreError/cannotWrite(path:cause:)`` when the
/// campaign's folder cannot take what a delivery writes: before anything is changed.
final class HeldSpool: Sendable {
  let spool: Spool
  let lock: SpoolLock

  init(folder: URL, campaign: String) throws {
    spool = Spool(folder: folder)
    lock = try SpoolLock.take(spool, campaign: campaign, at: Date())
    // Receipts are written there, after the store has changed.
    let receipts = spool.campaign(campaign)
    if access(receipts.path, W_OK | X_OK) != 0, errno != ENOENT {
      throw StoreError.cannotWrite(path: receipts.path, cause: String(cString: strerror(errno)))
    }
  }

  convenience init(_ options: CampaignOptions) throws {
    try self.init(folder: options.spool.folder, campaign: options.campaign)
  }

  /// False when nothing was ever launched from it; opening the store would make one.
  var hasStore: Bool {
    var status = stat()
    return lstat(spool.database.path, &status) == 0
  }
}
