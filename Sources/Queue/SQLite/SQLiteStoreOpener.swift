public import Foundation

/// Opens the ``SQLiteStore`` of a queue folder.
public struct SQLiteStoreOpener: StoreOpener {
  public init() {}

  public func open(
    queue folder: URL, access: StoreAccess, lock: SpoolLock?
  ) throws(StoreError) -> any PurgeableStore {
    try SQLiteStore.open(spool: folder, access: access, lock: lock)
  }

  public func prepare(queue folder: URL) throws(StoreError) -> PreparedQueue? { nil }
}
