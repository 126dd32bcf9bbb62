public import Foundation

/// Where everything lies in a spool folder, and with what modes.
///
/// Promises: folders made here are 0700 and files 0600 whatever the umask; what exists is only ever tightened.
/// Fails with ``StoreError/cannotWrite(path:cause:)``. `Queue/README.md` describes the same layout for people.
public struct Spool: Sendable, Hashable {
  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  public var database: URL { folder.appendingPathComponent("queue.sqlite") }
  public var lock: URL { folder.appendingPathComponent("deliver.lock") }
  public var keys: URL { folder.appendingPathComponent("keys", isDirectory: true) }

  public func campaign(_ name: String) -> URL { folder.appendingPathComponent(name, isDirectory: true) }

  public func receipts(of campaign: String) -> URL {
    self.campaign(campaign).appendingPathComponent("receipts", isDirectory: true)
  }

  /// Makes the folder and those above it when they are missing; takes group's and others' rights away when it is ours.
  static func makePrivateFolder(_ folder: URL) throws(StoreError) {
    let path = folder.path
    if mkdir(path, 0o700) == 0 {
      guard chmod(path, 0o700) == 0 else { throw .cannotWrite(path: path, errno: errno) }
      try DurableFile.syncFolder(folder.deletingLastPathComponent())
      return
    }
    switch errno {
    case EEXIST:
      var status = stat()
      guard stat(path, &status) == 0 else { throw .cannotWrite(path: path, errno: errno) }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .cannotWrite(path: path, cause: "it is not a folder")
      }
      if status.st_mode & 0o077 != 0, status.st_uid == geteuid() {
        guard chmod(path, status.st_mode & 0o700) == 0 else { throw .cannotWrite(path: path, errno: errno) }
      }
    case ENOENT where folder.pathComponents.count > 1:
      let parent = folder.deletingLastPathComponent()
      var status = stat()
      guard stat(parent.path, &status) != 0 else { throw .cannotWrite(path: path, errno: ENOENT) }
      try makePrivateFolder(parent)
      try makePrivateFolder(folder)
    default:
      throw .cannotWrite(path: path, errno: errno)
    }
  }
}

extension StoreError {
  static let readingAdvice = "see to the disk and to this user's rights there, then run the command again"

  /// The system's words for `errno`.
  static func cannotWrite(path: String, errno code: Int32) -> StoreError {
    .cannotWrite(path: path, cause: String(cString: strerror(code)))
  }

  static func cannotRead(path: String, errno code: Int32) -> StoreError {
    .cannotRead(path: path, cause: "\(String(cString: strerror(code))); \(readingAdvice)")
  }
}
