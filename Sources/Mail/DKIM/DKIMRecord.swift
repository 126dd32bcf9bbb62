import Foundation

/// What DNS must say so that letters signed with a key can be verified (RFC 6376 §3.6, RFC 8463 §4.2).
public struct DKIMRecord: Sendable, Hashable {
  /// Without a dot at its end.
  public let name: String
  /// As web forms of DNS providers take it: one text without quotes.
  public let value: String

  public init(domain: Domain, selector: DKIMSelector, key: DKIMKey) {
    name = "\(selector)._domainkey.\(domain.ascii)"
    value = "v=DKIM1; k=\(key.algorithm.keyType); p=\(Data(key.publicBytes).base64EncodedString())"
  }

  /// The line of a zone file (RFC 1035 §5.1), the text in strings of at most 255 bytes (§3.3).
  public var zoneLine: String {
    var strings: [String] = []
    var rest = value[...]
    while !rest.isEmpty {
      // Base64 and tag names have nothing that would need an escape.
      strings.append("\"\(rest.prefix(Self.longestString))\"")
      rest = rest.dropFirst(Self.longestString)
    }
    return "\(name). IN TXT ( \(strings.joined(separator: " ")) )"
  }

  private static let longestString = 255
}
