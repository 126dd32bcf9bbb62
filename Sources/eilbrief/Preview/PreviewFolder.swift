import Files
import Foundation
import Mail

/// Where previews are written: folders for their owner alone (0700), files too (0600).
///
/// Pages go into `preview/` of the campaign's folder, where `purge` finds them. Fails with exit 73.
enum PreviewFolder {
  static func pages(of campaign: URL) -> URL { campaign.appendingPathComponent("preview", isDirectory: true) }

  /// Makes a folder that was not there: what is left of another preview would be taken for this one's.
  static func makeNew(_ path: String, option: String) throws -> URL {
    let folder = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw Failure(.cannotWrite, "\(folder.path) exists already; name a new folder with \(option).")
    }
    try make(folder)
    return folder
  }

  static func make(_ folder: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(.cannotWrite, "\(folder.path): cannot be made: \(error.localizedDescription)")
    }
  }

  static func write(_ bytes: some Sequence<UInt8>, to name: String, in folder: URL) throws {
    let file = folder.appendingPathComponent(name)
    do throws(FileError) {
      let page = try AtomicFile(path: file.path)
      try page.write(Array(bytes))
      try page.finish(syncing: false)
    } catch {
      throw Failure(.cannotWrite, "\(file.path): cannot be written: \(error.cause)")
    }
  }

  /// An id may hold anything a spreadsheet holds; a file name may not. Every other byte becomes `%` and its two digits;
  /// what would be too long for a file system is cut, and told apart by a digest.
  static func fileName(_ id: String) -> String {
    let name = id.utf8.map { byte -> String in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        return String(UnicodeScalar(byte))
      default:
        return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
    guard name.utf8.count > 120 else { return name }
    return "\(name.prefix(96))-\(SHA256.digest(of: Array(id.utf8)).hex.prefix(16))"
  }
}
