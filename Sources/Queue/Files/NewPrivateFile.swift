public import Foundation

/// A small file for its owner alone (0600) that appears under its name whole, durable and at once, or not at all.
///
/// Never replaces anything. Fails with ``StoreError/cannotWrite(path:cause:)``, and leaves nothing behind then.
public enum NewPrivateFile {
  public static func write(_ bytes: [UInt8], to file: URL) throws(StoreError) {
    let folder = file.deletingLastPathComponent()
    let unfinished = folder.appendingPathComponent(".\(file.lastPathComponent).unfinished")
    defer { unlink(unfinished.path) }
    try DurableFile.writeNew(unfinished, bytes)
    // A rename would replace a file that has taken the name meanwhile.
    guard link(unfinished.path, file.path) == 0 else { throw .cannotWrite(path: file.path, errno: errno) }
    try DurableFile.syncFolder(folder)
  }
}
