public import Foundation

/// Reads the password of a relay from a file of its own.
///
/// The file must be one that nobody else can read. Its contents are never part of an error.
public enum PasswordFile {
  /// The password in `file`: its one line, without the line break.
  ///
  /// - Parameters:
  ///   - file: The file as ``Relay/passwordFile`` names it.
  ///   - folder: The campaign's folder. When `file` lies below it but is not there, the same relative path is looked for
  ///     in `credentials`.
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  public static func read(_ file: URL, folder: URL, credentials: URL?) throws(PasswordFileError) -> String {
    let path = file.path(percentEncoded: false)
    if let opened = try open(file) { return try password(in: opened, forbidden: 0o077) }
    guard let credentials, let relative = relativePath(of: path, below: folder.path(percentEncoded: false)) else {
      throw PasswordFileError(
        path: path, message: "there is no such file; write the password into it and run \"chmod 600 \(path)\"")
    }
    let other = credentials.appending(path: relative)
    // systemd gives a service access by an ACL, whose mask stands in the place of the group's bits.
    if let opened = try open(other) { return try password(in: opened, forbidden: 0o007) }
    throw PasswordFileError(
      path: path,
      message: "there is no such file, nor \(other.path(percentEncoded: false)); "
        + "write the password into it and run \"chmod 600 \(path)\"")
  }

  private static func relativePath(of path: String, below folder: String) -> String? {
    let folder = folder.hasSuffix("/") ? folder : folder + "/"
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : nil
  }

  /// Nil when there is no such file.
  private static func open(_ url: URL) throws(PasswordFileError) -> ByteFile? {
    do throws(FileFault) {
      return try ByteFile(url)
    } catch {
      if error == .missing { return nil }
      throw PasswordFileError(path: url.path(percentEncoded: false), message: "\(error)")
    }
  }

  private static func password(in file: ByteFile, forbidden: Int) throws(PasswordFileError) -> String {
    func refusal(_ message: String) -> PasswordFileError { PasswordFileError(path: file.path, message: message) }
    let mode: Int
    var bytes: [UInt8]
    do throws(FileFault) {
      mode = try file.mode()
      bytes = try file.contents(atMost: 4096)
    } catch {
      throw refusal("\(error)")
    }
    guard mode & forbidden == 0 else {
      let octal = String(mode, radix: 8)
      throw refusal(
        "others can read this password file (mode \(String(repeating: "0", count: max(0, 4 - octal.count)))\(octal)); "
          + "run \"chmod 600 \(file.path)\"")
    }
    if bytes.last == 0x0A {
      bytes.removeLast()
      if bytes.last == 0x0D { bytes.removeLast() }
    }
    guard !bytes.isEmpty else { throw refusal("this password file is empty; write the password into it") }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F })
    else {
      throw refusal("this password file must hold one line of UTF-8 text, the password, and nothing else")
    }
    return text
  }
}

/// Why a password file is not used; names its path, never its contents.
public struct PasswordFileError: Error, Sendable, Hashable, CustomStringConvertible {
  public let path: String
  public let message: String
  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }
  public var description: String { "\(path): \(message)" }
}
