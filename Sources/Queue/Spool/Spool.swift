import Campaigns
import Files
public import Foundation

/// The places of everything in a spool folder, and their modes.
///
/// Promises: folders are 0700 and files 0600 whatever the umask; what exists is only ever tightened.
/// Fails with ``StoreError/cannotWrite(path:cause:)``. `Queue/README.md` describes the same layout for people.
public struct Spool: Sendable, Hashable {
  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  public var database: URL { folder.appendingPathComponent("queue.sqlite") }
  /// Something was launched from the folder, or its queue is in a database: opening the store makes nothing that is of no
  /// use.
  public var hasStore: Bool {
    var status = stat()
    return lstat(database.path, &status) == 0 || isShared
  }

  /// Its queue is a database, from which other machines deliver too.
  public var isShared: Bool {
    var status = stat()
    return lstat(folder.appendingPathComponent(QueueFile.name).path, &status) == 0
  }

  public var lock: URL { folder.appendingPathComponent("deliver.lock") }

  /// The file of a lock. No campaign's name has a dot.
  func file(of part: SpoolLock.Part) -> URL {
    switch part {
    case .delivery: lock
    case .campaign(let name): folder.appendingPathComponent("deliver.\(name).lock")
    case .guest: folder.appendingPathComponent("guest.lock")
    case .worker: folder.appendingPathComponent("worker.lock")
    }
  }

  public var keys: URL { folder.appendingPathComponent("keys", isDirectory: true) }

  public func campaign(_ name: String) -> URL { folder.appendingPathComponent(name, isDirectory: true) }

  public func receipts(of campaign: String) -> URL {
    self.campaign(campaign).appendingPathComponent("receipts", isDirectory: true)
  }

  /// ``PrivateFolder/make(_:)``, failing as the store does.
  static func makePrivateFolder(_ folder: URL) throws(StoreError) {
    try StoreError.mapping { () throws(FileError) in try PrivateFolder.make(folder) }
  }

  /// Runs the body unless a guest may write meanwhile; none begins before it has ended.
  func withoutGuests(_ body: () throws -> Void) rethrows {
    let descriptor = open(file(of: .guest).path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    // There was never one.
    guard descriptor >= 0 else { return try body() }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
    try body()
  }
}
