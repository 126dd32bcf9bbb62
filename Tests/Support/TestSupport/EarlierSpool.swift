public import Foundation

/// A copy of a queue folder that an earlier version of the program left behind, with the modes a queue folder has.
public enum EarlierSpool {
  /// - Parameter format: A folder of `Tests/Support/Spools`.
  public static func copy(of format: String, to folder: URL) throws {
    let files = FileManager.default
    try files.copyItem(at: PackageRoot.file("Tests/Support/Spools/\(format)"), to: folder)
    chmod(folder.path, 0o700)
    for case let file as URL in files.enumerator(at: folder, includingPropertiesForKeys: [.isDirectoryKey]) ?? .init() {
      chmod(file.path, try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true ? 0o700 : 0o600)
    }
  }
}
