import Foundation
import TestSupport

/// The wall clock of the commands that run with ``environment``: see `Tests/JumpingClock`. It goes right until it is set.
struct JumpingClock: Sendable {
  private let folder: TemporaryFolder
  private let file: FileHandle

  init() throws {
    folder = try TemporaryFolder()
    let path = try folder.write([UInt8](repeating: 0, count: 8), to: "ahead")
    file = try FileHandle(forWritingTo: path)
    guard FileManager.default.fileExists(atPath: try Self.library().path) else {
      throw HarnessError("\(try Self.library().path) is not there; `swift build` makes it")
    }
  }

  var environment: [String: String] {
    get throws {
      [
        "LD_PRELOAD": try Self.library().path,
        "JUMPING_CLOCK_FILE": folder.url.appendingPathComponent("ahead").path,
      ]
    }
  }

  /// From now on the clock shows so many seconds more than it is, or fewer.
  func set(ahead seconds: Int64) {
    withUnsafeBytes(of: seconds) { bytes in
      _ = pwrite(file.fileDescriptor, bytes.baseAddress, bytes.count, 0)
    }
  }

  private static func library() throws -> URL {
    try EilbriefProcess.executable().deletingLastPathComponent().appendingPathComponent("libJumpingClock.so")
  }
}
