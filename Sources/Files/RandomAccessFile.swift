public import Foundation

/// A regular file that is open for reading at any offset: the one way in which files of others are opened, so that
/// nothing waits for a pipe's writer or reads a device without end.
///
/// The same file is read to the end even when another one takes its name meanwhile; ``stamp()`` detects a change of its
/// contents. Safe to use from any thread.
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

  /// Another descriptor of the open file, for a C library that reads from it; whoever takes it closes it.
  public func duplicate() throws(FileError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .cannotRead(path, errno) }
    return copy
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

  /// The whole of the regular file at `path`, of at most `limit` bytes.
  public static func contents(of path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
    try RandomAccessFile(path: path).contents(atMost: limit)
  }

  /// The whole file; fails with ``FileError/Cause/tooLarge`` when it has more than `limit` bytes.
  public func contents(atMost limit: Int) throws(FileError) -> [UInt8] {
    var buffer: [UInt8] = []
    try read(limit + 1, at: 0, into: &buffer)
    guard buffer.count <= limit else { throw FileError(.read, path, .tooLarge(limit: limit)) }
    return buffer
  }

  /// Calls `body` for each line without its line feed, with memory for one line and one piece; `isWhole` is false for a
  /// last line that has no line feed.
  ///
  /// - Parameters:
  ///   - longest: A line of more bytes fails with ``FileError/Cause/lineTooLong(_:limit:)``, before it is read to its end.
  ///   - start: Where the first line begins.
  public func forEachLine(
    longest: Int, from start: Int = 0, _ body: (_ line: [UInt8], _ isWhole: Bool) throws -> Void
  ) throws {
    var rest: [UInt8] = []
    var number = 0
    var offset = start
    var piece: [UInt8] = []
    func take(_ line: [UInt8], isWhole: Bool) throws {
      guard line.count <= longest else { throw FileError(.read, path, .lineTooLong(number, limit: longest)) }
      try body(line, isWhole)
    }
    while true {
      try read(1 << 18, at: offset, into: &piece)
      if piece.isEmpty { break }
      offset += piece.count
      var start = 0
      while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
        number += 1
        if rest.isEmpty {
          try take(Array(piece[start..<end]), isWhole: true)
        } else {
          rest += piece[start..<end]
          try take(rest, isWhole: true)
          rest.removeAll(keepingCapacity: true)
        }
        start = end + 1
      }
      rest += piece[start...]
      guard rest.count <= longest else { throw FileError(.read, path, .lineTooLong(number + 1, limit: longest)) }
    }
    if !rest.isEmpty {
      number += 1
      try take(rest, isWhole: false)
    }
  }
}
