import Files
public import Foundation

/// The approvals of a campaign: `approvals.jsonl` in its folder (0600), one ``Approval`` per line, the oldest first.
///
/// Promises: an approval that ``add(_:)`` returned for is on disk; the file is whole at every moment, whatever is
/// killed or full; two that are added at the same moment both stay. Nothing is ever taken out. Until it is parsed the
/// file is hostile: an invalid line fails it whole with ``ApprovalFileError``. Fails with ``FileError`` too.
public struct ApprovalFile: Sendable {
  public static let name = "approvals.jsonl"
  /// Some two thousand approvals.
  static let largestSize = 1 << 20

  private let folder: URL
  private var file: URL { folder.appendingPathComponent(Self.name) }

  /// - Parameter folder: the campaign's.
  public init(folder: URL) { self.folder = folder }

  /// Empty when there is no file.
  public func read() throws -> [Approval] {
    let bytes = try contents()
    guard let last = bytes.last else { return [] }
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard last == UInt8(ascii: "\n") else {
      throw ApprovalFileError(path: file.path, line: lines.count, reason: "it has no end")
    }
    lines.removeLast()
    return try lines.enumerated().map { index, line in
      do throws(ReceiptSyntaxError) {
        return try Approval(line: Array(line))
      } catch {
        throw ApprovalFileError(path: file.path, line: index + 1, reason: error.description)
      }
    }
  }

  /// Returns all that are there now.
  @discardableResult
  public func add(_ approval: Approval) throws -> [Approval] {
    // The folder is locked instead of the file, because the file is replaced.
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.write, file.path, .system(errno)) }
    defer { close(descriptor) }
    return try FileLock.holding(descriptor, path: file.path, patience: FileLock.patience) {
      let approvals = try read() + [approval]
      let bytes = approvals.flatMap { $0.line + [UInt8(ascii: "\n")] }
      guard bytes.count <= Self.largestSize else {
        throw FileError(.write, file.path, .other("it has grown larger than 1 MB; move it away"))
      }
      do throws(FileError) {
        try DurableFile.replace(file, with: bytes)
      } catch {
        // The part that is on the disk is not an approval yet, or it has taken its name.
        unlink(file.path + ".new")
        throw error
      }
      return approvals
    }
  }

  private func contents() throws(FileError) -> [UInt8] {
    do throws(FileError) {
      return try RandomAccessFile(path: file.path, followingLink: false).contents(atMost: Self.largestSize)
    } catch {
      switch error.cause {
      case .system(ENOENT): return []
      case .tooLarge: throw FileError(.read, error.path, .other("it is larger than 1 MB and cannot be eilbrief's"))
      default: throw error
      }
    }
  }
}

/// A line of the approvals that is not a valid approval.
public struct ApprovalFileError: Error, Sendable, Hashable, CustomStringConvertible {
  public let path: String
  /// The line's number; 1 for the first.
  public let line: Int
  public let reason: String

  public var description: String {
    """
    \(path):\(line): this line is no approval: \(reason). Nobody can tell what was approved: put the file back as it was, or \
    move it away and have the campaign approved again
    """
  }
}
