public import Foundation

/// A private file without a name, for this process alone. It has one for a moment, while it is still empty.
///
/// Fails with ``FileError`` about the folder it is in.
public final class NamelessFile: Sendable {
  /// The path of the folder, for errors.
  public let path: String
  private let descriptor: Int32
  private let file: RandomAccessFile

  public init(in folder: URL) throws(FileError) {
    path = folder.path
    var name = Array("\(path)/.plan-XXXXXX".utf8CString)
    // mkstemp creates the file with mode 0600.
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
    file = RandomAccessFile(owning: descriptor, path: path)
    guard unlink(&name) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw .cannotWrite(path, errno) }
  }

  public func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written, off_t(offset + written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .cannotWrite(path, count < 0 ? errno : ENOSPC) }
      written += count
    }
  }

  /// Up to `count` bytes; fewer at the end of the file.
  public func read(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    try file.read(count, at: offset, into: &bytes)
    return bytes
  }
}
