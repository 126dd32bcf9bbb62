/// A mail that came back: what it says, and which of our messages it may be about.
///
/// Pure, and never fails. Memory is bounded whatever the mail is.
public struct ReturnedMail: Sendable, Hashable {
  /// At least one, see ``BounceJudge/reports(on:)``.
  public let reports: [RecipientReport]
  /// The Message-IDs at one of the domains asked for that the mail names, without its own; each `<left@domain>`.
  ///
  /// A Message-ID that cannot be guessed shows that whoever wrote the mail has seen the message.
  public let messageIDs: Set<String>
  /// What may be the token of an envelope of ours: between a plus sign and the @ of an address, or an envelope id (RFC 3461).
  public let tokens: Set<String>

  /// - Parameters:
  ///   - mail: One mail, as ``BounceJudge/reports(on:)`` takes it.
  ///   - domain: The domain of our Message-IDs, as A-labels.
  public init(_ mail: [UInt8], domain: String) {
    let parts = MailParts(MailBytes.normalised(mail))
    reports = BounceJudge.reports(on: mail)
    var found: Set<String> = []
    var tokens: Set<String> = []
    for (number, part) in parts.parts.enumerated() {
      for (name, value) in part.headers.all where number > 0 || name != "message-id" {
        Self.collect(value, domain, &found)
        Self.collectTokens(value, &tokens)
      }
      Self.collect(part.text, domain, &found)
      Self.collectTokens(part.text, &tokens)
    }
    messageIDs = found
    self.tokens = tokens
  }

  /// A list of what was answered may be long; more than these are no report about one message.
  private static let mostIDs = 200

  private static let tokenLength = 16

  /// Adds words of a token's length behind a plus sign and before an @, and behind `Original-Envelope-Id:`.
  private static func collectTokens(_ text: String, _ found: inout Set<String>) {
    let bytes = Array(text.utf8)
    for at in bytes.indices where found.count < mostIDs && bytes[at] == UInt8(ascii: "@") {
      let start = at - tokenLength
      guard start > 0, bytes[start - 1] == UInt8(ascii: "+") else { continue }
      found.insert(String(decoding: bytes[start..<at], as: UTF8.self))
    }
    for match in text.matches(of: /(?i)original-envelope-id:[ \t]*([0-9a-z]{16})(?![0-9a-z])/).prefix(mostIDs) {
      found.insert(String(match.output.1))
    }
  }

  /// Adds what stands in angle brackets, with lower case letters in the domain.
  private static func collect(_ text: String, _ domain: String, _ found: inout Set<String>) {
    var rest = text.utf8[...]
    while found.count < mostIDs, let open = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[rest.index(after: open)...]
      let inner = rest.prefix { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
      guard inner.endIndex < rest.endIndex, rest[inner.endIndex] == UInt8(ascii: ">"), inner.count <= 998,
        let at = inner.lastIndex(of: UInt8(ascii: "@")),
        String(Substring(inner[inner.index(after: at)...])).lowercased() == domain
      else { continue }
      found.insert("<\(Substring(inner[..<at]))@\(domain)>")
    }
  }
}
