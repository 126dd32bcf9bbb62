import Foundation
import Operations
import Synchronization

/// Where a report goes: standard output, or a file that appears under its name only when it is whole.
final class ReportOutput: Sendable {
  private let path: String?
  private let handle: Mutex<FileHandle>
  private let isClosed = Mutex(false)

  init(path: String?) throws {
    self.path = path
    guard let path else {
      handle = Mutex(.standardOutput)
      return
    }
    guard
      FileManager.default.createFile(
        atPath: Self.unfinished(path), contents: nil, attributes: [.posixPermissions: 0o600]),
      let file = FileHandle(forWritingAtPath: Self.unfinished(path))
    else { throw OperatorError(.cannotWrite, "\(path): cannot be written: \(String(cString: strerror(errno))).") }
    handle = Mutex(file)
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    do {
      try handle.withLock { try $0.write(contentsOf: Data(bytes)) }
    } catch {
      throw OperatorError(
        .cannotWrite, "\(path ?? "standard output"): cannot be written: \(String(cString: strerror(errno))).")
    }
  }

  /// What was not finished is not left lying about.
  deinit {
    if let path, !isClosed.withLock({ $0 }) { unlink(Self.unfinished(path)) }
  }

  func close() throws {
    guard let path else { return }
    do {
      try handle.withLock {
        try $0.synchronize()
        try $0.close()
      }
    } catch {
      throw OperatorError(.cannotWrite, "\(path): cannot be written: \(error.localizedDescription)")
    }
    guard rename(Self.unfinished(path), path) == 0 else {
      throw OperatorError(.cannotWrite, "\(path): cannot be written: \(String(cString: strerror(errno))).")
    }
    isClosed.withLock { $0 = true }
  }

  private static func unfinished(_ path: String) -> String { path + ".unfinished" }
}
