public import Foundation

/// For what a store is opened.
public enum StoreAccess: Sendable, Hashable {
  /// To deliver: everything. One process at a time, by the spool's lock.
  case owner
  /// To read, beside an owner or without one.
  case reader
  /// To leave a request for the owner, and nothing else.
  case control
}

/// Opens the store of a queue folder: what knows which kind of store there is.
///
/// An owner makes what is missing and converts what is old. Throws ``StoreError/noSpool(path:)`` (not for an owner),
/// ``StoreError/olderVersion(path:found:known:)`` (not for an owner) and what else keeps a store from being opened.
public protocol StoreOpener: Sendable {
  func open(queue folder: URL, access: StoreAccess, lock: SpoolLock?) throws(StoreError) -> any PurgeableStore
}
