import Files
import Foundation

/// The mails of a file or folder: one mail, an mbox, a Maildir, or a folder with a file per mail.
///
/// Fails with ``FileError`` when a file or folder cannot be read, after the mails before it were handed over.
public enum MailFiles {
  /// Bytes of a mail that are read; a report stands at its beginning.
  static let sizeLimit = MailBytes.sizeLimit

  /// Calls `body` with each mail and the path of its file, in the order of the paths; memory is that of one mail.
  public static func forEachMail(at path: String, _ body: (_ file: String, _ mail: [UInt8]) throws -> Void) throws {
    for file in try files(at: path) {
      let open = try RandomAccessFile(path: file)
      var mailbox = MailboxReader(sizeLimit: sizeLimit)
      var offset = 0
      var piece: [UInt8] = []
      while true {
        try open.read(1 << 18, at: offset, into: &piece)
        if piece.isEmpty { break }
        offset += piece.count
        try mailbox.read(piece) { try body(file, $0) }
      }
      try mailbox.finish { try body(file, $0) }
    }
  }

  /// The path itself, or the files of the folder: of a Maildir those of `new` and `cur`. Hidden files are none.
  private static func files(at path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [path]
    }
    let mailFolders = ["new", "cur"].map { "\(path)/\($0)" }.filter {
      FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && isFolder.boolValue
    }
    return try (mailFolders.isEmpty ? [path] : mailFolders).flatMap { folder in
      try names(in: folder).filter { !$0.hasPrefix(".") }.sorted().map { "\(folder)/\($0)" }
        .filter { FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue }
    }
  }

  private static func names(in folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw FileError(.read, folder, .other("the folder cannot be read"))
    }
  }
}
