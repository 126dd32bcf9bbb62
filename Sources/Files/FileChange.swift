import Foundation

/// A file as it was at one moment: two that are the same have the same contents, as far as the kernel knows.
///
/// Goes by the time of the last change of contents, name or rights, which is the kernel's and cannot be set.
public struct FileChange: Sendable, Hashable {
  private let path: String
  private let identity: FileIdentity
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// Nil when there is no file, or it cannot be looked at.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, let identity = FileIdentity(path) else { return nil }
    (self.path, self.identity, size) = (path, identity, Int(status.st_size))
    (seconds, nanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
  }
}
