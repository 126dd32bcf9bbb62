import Foundation

/// What a path leads to: device and number of the file, which every spelling of its path and every link to it share.
public struct FileIdentity: Sendable, Hashable {
  private let device: UInt64
  private let number: UInt64

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }

  /// The file or folder at the end of all links; nil when there is none, or it cannot be looked at.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// What has the name itself: a symbolic link is not followed.
  init?(unfollowed path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }
}

/// A path as it was given, and what is there.
public struct FilePlace: Sendable {
  public enum Kind: Sendable, Hashable {
    case nothing, folder, link
    /// With its size in bytes.
    case file(Int)
    /// A device, a named pipe, a socket.
    case stream
  }

  public let path: String
  /// `link` is a symbolic link that leads nowhere; every other one is followed.
  public let kind: Kind
  public let identity: FileIdentity?
  /// The path without links and dots, as far as it exists: that of the folder with the name added.
  public let canonicalPath: String

  public init(_ path: String) {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    self.path = url.path
    var status = stat()
    identity = FileIdentity(url.path)
    if stat(url.path, &status) == 0 {
      kind =
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file(Int(status.st_size))
        case S_IFDIR: .folder
        default: .stream
        }
    } else {
      kind = lstat(url.path, &status) == 0 ? .link : .nothing
    }
    let folder = Self.canonical(url.deletingLastPathComponent().path)
    canonicalPath = Self.canonical(url.path) ?? folder.map { "\($0)/\(url.lastPathComponent)" } ?? url.path
  }

  private static func canonical(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}
