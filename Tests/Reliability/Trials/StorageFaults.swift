public import Foundation
import TestSupport

/// What a preloaded library does to the storage below one folder while commands run: see `Tests/Reliability/Preload/StorageFaults`.
///
/// Holds the library's log and count in a folder of its own; both go on over all commands of a trial.
public struct StorageFaults: Sendable {
  public enum Fault: Sendable, Hashable {
    case none
    /// The call with this number fails, and with `stays` all after it.
    case call(Int, stays: Bool, Cause)
    /// The same, with only fsync and fdatasync counted.
    case sync(Int, Cause)
    /// fsync and fdatasync of files that match a pattern (relative to the folder, `.` for itself) do nothing.
    case lie([String])
    /// The power is cut before the call with this number.
    case cut(Int, lie: [String])
  }

  public enum Cause: String, Sendable, Codable, CaseIterable {
    case inputOutput = "EIO"
    case noSpace = "ENOSPC"
  }

  public let folder: URL
  private let records: TemporaryFolder
  private let library: String

  public init(below folder: URL) throws {
    self.folder = folder
    records = try TemporaryFolder()
    library = try PreloadedLibrary.path("libStorageFaults.so")
  }

  /// The environment of a command that is to suffer `fault`. `disks` lose their power at a cut.
  public func environment(_ fault: Fault, disks: [URL] = []) -> [String: String] {
    var variables = [
      "LD_PRELOAD": library, "STORAGE_FAULTS_FOLDER": folder.path, "STORAGE_FAULTS_LOG": file("log"),
      "STORAGE_FAULTS_COUNT": file("count"), "STORAGE_FAULTS_GONE": file("gone"),
      "STORAGE_FAULTS_DISKS": disks.map(\.path).joined(separator: ":"),
    ]
    switch fault {
    case .none: break
    case .call(let number, let stays, let cause):
      variables["STORAGE_FAULTS_FAIL"] = "\(number)\(stays ? "+" : "")"
      variables["STORAGE_FAULTS_ERROR"] = cause.rawValue
    case .sync(let number, let cause):
      variables["STORAGE_FAULTS_FAIL"] = "s\(number)"
      variables["STORAGE_FAULTS_ERROR"] = cause.rawValue
    case .lie(let patterns): variables["STORAGE_FAULTS_LIE"] = patterns.joined(separator: ":")
    case .cut(let number, let patterns):
      variables["STORAGE_FAULTS_CUT"] = "\(number)"
      variables["STORAGE_FAULTS_LIE"] = patterns.joined(separator: ":")
    }
    return variables
  }

  public func log() throws -> StorageLog {
    guard let text = try? String(contentsOfFile: file("log"), encoding: .utf8) else { return StorageLog(calls: []) }
    return try StorageLog(text, below: folder)
  }

  /// To be called before the power is cut while commands run: no sync ends well from now on. ext4 cuts off what it is at,
  /// and a sync that it is at then may come back as if it had been done; nobody could have acted on that.
  public func powerGoes() throws { try Data().write(to: URL(fileURLWithPath: file("gone"))) }

  /// The power is back, and calls count from 1 again.
  public func forget() throws {
    for name in ["log", "count", "gone"] { try? FileManager.default.removeItem(atPath: file(name)) }
  }

  private func file(_ name: String) -> String { records.url.appendingPathComponent(name).path }
}
