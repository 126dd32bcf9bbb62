import Foundation

/// A regular file that is open for reading at any offset. The same file is read to the end even when another one takes
/// its name meanwhile; that its contents change is found by ``stamp``.
final class ByteFile: Sendable {
  /// Size and time of the last change.
  struct Stamp: Sendable, Hashable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }
  private let descriptor: Int32
  let path: String

  /// Throws a ``FileFault`` when the file is missing, not a regular file, or may not be read.
  init(_ url: URL) throws(FileFault) {
    let path = url.path(percentEncoded: false)
    // Without O_NONBLOCK opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFault(errno) }
    self.path = path
    self.descriptor = descriptor
    guard try status().st_mode & S_IFMT == S_IFREG else { throw FileFault.notRegular }
  }

  /// Takes over a regular file that is open; `path` is what errors name.
  init(owning descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  private func status() throws(FileFault) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileFault(errno) }
    return status
  }

  /// The permission bits.
  func mode() throws(FileFault) -> Int { Int(try status().st_mode) & 0o7777 }

  func stamp() throws(FileFault) -> Stamp {
    let status = try status()
    return Stamp(size: Int(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  /// Reads up to `count` bytes from `offset` into `buffer`, which then holds just these. Empty at the end of the file.
  func read(_ count: Int, at offset: Int, into buffer: inout [UInt8]) throws(FileFault) {
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
    guard problem == 0 else { throw FileFault(problem) }
  }

  /// The whole file; throws ``FileFault/tooLarge`` when it has more than `limit` bytes.
  func contents(atMost limit: Int) throws(FileFault) -> [UInt8] {
    var buffer: [UInt8] = []
    try read(limit + 1, at: 0, into: &buffer)
    guard buffer.count <= limit else { throw FileFault.tooLarge }
    return buffer
  }
}

/// Why a file cannot be read. Its description is a clause that goes behind the file's name.
enum FileFault: Error, Hashable, CustomStringConvertible {
  case missing
  case notPermitted
  case notRegular
  case tooLarge
  case other(Int32)

  init(_ code: Int32) {
    self =
      switch code {
      case ENOENT, ENOTDIR: .missing
      case EACCES, EPERM: .notPermitted
      default: .other(code)
      }
  }

  var description: String {
    switch self {
    case .missing: "there is no such file"
    case .notPermitted: "this file may not be read; check its owner and mode with \"ls -l\""
    case .notRegular: "this is not a regular file"
    case .tooLarge: "this file is too large"
    case .other(let code): "this file cannot be read: \(String(cString: strerror(code)))"
    }
  }
}
