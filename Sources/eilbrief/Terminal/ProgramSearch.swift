import Foundation

/// Looks programs up as a shell does.
enum ProgramSearch {
  /// The first of `names` that is in PATH, or is itself a path to a program.
  static func find(_ names: String...) -> URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = path.split(separator: ":").map(String.init)
    for name in names {
      let files = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
      if let found = files.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) {
        return URL(fileURLWithPath: found)
      }
    }
    return nil
  }
}
