import Files
import Foundation

/// A file that nobody else may read: a password or a key. Its contents are never part of an error.
struct SecretFile {
  let url: URL
  /// The name of the kind in messages: `password file`.
  let what: String
  /// The advice for when it is missing.
  let remedy: String
  /// A certificate is not secret, but it is kept next to a key that is, and is looked for in the same places.
  let isSecret: Bool

  init(_ url: URL, what: String, remedy: String, isSecret: Bool = true) {
    self.url = url
    self.what = what
    self.remedy = remedy
    self.isSecret = isSecret
  }

  /// The bytes that were read, and the file they came from.
  struct Contents {
    let path: String
    let bytes: [UInt8]

    func error(_ message: String) -> SecretFileError { SecretFileError(path: path, message: message) }
  }

  private var path: String { url.path(percentEncoded: false) }

  /// - Parameters:
  ///   - folder: The campaign's folder. When the file lies below it but is not there, the same relative path is looked
  ///     for in `credentials`.
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  func contents(atMost limit: Int, folder: URL, credentials: URL?) throws(SecretFileError) -> Contents {
    if let opened = try open(url) { return try contents(of: opened, forbidden: 0o077, atMost: limit) }
    guard let credentials, let relative = relativePath(below: folder.path(percentEncoded: false)) else {
      throw SecretFileError(path: path, message: "there is no such file; \(remedy)")
    }
    let other = credentials.appending(path: relative)
    // systemd gives a service access by an ACL, whose mask takes the place of the group's bits.
    if let opened = try open(other) { return try contents(of: opened, forbidden: 0o007, atMost: limit) }
    throw SecretFileError(
      path: path, message: "there is no such file, nor \(other.path(percentEncoded: false)); \(remedy)")
  }

  private func relativePath(below folder: String) -> String? {
    let folder = folder.hasSuffix("/") ? folder : folder + "/"
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : nil
  }

  /// Nil when there is no such file.
  private func open(_ url: URL) throws(SecretFileError) -> RandomAccessFile? {
    do throws(FileError) {
      return try RandomAccessFile(url)
    } catch {
      if error.isMissing { return nil }
      throw SecretFileError(path: url.path(percentEncoded: false), message: error.clause)
    }
  }

  private func contents(of file: RandomAccessFile, forbidden: Int, atMost limit: Int) throws(SecretFileError)
    -> Contents
  {
    let mode: Int
    let bytes: [UInt8]
    do throws(FileError) {
      mode = try file.mode()
      bytes = try file.contents(atMost: limit)
    } catch {
      throw SecretFileError(path: file.path, message: error.clause)
    }
    guard !isSecret || mode & forbidden == 0 else {
      let octal = String(mode, radix: 8)
      throw SecretFileError(
        path: file.path,
        message:
          "others can read this \(what) (mode \(String(repeating: "0", count: max(0, 4 - octal.count)))\(octal)); "
          + "run \"chmod 600 \(file.path)\"")
    }
    return Contents(path: file.path, bytes: bytes)
  }
}

/// The reason why a password, key or certificate file is not used; it names the path, never the contents.
public struct SecretFileError: Error, Sendable, Hashable, CustomStringConvertible {
  public let path: String
  public let message: String
  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }
  public var description: String { "\(path): \(message)" }
}
