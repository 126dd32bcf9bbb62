import Files
import Foundation

/// A private file without a name, for this process alone. It has one for a moment, while it is still empty.
final class StagingFile: Sendable {
  /// The path of the folder, for errors.
  let path: String
  private let descriptor: Int32
  private let file: RandomAccessFile

  init(in folder: URL) throws(PlanStagingError) {
    path = folder.path
    var name = Array("\(path)/.plan-XXXXXX".utf8CString)
    // mkstemp creates the file with mode 0600.
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, cause: Self.cause(errno)) }
    file = RandomAccessFile(owning: descriptor, path: path)
    guard unlink(&name) == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
      throw .cannotWrite(path: path, cause: Self.cause(errno))
    }
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(PlanStagingError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written, off_t(offset + written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .cannotWrite(path: path, cause: Self.cause(count < 0 ? errno : ENOSPC)) }
      written += count
    }
  }

  func read(_ count: Int, at offset: Int) throws(PlanStagingError) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(FileError) {
      try file.read(count, at: offset, into: &bytes)
    } catch {
      throw .cannotRead(path: path, cause: "\(error.cause)")
    }
    return bytes
  }

  private static func cause(_ code: Int32) -> String { String(cString: strerror(code)) }
}
