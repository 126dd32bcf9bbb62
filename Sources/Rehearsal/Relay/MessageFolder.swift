import Foundation
import Glibc

/// A folder with one `.eml` file per message, named by a running number.
///
/// Files are made with mode 0600, the folder with 0700. Nothing is overwritten: numbering continues after the highest
/// number found, and a file that is there all the same is an error. Files are not fsynced: a rehearsal need not survive
/// a power cut, and a few kilobytes into the page cache do not delay the event loop noticeably.
struct MessageFolder: Sendable {
  /// Ends with a slash. Paths are put together as text: building a URL takes longer than writing the file.
  private let path: String
  /// The highest number in use when the folder was opened; 0 in an empty one.
  let highest: Int

  init(_ url: URL) throws(RelayError) {
    path = url.path.hasSuffix("/") ? url.path : url.path + "/"
    do {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      highest =
        try FileManager.default.contentsOfDirectory(atPath: url.path).compactMap { name in
          name.hasSuffix(".eml") ? Int(name.dropLast(4)) : nil
        }.max() ?? 0
    } catch {
      throw .folder(path: url.path, reason: error.localizedDescription)
    }
  }

  /// Returns the file's path. Throws the system's error; then no file is left behind.
  func write(_ bytes: [UInt8], number: Int) throws -> String {
    let file = path + Self.padded(number) + ".eml"
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        let code = errno
        unlink(file)
        throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
      }
      rest = rest.dropFirst(written)
    }
    return file
  }

  /// Six digits, more when needed.
  static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
