public import Foundation

/// Files of the source tree that tests read: documents, templates, patches.
public enum PackageRoot {
  /// The folder of `Package.swift`.
  public static let folder = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { file, _ in
    file.deletingLastPathComponent()
  }
  .resolvingSymlinksInPath()

  public static func file(_ path: String) -> URL { folder.appendingPathComponent(path) }
}
