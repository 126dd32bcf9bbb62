public import Foundation

/// A folder of files that appears under its name complete, durable and at once, or not at all.
///
/// Owns `.NAME.unfinished` next to it until ``finish()`` or ``discard()``. Folders are 0700 and files 0600 unless said
/// otherwise. Fails with ``FileError``; a folder whose name is taken is never begun. What a crash has left of an earlier
/// one is removed; something else of that name is not ours, and is an error.
public struct NewFolder: Sendable {
  public let destination: URL
  /// The place of the files until the folder is finished.
  public let unfinished: URL
  /// `.NAME.unfinished`; it holds the folder alone, under its own name, by which it is known after a crash.
  private let outer: URL

  public init(_ destination: URL) throws(FileError) {
    self.destination = destination
    var status = stat()
    guard lstat(destination.path, &status) != 0 else {
      throw FileError(.write, destination.path, .exists)
    }
    let name = destination.lastPathComponent
    outer = destination.deletingLastPathComponent().appendingPathComponent(".\(name).unfinished", isDirectory: true)
    unfinished = outer.appendingPathComponent(name, isDirectory: true)
    if lstat(outer.path, &status) == 0 {
      guard Self.isLeftover(outer, status, of: name) else {
        throw FileError(.write, outer.path, .other("it is in the way, and not of eilbrief's making"))
      }
      try? FileManager.default.removeItem(at: outer)
    }
    try PrivateFolder.make(unfinished)
  }

  /// True for what a crash has left: a folder of this user that holds nothing but the unfinished one.
  private static func isLeftover(_ folder: URL, _ status: stat, of name: String) -> Bool {
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else { return false }
    return (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.allSatisfy { $0 == name } ?? false
  }

  /// Makes a folder of these files, by their paths in it.
  public static func write(_ files: [(path: String, bytes: [UInt8])], to destination: URL) throws(FileError) {
    let folder = try NewFolder(destination)
    do throws(FileError) {
      for file in files { try folder.add(file.path, file.bytes) }
      try folder.finish()
    } catch {
      folder.discard()
      throw error
    }
  }

  /// Writes a file; `name` may have folders in it.
  public func add(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws(FileError) {
    let file = unfinished.appendingPathComponent(name)
    try PrivateFolder.make(file.deletingLastPathComponent())
    try DurableFile.writeNew(file, bytes)
    guard chmod(file.path, mode) == 0 else { throw .cannotWrite(file.path, errno) }
  }

  /// Writes a file piece by piece, with constant memory: `body` gets the function that writes.
  public func add(_ name: String, writing body: (_ write: ([UInt8]) throws -> Void) throws -> Void) throws {
    let path = unfinished.appendingPathComponent(name).path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError.cannotWrite(path, errno) }
    defer { close(descriptor) }
    try body { bytes in try DurableFile.writeAll(bytes, to: descriptor, path: path) }
    guard fsync(descriptor) == 0 else { throw FileError.cannotWrite(path, errno) }
  }

  /// Gives the folder its name.
  public func finish() throws(FileError) {
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
    do throws(FileError) {
      try DurableFile.syncFolder(destination.deletingLastPathComponent())
    } catch {
      // Its name may not survive, so it is taken back, and the next try finds the place free.
      try? DurableFile.rename(destination, to: unfinished)
      throw error
    }
    rmdir(outer.path)
  }

  /// Removes the unfinished folder with everything in it.
  public func discard() { try? FileManager.default.removeItem(at: outer) }
}
