import Foundation

/// The reason why a file could not be read, written or locked: what was tried, where, and the cause.
///
/// Its description is for the operator: path, cause and what to do, and nothing of the file's contents. After a failed
/// write it is unknown what reached the disk.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Attempt: Sendable, Hashable { case read, write, lock }

  /// Its description is an English clause about the file.
  public enum Cause: Sendable, Hashable, CustomStringConvertible {
    /// An `errno`.
    case system(Int32)
    /// A folder, a pipe or a device where a file is wanted.
    case notRegular
    case notAFolder
    /// The file or folder to be made exists already.
    case exists
    /// It has more bytes than the reader accepts.
    case tooLarge(limit: Int)
    /// This line, counted from 1, has more bytes than the reader accepts.
    case lineTooLong(Int, limit: Int)
    /// Another process kept the file locked for too long.
    case locked
    case other(String)

    public var description: String {
      switch self {
      case .system(let code): String(cString: strerror(code))
      case .notRegular: "it is not a regular file"
      case .notAFolder: "it is not a folder"
      case .exists: "it exists already, and nothing was written; choose another name"
      case .tooLarge(let limit): "it has more than \(Self.size(limit)); another file was meant"
      case .lineTooLong(let line, let limit): "its line \(line) has more than \(Self.size(limit))"
      case .locked: "another process keeps it locked"
      case .other(let clause): clause
      }
    }

    /// `1 MB`, `4 KB`.
    private static func size(_ bytes: Int) -> String {
      switch bytes {
      case (1 << 20)...: "\(bytes >> 20) MB"
      case (1 << 10)...: "\(bytes >> 10) KB"
      default: "\(bytes) bytes"
      }
    }
  }

  public var attempt: Attempt
  public var path: String
  public var cause: Cause

  public init(_ attempt: Attempt, _ path: String, _ cause: Cause) {
    self.attempt = attempt
    self.path = path
    self.cause = cause
  }

  /// The one for a file that could not be opened because no descriptor could be had.
  public static func outOfDescriptors(_ path: String) -> FileError { FileError(.read, path, .system(EMFILE)) }
  static func cannotRead(_ path: String, _ code: Int32) -> FileError { FileError(.read, path, .system(code)) }
  static func cannotWrite(_ path: String, _ code: Int32) -> FileError { FileError(.write, path, .system(code)) }

  public var isMissing: Bool { cause == .system(ENOENT) || cause == .system(ENOTDIR) }
  /// No file descriptor could be had: that is the process's limit, and says nothing about the file or the disk.
  public var isOutOfDescriptors: Bool {
    if case .system(let code) = cause { Descriptors.areExhausted(code) } else { false }
  }
  public var isNotPermitted: Bool { cause == .system(EACCES) || cause == .system(EPERM) }

  /// The cause, and what to do about it when reading failed.
  public var reason: String {
    if isOutOfDescriptors { return Descriptors.advice }
    guard attempt == .read, case .system = cause else { return cause.description }
    return "\(cause); \(Self.readingAdvice)"
  }

  public static let readingAdvice = "see to the disk and to this user's rights there, then run the command again"

  public var description: String {
    switch attempt {
    case _ where isOutOfDescriptors: "\(path): cannot be opened: \(Descriptors.advice)"
    case .read: "\(path): cannot be read: \(reason)"
    case .write where cause == .exists: "\(path): \(cause)"
    case .write:
      "\(path): cannot be written: \(reason); make room there or give this user the right to write, then run the command again"
    case .lock:
      "\(path): another process keeps it locked; try again; one that was stopped has to go on, or to be ended, before that"
    }
  }
}
