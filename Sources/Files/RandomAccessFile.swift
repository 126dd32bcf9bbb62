public import Foundation

/// A regular file that is open for reading at any offset. The same file is read to the end even when another one takes
/// its name meanwhile; ``stamp()`` detects a change of its contents. Safe to use from any thread.
///
/// Fails with ``FileError``: the file is missing, not a regular file, may not be read, or the disk fails.
public final class RandomAccessFile: Sendable {
  /// Size and time of the last change.
  public struct Stamp: Sendable, Hashable {
    public let size: Int
    public let seconds: Int
    public let nanoseconds: Int
  }
  private let descriptor: Int32
  public let path: String

  public convenience init(_ url: URL) throws(FileError) { try self.init(path: url.path(percentEncoded: false)) }

  /// - Parameter followingLink: False when a symbolic link at `path` is an error (`ELOOP`).
  public init(path: String, followingLink: Bool = true) throws(FileError) {
    // Without O_NONBLOCK opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLink ? 0 : O_NOFOLLOW))
    guard descriptor >= 0 else { throw .cannotRead(path, errno) }
    self.path = path
    self.descriptor = descriptor
    guard try status().st_mode & S_IFMT == S_IFREG else { throw FileError(.read, path, .notRegular) }
  }

  /// Takes over a regular file that is open; `path` is what errors name.
  public init(owning descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  private func status() throws(FileError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path, errno) }
    return status
  }

  /// The permission bits.
  public func mode() throws(FileError) -> Int { Int(try status().st_mode) & 0o7777 }

  public func stamp() throws(FileError) -> Stamp {
    let status = try status()
    return Stamp(size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  /// Reads up to `count` bytes from `offset` into `buffer`, which then holds exactly these; it is empty at the end of
  /// the file.
  public func read(_ count: Int, at offset: Int, into buffer: inout [UInt8]) throws(FileError) {
    var problem: Int32 = 0
    let descriptor = descriptor
    buffer = [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      filled = 0
      while filled < count {
        let got = pread(descriptor, bytes.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { problem = errno }
        if got <= 0 { break }
        filled += got
      }
    }
    guard problem == 0 else { throw .cannotRead(path, problem) }
  }

  /// The whole file; fails with ``FileError/Cause/tooLarge`` when it has more than `limit` bytes.
  public func contents(atMost limit: Int) throws(FileError) -> [UInt8] {
    var buffer: [UInt8] = []
    try read(limit + 1, at: 0, into: &buffer)
    guard buffer.count <= limit else { throw FileError(.read, path, .tooLarge) }
    return buffer
  }
}
