import Delivery
import Foundation
import Mail
import Queue

/// A queue folder, or one campaign of it, that no other process may change for as long as this value lives, and whose
/// store is not opened yet.
///
/// Where a worker delivers other campaigns, an operation that is no delivery itself may change a campaign beside it, as a
/// guest. Throws ``SpoolLockError`` when another process delivers from the folder, or has the campaign, and
/// ``StoreError/cannotWrite(path:cause:)`` when the campaign's folder cannot take what a delivery writes: before anything
/// is changed.
final class LockedSpool: Sendable {
  let location: CampaignLocation
  let lock: SpoolLock
  /// Held by a guest beside the campaign's lock.
  private let guest: SpoolLock?
  /// The campaign's lock, of a launch beside that of the folder: its file tells how the launch ended.
  private let launch: SpoolLock?

  /// - Parameters:
  ///   - besideWorker: Whether it may be a guest.
  ///   - isLaunch: The campaign is delivered, or handed over to a worker.
  init(
    _ location: CampaignLocation, at now: Date, besideWorker: Bool = false, isLaunch: Bool = false
  ) throws {
    self.location = location
    let (spool, name) = (location.spool, location.name)
    let alone: SpoolLock?
    do throws(SpoolLockError) {
      alone = try SpoolLock.take(spool, campaign: name, at: now)
    } catch {
      guard besideWorker, case .held(let holder) = error, holder.isWorker else { throw error }
      alone = nil
    }
    if let alone {
      (lock, guest) = (alone, nil)
      // One that began beside a worker which has ended since.
      try Self.patiently { if let other = SpoolLock.holder(of: spool, .guest) { throw SpoolLockError.held(other) } }
      launch = isLaunch ? try SpoolLock.takeOver(spool, .campaign(name), campaign: name, at: now) : nil
    } else {
      launch = nil
      guest = try Self.patiently { try SpoolLock.take(spool, .guest, campaign: name, at: now) }
      lock = try SpoolLock.take(spool, .campaign(name), campaign: name, at: now)
      // Another process may deliver alone by now, which has seen no guest.
      if let other = SpoolLock.holder(of: spool), !other.isWorker { throw SpoolLockError.held(other) }
    }
    try Self.requireWritable(location)
  }

  /// A campaign of a worker, which has the queue folder.
  init(_ location: CampaignLocation, ofWorkerAt now: Date) throws {
    self.location = location
    (guest, launch) = (nil, nil)
    lock = try SpoolLock.take(location.spool, .campaign(location.name), campaign: location.name, at: now)
    try Self.requireWritable(location)
  }

  var isGuest: Bool { guest != nil }

  /// Receipts are written there, after the store has changed.
  private static func requireWritable(_ location: CampaignLocation) throws {
    let folder = location.folder.path
    if access(folder, W_OK | X_OK) != 0, errno != ENOENT {
      throw StoreError.cannotWrite(path: folder, cause: String(cString: strerror(errno)))
    }
  }

  /// Guests are done in a moment; only the freezing of a large plan takes longer.
  private static func patiently<T>(_ body: () throws -> T) throws -> T {
    var attempts = 100
    while true {
      do {
        return try body()
      } catch let error as SpoolLockError {
        attempts -= 1
        guard case .held = error, attempts > 0 else { throw error }
        usleep(100_000)
      }
    }
  }

  /// False when nothing was ever launched from the queue folder; opening the store would create one.
  var hasStore: Bool { location.spool.hasStore }
}

/// A queue folder, or one campaign of it, that this process alone may change for as long as this value lives, with its
/// store.
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
    store = try dependencies.stores.open(
      queue: locked.location.queue, access: locked.isGuest ? .guest : .owner, lock: locked.lock)
  }

  convenience init(_ location: CampaignLocation, besideWorker: Bool = false, _ dependencies: Dependencies) throws {
    try self.init(LockedSpool(location, at: dependencies.now, besideWorker: besideWorker), dependencies)
  }

  /// A campaign in the store that a worker has opened for all its campaigns.
  init(_ location: CampaignLocation, in shared: SharedSpool, _ dependencies: Dependencies) throws {
    self.location = location
    locked = try LockedSpool(location, ofWorkerAt: dependencies.now)
    store = shared.store
    randomBytes = dependencies.randomBytes
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

/// A queue folder that a worker delivers from: its lock and its store, for all campaigns that it delivers at the same time.
final class SharedSpool: Sendable {
  let limiters = SharedLimiters()
  let store: any PurgeableStore
  private let lock: SpoolLock

  /// Fails with ``SpoolLockError`` while another process delivers, and with ``StoreError``.
  init(_ queue: URL, _ dependencies: Dependencies) throws {
    let spool = Spool(folder: queue)
    lock = try SpoolLock.take(spool, campaign: "", at: dependencies.now)
    // Makes the file: a guest is seen from the first one on. One that is there now has the campaign's lock too.
    do throws(SpoolLockError) {
      _ = try SpoolLock.take(spool, .guest, campaign: "", at: dependencies.now)
    } catch {
      guard case .held = error else { throw error }
    }
    store = try dependencies.stores.open(queue: queue, access: .owner, lock: lock)
  }
}
