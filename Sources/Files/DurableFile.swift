import FaultPoints
public import Foundation

/// Small files that are complete or absent, even after a power cut: temporary file, fsync, rename, fsync of the folder.
///
/// Files are 0600 whatever the umask. Fails with ``FileError``; a failed fsync is never retried; the file is left as it
/// was before.
public enum DurableFile {
  public static func replace(_ file: URL, with bytes: [UInt8]) throws(FileError) {
    let temporary = file.deletingLastPathComponent().appendingPathComponent(file.lastPathComponent + ".new")
    try writeNew(temporary, bytes)
    FaultPoint.replacementWritten.reached()
    try rename(temporary, to: file)
    try syncFolder(file.deletingLastPathComponent())
  }

  /// Writes and fsyncs a file, replacing one of that name; the folder is not yet synced.
  public static func writeNew(_ file: URL, _ bytes: [UInt8]) throws(FileError) {
    let path = file.path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw .cannotWrite(path, errno) }
    try writeAll(bytes, to: descriptor, path: path)
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path, errno) }
  }

  public static func rename(_ file: URL, to target: URL) throws(FileError) {
    guard Foundation.rename(file.path, target.path) == 0 else { throw .cannotWrite(target.path, errno) }
  }

  public static func syncFolder(_ folder: URL) throws(FileError) {
    let path = folder.path
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .cannotWrite(path, errno) }
  }

  public static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
      if written < 0 {
        if errno == EINTR { continue }
        throw .cannotWrite(path, errno)
      }
      offset += written
    }
  }

  /// What a file that the program writes itself, apart from receipts and databases, is smaller than.
  public static let largestSmallFile = 1 << 20

  /// The whole file, of at most ``largestSmallFile`` bytes; nil when there is none.
  public static func read(_ file: URL) throws(FileError) -> [UInt8]? {
    do throws(FileError) {
      return try RandomAccessFile.contents(of: file.path, atMost: largestSmallFile)
    } catch {
      if error.cause == .system(ENOENT) { return nil }
      throw error
    }
  }

  /// At most `limit` bytes from the descriptor's position; nil at the end.
  public static func readPiece(_ descriptor: Int32, _ limit: Int, path: String) throws(FileError) -> [UInt8]? {
    var failure: Int32 = 0
    let piece = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var got = Foundation.read(descriptor, buffer.baseAddress, limit)
      while got < 0, errno == EINTR { got = Foundation.read(descriptor, buffer.baseAddress, limit) }
      if got < 0 { failure = errno }
      count = max(got, 0)
    }
    guard failure == 0 else { throw .cannotRead(path, failure) }
    return piece.isEmpty ? nil : piece
  }
}

/// A small file for its owner alone (0600) that appears under its name complete, durable and at once, or not at all.
///
/// It never replaces anything. It fails with ``FileError``, and leaves nothing behind then.
public enum NewPrivateFile {
  public static func write(_ bytes: [UInt8], to file: URL) throws(FileError) {
    let folder = file.deletingLastPathComponent()
    let (descriptor, unfinished) = try UnfinishedFile.make(
      folder.appendingPathComponent(".\(file.lastPathComponent).unfinished").path, for: file.path)
    defer {
      unlink(unfinished)
      close(descriptor)
    }
    try DurableFile.writeAll(bytes, to: descriptor, path: file.path)
    guard fsync(descriptor) == 0 else { throw .cannotWrite(file.path, errno) }
    try name(unfinished, file.path)
    try DurableFile.syncFolder(folder)
  }

  /// Gives a file its name, which must be free: a rename would replace a file that has taken the name meanwhile.
  static func name(_ unfinished: String, _ path: String) throws(FileError) {
    guard link(unfinished, path) == 0 else {
      throw errno == EEXIST ? FileError(.write, path, .exists) : .cannotWrite(path, errno)
    }
    unlink(unfinished)
  }
}
