import Files
import Foundation
import Mail

/// The reports that were recorded, as they came, in the campaign's folder: `bounces/SHA256.eml`, 0600.
///
/// They hold personal data, and a purge removes them.
struct BounceArchive: Sendable {
  static let folderName = "bounces"

  private let folder: URL

  init(_ location: CampaignLocation) { folder = location.folder.appendingPathComponent(Self.folderName) }

  /// Durable when it returns. A file that is there already stays.
  func keep(_ mail: [UInt8], _ digest: SHA256Digest) throws(FileError) {
    try PrivateFolder.make(folder)
    let file = folder.appendingPathComponent("\(digest.hex).eml")
    guard !FileManager.default.fileExists(atPath: file.path) else { return }
    try DurableFile.replace(file, with: mail)
  }

  /// Whether a file below the campaign's folder `root` is one of these.
  static func holds(_ file: URL, below root: URL) -> Bool {
    file.deletingLastPathComponent().path == root.appendingPathComponent(folderName).path && file.pathExtension == "eml"
      && file.deletingPathExtension().lastPathComponent.wholeMatch(of: /[0-9a-f]{64}/) != nil
  }
}
