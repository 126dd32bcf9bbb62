public import Campaigns
public import Foundation

/// The passwords of a campaign's relays, from the files the campaign names or systemd's credentials folder.
public enum RelayCredentials {
  /// The passwords by the relay's name. Throws ``SecretFileError`` for the first that cannot be used.
  ///
  /// - Parameter credentials: systemd's `CREDENTIALS_DIRECTORY`; nil when there is none.
  public static func read(_ campaign: Campaign, credentials: URL?) throws(SecretFileError) -> [String: Password] {
    var passwords: [String: Password] = [:]
    for relay in campaign.relays {
      guard let file = relay.passwordFile else { continue }
      let text = try PasswordFile.read(file, folder: campaign.folder, credentials: credentials)
      guard let password = Password(text) else {
        throw SecretFileError(
          path: file.path, message: "the password cannot be used: it is empty or has a control character.")
      }
      passwords[relay.name] = password
    }
    return passwords
  }

  /// The passwords that can be read here, for inspecting the relays: what is missing is reported elsewhere.
  public static func readable(_ campaign: Campaign, credentials: URL?) -> [String: Password] {
    var passwords: [String: Password] = [:]
    for relay in campaign.relays {
      guard let file = relay.passwordFile else { continue }
      let text = try? PasswordFile.read(file, folder: campaign.folder, credentials: credentials)
      passwords[relay.name] = text.flatMap { Password($0) }
    }
    return passwords
  }
}

/// The name we give ourselves in EHLO (RFC 5321 §4.1.1.1).
public enum ClientName {
  /// `host` when it is a full host name in ASCII, else an address literal.
  public static func of(host: String) -> String {
    let allowed = host.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
    }
    return allowed && host.contains(".") ? host : "[127.0.0.1]"
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
