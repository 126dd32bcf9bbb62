import Foundation
import TestSupport

/// A library of the package that is put between a program and libc (LD_PRELOAD).
enum PreloadedLibrary {
  /// Where the package manager built it: beside the command.
  static func path(_ name: String) throws -> String {
    let file = try EilbriefProcess.executable().deletingLastPathComponent().appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw HarnessError("\(file.path) is not there; `swift build` makes it")
    }
    return file.path
  }
}
