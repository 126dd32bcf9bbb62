public import Foundation

/// Reads a password or passphrase from a file of its own.
///
/// Nobody else may be able to read the file. Its contents are never part of an error.
public enum PasswordFile {
  /// The password in `file`: its one line, without the line break.
  ///
  /// - Parameters:
  ///   - word: The name that errors use for it.
  ///   - file: The file as ``Relay/passwordFile`` names it.
  ///   - folder: The campaign's folder. When `file` lies below it but is not there, the same relative path is looked
  ///     for in `credentials`.
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  public static func read(
    _ file: URL, word: String = "password", folder: URL, credentials: URL?
  ) throws(SecretFileError) -> String {
    let path = file.path(percentEncoded: false)
    let secret = try SecretFile(
      file, what: "\(word) file", remedy: "write the \(word) into it and run \"chmod 600 \(path)\""
    ).contents(atMost: 4096, folder: folder, credentials: credentials)
    var bytes = secret.bytes
    if bytes.last == 0x0A {
      bytes.removeLast()
      if bytes.last == 0x0D { bytes.removeLast() }
    }
    guard !bytes.isEmpty else { throw secret.error("this \(word) file is empty; write the \(word) into it") }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F })
    else {
      throw secret.error("this \(word) file must hold one line of UTF-8 text, the \(word), and nothing else")
    }
    return text
  }
}
