public import Campaigns
public import Foundation

/// What the relays of a campaign are logged in to with, by the relay's name.
public struct RelaySecrets: Sendable {
  public var passwords: [String: Password]
  public var tokens: [String: TokenSource]
  /// What was left out at the edges of their files.
  public var warnings: [SecretFileWarning]

  public init(
    passwords: [String: Password] = [:], tokens: [String: TokenSource] = [:], warnings: [SecretFileWarning] = []
  ) {
    self.passwords = passwords
    self.tokens = tokens
    self.warnings = warnings
  }
}

/// The passwords and access tokens of a campaign's relays, from the files the campaign names or systemd's credentials
/// folder, and from the commands it names.
public enum RelayCredentials {
  /// Throws ``SecretFileError`` for the first that cannot be used. A token command is looked for and not run.
  ///
  /// - Parameter credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  public static func read(_ campaign: Campaign, credentials: URL?) throws(SecretFileError) -> RelaySecrets {
    var secrets = RelaySecrets()
    for relay in campaign.relays { try read(relay, of: campaign, credentials: credentials, into: &secrets) }
    return secrets
  }

  /// Those that can be had here, for inspecting the relays: what is missing is reported elsewhere.
  public static func readable(_ campaign: Campaign, credentials: URL?) -> RelaySecrets {
    var secrets = RelaySecrets()
    for relay in campaign.relays { try? read(relay, of: campaign, credentials: credentials, into: &secrets) }
    return secrets
  }

  private static func read(
    _ relay: Relay, of campaign: Campaign, credentials: URL?, into secrets: inout RelaySecrets
  ) throws(SecretFileError) {
    if let token = relay.token {
      let source = TokenSource(token, folder: campaign.folder, credentials: credentials)
      secrets.note(try source.inspect())
      secrets.tokens[relay.name] = source
    }
    guard let file = relay.passwordFile else { return }
    let secret = try PasswordFile.secret(file, folder: campaign.folder, credentials: credentials)
    guard let password = Password(secret.text) else {
      throw SecretFileError(
        path: file.path, message: "the password cannot be used: it is empty or has a control character.")
    }
    secrets.note(secret.warning)
    secrets.passwords[relay.name] = password
  }
}

extension RelaySecrets {
  /// Two relays may have one file.
  fileprivate mutating func note(_ warning: SecretFileWarning?) {
    if let warning, !warnings.contains(warning) { warnings.append(warning) }
  }
}

/// A relay's password: given to libcurl and to nothing else.
///
/// Printing, interpolating or dumping it shows a placeholder, so it reaches no log and no error by accident.
public struct Password: Sendable {
  let text: String

  /// Nil when the text is empty or holds a NUL, CR or LF: no SASL mechanism could send it as it is.
  public init?(_ text: String) {
    guard !text.isEmpty, !text.utf8.contains(where: { $0 == 0 || $0 == 0x0D || $0 == 0x0A }) else { return nil }
    self.text = text
  }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(password)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
