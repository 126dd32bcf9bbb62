import Files
import Foundation
import Operations
import Synchronization

/// The destination of a report: standard output, or a file that appears under its name only when it is whole.
final class ReportOutput: Sendable {
  /// Nil for standard output.
  private let file: AtomicFile?
  private let standardOutput = Mutex(FileHandle.standardOutput)

  init(path: String?) throws {
    do throws(FileError) {
      file = if let path { try AtomicFile(path: path) } else { nil }
    } catch {
      throw Self.failure(error)
    }
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8]) throws {
    guard let file else {
      do {
        return try standardOutput.withLock { try $0.write(contentsOf: Data(bytes)) }
      } catch {
        throw OperatorError(.cannotWrite, "standard output: cannot be written: \(String(cString: strerror(errno))).")
      }
    }
    do throws(FileError) {
      try file.write(bytes)
    } catch {
      throw Self.failure(error)
    }
  }

  func close() throws {
    do throws(FileError) {
      try file?.finish()
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ error: FileError) -> OperatorError {
    OperatorError(.cannotWrite, "\(error.path): cannot be written: \(error.cause.description).")
  }
}
