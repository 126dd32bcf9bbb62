public import Campaigns
public import Foundation
import Synchronization

/// The access token of one relay (`auth: xoauth2`), for all of its sessions.
///
/// A token file is read for every connection; a command is run for the first one and its token kept in memory until the
/// relay refuses it. Blocks its thread while a command runs; other sessions wait and then have the same token. Fails with
/// ``TokenTrouble``.
public final class TokenSource: Sendable {
  private let origin: TokenOrigin
  private let folder: URL
  private let credentials: URL?
  private let limit: Duration
  private let kept = Mutex<Password?>(nil)

  /// - Parameters:
  ///   - folder: The campaign's folder.
  ///   - credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  ///   - limit: The time for a command.
  public init(_ origin: TokenOrigin, folder: URL, credentials: URL?, limit: Duration = .seconds(30)) {
    self.origin = origin
    self.folder = folder
    self.credentials = credentials
    self.limit = limit
  }

  /// The token to log in with. `uptime` measures the time of a command.
  func current(_ uptime: @escaping Uptime) throws(TokenTrouble) -> Password {
    try kept.withLock { (kept) throws(TokenTrouble) in
      if let kept { return kept }
      return try fetch(&kept, uptime)
    }
  }

  /// Another token than the one that was refused, fetched once more; nil when it is still the same.
  func renewed(insteadOf refused: Password, _ uptime: @escaping Uptime) throws(TokenTrouble) -> Password? {
    try kept.withLock { (kept) throws(TokenTrouble) in
      // Another session has renewed it.
      if let kept, kept.text != refused.text { return kept }
      let token = try fetch(&kept, uptime)
      return token.text == refused.text ? nil : token
    }
  }

  private func fetch(_ kept: inout Password?, _ uptime: @escaping Uptime) throws(TokenTrouble) -> Password {
    switch origin {
    case .file:
      do throws(SecretFileError) {
        return try read().token
      } catch {
        throw .file(error)
      }
    case .command(let words):
      kept = nil
      let token = try TokenCommand(words: words, folder: folder, limit: limit, uptime: uptime).run()
      kept = Password(token)
      guard let kept else { throw .command("token_command prints nothing", mayPass: false) }
      return kept
    }
  }

  /// Whether the token can be had, as far as it shows without running a command: the file is read, the program is looked
  /// for. Returns what was left out at the edges of a file.
  func inspect() throws(SecretFileError) -> SecretFileWarning? {
    guard case .command(let words) = origin else { return try read().warning }
    let program = words.first ?? ""
    guard TokenCommand.find(program, folder: folder) == nil else { return nil }
    throw SecretFileError(
      path: program,
      message: "there is no such program to run as token_command; write its path, or install it in a folder of PATH")
  }

  private static let largestFile = 16 * 1024

  private func read() throws(SecretFileError) -> (token: Password, warning: SecretFileWarning?) {
    guard case .file(let file) = origin else { preconditionFailure("a command has no file") }
    let secret = try PasswordFile.secret(
      file, word: "token", folder: folder, credentials: credentials, atMost: Self.largestFile)
    guard Self.isToken(secret.text), let token = Password(secret.text) else {
      throw SecretFileError(
        path: file.path,
        message: secret.text.hasPrefix("{")
          ? "this token file holds JSON; write the access token into it, and nothing else"
          : "this token file must hold an access token, which is one word in ASCII")
    }
    return (token, secret.warning)
  }

  /// Printable ASCII without blanks (RFC 6750 §2.1 allows fewer characters).
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix("{") && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}

/// The reason why there is no access token to log in with. It never holds one.
public enum TokenTrouble: Error, Sendable, Hashable {
  case file(SecretFileError)
  /// `mayPass`: the same command may succeed later.
  case command(String, mayPass: Bool)
  /// Sending stops.
  case cancelled
}
