import Foundation

/// The AUTH exchanges PLAIN (RFC 4616) and LOGIN, in the frame of RFC 4954, as pure steps.
///
/// Nothing here is logged, and no reply holds anything of what the client sent.
enum Login {
  enum Exchange: Sendable, Hashable {
    case plain
    case loginUser
    case loginPassword(user: String)

    init?(mechanism: String) {
      switch mechanism {
      case "PLAIN": self = .plain
      case "LOGIN": self = .loginUser
      default: return nil
      }
    }

    /// The text of the 334 that asks for the client's next line, in base64.
    var challenge: String {
      switch self {
      case .plain: ""
      case .loginUser: "VXNlcm5hbWU6"  // Username:
      case .loginPassword: "UGFzc3dvcmQ6"  // Password:
      }
    }
  }

  enum Result: Sendable, Hashable {
    case more(Exchange)
    case done(user: String)
    case failed(Reply)
  }

  /// `line` is the client's answer in base64, or `*` to give up.
  static func advance(_ exchange: Exchange, with line: String, against login: RelayOptions.Login) -> Result {
    if line == "*" { return .failed(Reply(501, "5.7.0", "Authentication cancelled")) }
    guard let data = Data(base64Encoded: line) else { return .failed(Reply(501, "5.5.2", "Not base64")) }
    switch exchange {
    case .plain:
      let parts = data.split(separator: 0, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return .failed(Reply(501, "5.5.2", "Bad PLAIN response")) }
      return check(user: String(decoding: parts[1], as: UTF8.self), password: parts[2], against: login)
    case .loginUser:
      return .more(.loginPassword(user: String(decoding: data, as: UTF8.self)))
    case .loginPassword(let user):
      return check(user: user, password: data, against: login)
    }
  }

  private static func check(user: String, password: Data, against login: RelayOptions.Login) -> Result {
    guard user == login.user, password.elementsEqual(login.password.utf8) else {
      return .failed(Reply(535, "5.7.8", "Authentication failed"))
    }
    return .done(user: user)
  }
}
