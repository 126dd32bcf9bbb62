import Foundation
import TestSupport

/// The wall clock of the commands that run with ``environment``: see `Tests/Reliability/Preload/JumpingClock`. It goes right until it is set.
struct JumpingClock: Sendable {
  private let folder: TemporaryFolder
  private let file: FileHandle
  private let library: String

  init() throws {
    folder = try TemporaryFolder()
    let path = try folder.write([UInt8](repeating: 0, count: 8), to: "ahead")
    file = try FileHandle(forWritingTo: path)
    library = try PreloadedLibrary.path("libJumpingClock.so")
  }

  var environment: [String: String] {
    ["LD_PRELOAD": library, "JUMPING_CLOCK_FILE": folder.url.appendingPathComponent("ahead").path]
  }

  /// From now on the clock shows so many seconds more than it is, or fewer.
  func set(ahead seconds: Int64) {
    withUnsafeBytes(of: seconds) { bytes in
      _ = pwrite(file.fileDescriptor, bytes.baseAddress, bytes.count, 0)
    }
  }
}
