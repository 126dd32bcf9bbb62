import Files
public import Foundation

/// `queue.yaml` of a queue folder: the database that its queue is in. A folder without this file has its queue in itself.
///
/// Read as strictly as a campaign file. The file names a server and must not be readable by others; the password is in a
/// file of its own.
public struct QueueFile: Sendable, Hashable {
  public static let name = "queue.yaml"
  private static let largestSize = 65_536

  /// As it is written: `postgresql://host/database`.
  public var database: String
  /// The file with the password; nil: the server asks for none.
  public var passwordFile: URL?
  /// The certificates that the server's is checked by; nil: the machine's.
  public var certificates: URL?

  /// The file of a queue folder; nil when there is none.
  public static func read(folder: URL) throws(CampaignFileError) -> QueueFile? {
    let file = folder.appending(path: name)
    let shown = file.path(percentEncoded: false)
    func failure(_ message: String) -> CampaignFileError {
      CampaignFileError([Problem(file: shown, message: message)])
    }
    var status = stat()
    guard stat(shown, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("this file may not be read: \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw failure("others may read this file; run \"chmod 600 \(shown)\"")
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try RandomAccessFile(file).contents(atMost: largestSize)
    } catch {
      throw failure(error.clause)
    }
    return try parse(bytes, folder: folder)
  }

  static func parse(_ bytes: [UInt8], folder: URL) throws(CampaignFileError) -> QueueFile {
    let document = try YAMLDocument(bytes, file: name)
    let example = "postgresql://db.provider.example/eilbrief"
    guard let root = document.root else {
      throw CampaignFileError([Problem(file: name, message: "the file is empty; write database: \(example)")])
    }
    let context = YAMLContext(file: name, document)
    let value = YAMLValue(node: root, path: "", parent: YAMLDocument.Place(line: 1, column: 1), context: context)
    var read: QueueFile?
    if let section = YAMLSection(value, keys: ["database", "password_file", "ca_file"], example: "\"database:\"") {
      let database = section.required("database", example: example)?.text()
      read = QueueFile(
        database: database ?? "", passwordFile: section.optional("password_file")?.file(in: folder),
        certificates: section.optional("ca_file")?.file(in: folder))
    }
    guard context.problems.isEmpty, let read else { throw CampaignFileError(context.problems.inOrder()) }
    return read
  }
}
