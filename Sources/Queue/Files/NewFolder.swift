public import Foundation
import Mail

/// A folder of files that appears under its name whole, durable and at once, or not at all.
///
/// Owns `.NAME.unfinished` beside it until ``finish()`` or ``discard()``. Folders are 0700 and files 0600 unless said
/// otherwise. Fails with ``StoreError``; one whose name is taken is never begun.
public struct NewFolder {
  public let destination: URL
  /// Where the files are until it is finished.
  public let unfinished: URL
  private var digests: [String: SHA256Digest] = [:]

  public init(_ destination: URL) throws {
    self.destination = destination
    var status = stat()
    guard lstat(destination.path, &status) != 0 else {
      throw StoreError.cannotWrite(
        path: destination.path, cause: "it exists already, and nothing was written; name a new folder")
    }
    unfinished = destination.deletingLastPathComponent()
      .appendingPathComponent(".\(destination.lastPathComponent).unfinished", isDirectory: true)
    // One that a crash has left behind.
    try? FileManager.default.removeItem(at: unfinished)
    try Spool.makePrivateFolder(unfinished)
  }

  /// `name` may have folders in it.
  public mutating func add(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws {
    let file = unfinished.appendingPathComponent(name)
    try Spool.makePrivateFolder(file.deletingLastPathComponent())
    try DurableFile.writeNew(file, bytes)
    guard chmod(file.path, mode) == 0 else { throw StoreError.cannotWrite(path: file.path, errno: errno) }
    digests[name] = SHA256.digest(of: bytes)
  }

  /// The whole lines of `source`, with constant memory: the last one may be in the middle of being written.
  public mutating func addLines(of source: URL, as name: String) throws {
    let file = unfinished.appendingPathComponent(name)
    let path = file.path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw StoreError.cannotWrite(path: path, errno: errno) }
    defer { close(descriptor) }
    var hash = SHA256Stream()
    var buffer: [UInt8] = []
    func write() throws {
      hash.update(buffer)
      try DurableFile.writeAll(buffer, to: descriptor, path: path)
      buffer.removeAll(keepingCapacity: true)
    }
    try ReceiptReader(file: source).forEachLine { line, isWhole in
      guard isWhole else { return }
      buffer += line
      buffer.append(UInt8(ascii: "\n"))
      if buffer.count >= 1 << 18 { try write() }
    }
    try write()
    guard fsync(descriptor) == 0 else { throw StoreError.cannotWrite(path: path, errno: errno) }
    digests[name] = hash.finish()
  }

  /// What `sha256sum -c` checks: a line for each file so far.
  public var checksums: String { digests.sorted { $0.key < $1.key }.map { "\($1.hex)  \($0)\n" }.joined() }

  /// Gives the folder its name.
  public func finish() throws {
    let names = FileManager.default.enumerator(atPath: unfinished.path)?.compactMap { $0 as? String } ?? []
    for name in names {
      var isFolder: ObjCBool = false
      let path = unfinished.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder), isFolder.boolValue {
        try DurableFile.syncFolder(path)
      }
    }
    try DurableFile.syncFolder(unfinished)
    try DurableFile.rename(unfinished, to: destination)
    do {
      try DurableFile.syncFolder(destination.deletingLastPathComponent())
    } catch {
      // Its name may not last: so it has none, and the next try finds the place free.
      try? DurableFile.rename(destination, to: unfinished)
      throw error
    }
  }

  /// Nothing is left of it.
  public func discard() { try? FileManager.default.removeItem(at: unfinished) }
}
