import Campaigns
import Foundation
import SMTP

/// The passwords of a campaign's relays, from the files the campaign names or systemd's credentials folder.
enum RelayCredentials {
  static func read(_ campaign: Campaign) throws -> [String: Password] {
    var passwords: [String: Password] = [:]
    for relay in campaign.relays {
      guard let file = relay.passwordFile else { continue }
      let text = try PasswordFile.read(file, folder: campaign.folder, credentials: credentialsFolder)
      guard let password = Password(text) else {
        throw Failure(.campaign, "\(file.path): the password cannot be used: it is empty or has a control character.")
      }
      passwords[relay.name] = password
    }
    return passwords
  }

  /// Those that can be read here, for looking at the relays: what is missing is said elsewhere.
  static func readable(_ campaign: Campaign) -> [String: Password] {
    var passwords: [String: Password] = [:]
    for relay in campaign.relays {
      guard let file = relay.passwordFile else { continue }
      let text = try? PasswordFile.read(file, folder: campaign.folder, credentials: credentialsFolder)
      passwords[relay.name] = text.flatMap { Password($0) }
    }
    return passwords
  }

  /// systemd's; nil when there is none.
  static var credentialsFolder: URL? {
    ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"].map { URL(fileURLWithPath: $0, isDirectory: true) }
  }

  /// How we call ourselves in EHLO.
  static var clientName: String {
    let name = ProcessInfo.processInfo.hostName
    let allowed = name.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
    }
    return allowed && name.contains(".") ? name : "[127.0.0.1]"
  }
}
