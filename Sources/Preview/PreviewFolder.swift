import Files
public import Foundation
import Mail

/// The folders that previews are written to: for their owner alone (0700), as are the files (0600).
///
/// Pages go into `preview/` of the campaign's folder, where a purge finds them. Fails with ``PreviewError``.
public enum PreviewFolder {
  public static func pages(of campaign: URL) -> URL { campaign.appendingPathComponent("preview", isDirectory: true) }

  /// Makes a new folder: files that another preview left in an existing one would be taken for a part of this one.
  public static func makeNew(_ path: String) throws(PreviewError) -> URL {
    let folder = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw .folderExists(folder.path)
    }
    try make(folder)
    return folder
  }

  /// Makes a folder, and those above it; an existing one is left as it is.
  public static func make(_ folder: URL) throws(PreviewError) {
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .cannotMakeFolder(folder.path, reason: error.localizedDescription)
    }
  }

  public static func write(_ bytes: some Sequence<UInt8>, to name: String, in folder: URL) throws(PreviewError) {
    let file = folder.appendingPathComponent(name)
    do throws(FileError) {
      let preview = try AtomicFile(path: file.path)
      try preview.write(Array(bytes))
      try preview.finish(syncing: false)
    } catch {
      throw .cannotWrite(file.path, reason: error.cause.description)
    }
  }

  /// The id as a file name. An id may hold anything a spreadsheet holds; a file name may not.
  ///
  /// Letters a-z and A-Z, digits, `-` and `_` stay; every other byte becomes `%` and its two hexadecimal digits. A name
  /// that would be too long for a file system is cut and ends in a digest of the id.
  public static func fileName(_ id: String) -> String {
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

/// A preview that could not be written or pictured: what happened, where, and what to do about it.
///
/// The operator's machine is the cause, never their data: a folder, a disk, or a Chromium.
public enum PreviewError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A new folder was asked for, and this path exists already.
  case folderExists(String)
  case cannotMakeFolder(String, reason: String)
  case cannotWrite(String, reason: String)
  /// None of these programs is in PATH.
  case noChromium([String])
  /// Chromium did not make a picture: what it did, and the last error it printed.
  case noPicture(String, lastError: String?)

  public var description: String {
    switch self {
    case .folderExists(let path): "\(path) exists already"
    case .cannotMakeFolder(let path, let reason): "\(path): cannot be made: \(reason)"
    case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
    case .noChromium(let programs):
      """
      no picture and no PDF can be made without Chromium: none of \(programs.joined(separator: ", ")) is in PATH. Install one (on \
      Debian: apt-get install chromium)
      """
    case .noPicture(let what, let lastError):
      "no picture was made: Chromium \(what).\(lastError.map { " It said: \($0)" } ?? "")"
    }
  }
}
