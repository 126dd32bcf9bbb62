public import Campaigns
import Foundation
import Mail

/// A SASL mechanism that this program can do, by the name that EHLO offers.
public enum SASLMechanism: String, Sendable, CaseIterable {
  case plain = "PLAIN"
  case login = "LOGIN"
  case cramMD5 = "CRAM-MD5"
  case xoauth2 = "XOAUTH2"

  /// The mechanism for a relay that offers `offered` (in capitals); nil when there is none. PLAIN and LOGIN send the same
  /// password in the same clear, under TLS: where a relay has one of them alone, that one is taken.
  public static func choice(for authentication: Relay.Authentication, offered: [String]) -> SASLMechanism? {
    let wanted: [SASLMechanism] =
      switch authentication {
      case .plain: [.plain, .login]
      case .login: [.login, .plain]
      case .cramMD5: [.cramMD5]
      case .xoauth2: [.xoauth2]
      }
    return wanted.first { offered.contains($0.rawValue) }
  }
}

/// What is answered to each 334 of an AUTH: pure.
///
/// PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195) and XOAUTH2. The first answer goes out on its own line and never with the
/// command, so that a long token breaks no limit on a command's length (RFC 4954 §4).
struct SASLExchange {
  let mechanism: SASLMechanism
  let username: String
  let secret: Password
  private var challenges = 0
  /// Why the token was refused, when the relay has said so.
  private(set) var refusal: TokenRefusal?

  init(_ mechanism: SASLMechanism, username: String, secret: Password) {
    self.mechanism = mechanism
    self.username = username
    self.secret = secret
  }

  /// The line to answer `challenge` with, in base64; `*` gives up (RFC 4954 §4).
  mutating func answer(to challenge: String) -> String {
    challenges += 1
    switch (mechanism, challenges) {
    case (.plain, 1): return Self.base64("\0\(username)\0\(secret.text)")
    case (.login, 1): return Self.base64(username)
    case (.login, 2): return Self.base64(secret.text)
    case (.cramMD5, 1):
      guard let bytes = Data(base64Encoded: challenge.trimmingCharacters(in: .whitespaces)),
        let digest = HMACMD5.hex(of: Array(bytes), key: Array(secret.text.utf8))
      else { return "*" }
      return Self.base64("\(username) \(digest)")
    case (.xoauth2, 1): return Self.base64(Self.bearer(username, secret))
    case (.xoauth2, 2):
      // The relay's reason; it is answered with nothing, and then the relay says 535.
      refusal = TokenRefusal(challenge: challenge)
      return ""
    default: return "*"
    }
  }

  static func bearer(_ username: String, _ token: Password) -> String {
    "user=\(username)\u{1}auth=Bearer \(token.text)\u{1}\u{1}"
  }

  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}

/// A relay's reason for refusing a token: JSON in base64, sent with 334 (Google's and Microsoft's XOAUTH2, RFC 7628 §3.2.2).
struct TokenRefusal: Hashable {
  /// `401`, `invalid_token`; nil when the reason cannot be read.
  let status: String?
  /// The scope that a token needs.
  let scope: String?

  init(challenge: String) {
    let text = challenge.trimmingCharacters(in: .whitespacesAndNewlines)
    let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data()
    let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
    status = Self.word(object["status"])
    scope = Self.word(object["scope"])
  }

  /// A short word or number; the relay's own text is not taken.
  private static func word(_ value: Any?) -> String? {
    let text = (value as? String) ?? (value as? NSNumber).map { "\($0)" } ?? ""
    let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    return text.isEmpty || text.count > 100 || !isPlain ? nil : text
  }

  /// In plain words, as the end of a sentence that begins with “the relay”.
  var words: String {
    let reason =
      switch status {
      case "400", "401", "invalid_token", "invalid_request":
        "says that the token is not valid: it has expired, was revoked, or belongs to another account than username"
      case "403", "insufficient_scope": "says that the token does not allow sending mail"
      case let status?: "refuses the token (status \(status))"
      case nil: "refuses the token"
      }
    return scope.map { "\(reason); a token needs the scope \($0)" } ?? reason
  }
}
