import FaultPoints
import Foundation

/// Small files that are whole or absent, also after a power cut: temporary file, fsync, rename, fsync of the folder.
///
/// Files are 0600 whatever the umask. Fails with ``StoreError/cannotWrite(path:cause:)``; a failed fsync is never tried
/// again, the file is left as it was before.
enum DurableFile {
  static func replace(_ file: URL, with bytes: [UInt8]) throws(StoreError) {
    let temporary = file.deletingLastPathComponent().appendingPathComponent(file.lastPathComponent + ".new")
    try writeNew(temporary, bytes)
    FaultPoint.replacementWritten.reached()
    try rename(temporary, to: file)
    try syncFolder(file.deletingLastPathComponent())
  }

  /// Writes and fsyncs a file, replacing one of that name; the folder is not yet synced.
  static func writeNew(_ file: URL, _ bytes: [UInt8]) throws(StoreError) {
    let path = file.path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, errno: errno) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw .cannotWrite(path: path, errno: errno) }
    try writeAll(bytes, to: descriptor, path: path)
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, errno: errno) }
  }

  static func rename(_ file: URL, to target: URL) throws(StoreError) {
    guard Foundation.rename(file.path, target.path) == 0 else { throw .cannotWrite(path: target.path, errno: errno) }
  }

  static func syncFolder(_ folder: URL) throws(StoreError) {
    let path = folder.path
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, errno: errno) }
  }

  static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(StoreError) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
      if written < 0 {
        if errno == EINTR { continue }
        throw .cannotWrite(path: path, errno: errno)
      }
      offset += written
    }
  }

  /// The whole file; nil when there is none. For small files only.
  static func read(_ file: URL) throws(StoreError) -> [UInt8]? {
    let path = file.path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .cannotRead(path: path, errno: errno)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while let piece = try readPiece(descriptor, 65536, path: path) { bytes += piece }
    return bytes
  }

  /// At most `limit` bytes from where the descriptor stands; nil at the end.
  static func readPiece(_ descriptor: Int32, _ limit: Int, path: String) throws(StoreError) -> [UInt8]? {
    var failure: Int32 = 0
    let piece = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var got = Foundation.read(descriptor, buffer.baseAddress, limit)
      while got < 0, errno == EINTR { got = Foundation.read(descriptor, buffer.baseAddress, limit) }
      if got < 0 { failure = errno }
      count = max(got, 0)
    }
    guard failure == 0 else { throw .cannotRead(path: path, errno: failure) }
    return piece.isEmpty ? nil : piece
  }
}
