import Campaigns
import Delivery
import Foundation

/// Hides the login in what a relay says: some repeat what they were sent.
///
/// The password, and what AUTH PLAIN, LOGIN and XOAUTH2 make of it (RFC 4616), is hidden in every reply; the user name in replies to
/// AUTH alone, for elsewhere it is the sender's address as a rule. Pure; it keeps the secrets and shows none.
struct LoginRedaction: Sendable, CustomStringConvertible, CustomReflectable {
  private let names: [[UInt8]]
  private let secrets: [[UInt8]]
  private static let placeholder = Array("(hidden)".utf8)

  /// - Parameter password: The password, or the access token that is sent in its place.
  init(username: String?, password: Password?) {
    names = Self.spellings(of: username)
    var secrets = Self.spellings(of: password?.text)
    if let username, let password {
      secrets.append(Self.base64(SASLExchange.bearer(username, password)))
      for authorization in ["", username] {
        secrets.append(Self.base64("\(authorization)\0\(username)\0\(password.text)"))
      }
    }
    // The longer first: a shorter one may be a part of it.
    self.secrets = secrets.sorted { $0.count > $1.count }
  }

  func redacted(_ reply: Reply, in phase: Phase?) -> Reply {
    let hidden = secrets + (phase == .auth ? names : [])
    var text = Array(reply.text.utf8)
    for word in hidden where !word.isEmpty { text = Self.text(text, without: word) }
    guard text.count != reply.text.utf8.count || !text.elementsEqual(reply.text.utf8) else { return reply }
    return Reply(code: reply.code, enhanced: reply.enhanced, text: String(decoding: text, as: UTF8.self))
  }

  private static func spellings(of text: String?) -> [[UInt8]] {
    guard let text, !text.isEmpty else { return [] }
    return [Array(text.utf8), base64(text)]
  }

  /// Without the padding, which a relay may cut off.
  private static func base64(_ text: String) -> [UInt8] {
    Array(Data(text.utf8).base64EncodedString().utf8.prefix { $0 != UInt8(ascii: "=") })
  }

  /// In any case of ASCII. Up to three bytes are hidden only where they stand alone: nearly every text has them somewhere.
  private static func text(_ text: [UInt8], without word: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let end = index + word.count
      if end <= text.count, zip(text[index..<end], word).allSatisfy({ lowercase($0) == lowercase($1) }),
        word.count > 3 || (index == 0 || !isWord(text[index - 1])) && (end == text.count || !isWord(text[end]))
      {
        result += placeholder
        index = end
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercase(byte))
  }

  var description: String { "(login)" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
