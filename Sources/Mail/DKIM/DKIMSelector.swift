/// The name of a DKIM key below `_domainkey` of its domain (RFC 6376 §3.1): labels of letters, digits and hyphens.
///
/// Two selectors are equal when DNS takes them for the same, whatever their case.
public struct DKIMSelector: Sendable, Hashable, CustomStringConvertible {
  /// In small letters.
  public let text: String

  /// Nil for anything else; at most 63 octets a label and 100 in all.
  public init?(_ text: some StringProtocol) {
    let text = text.lowercased()
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isValid = labels.allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        && label.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
    guard isValid, text.utf8.count <= 100 else { return nil }
    self.text = text
  }

  public var description: String { text }
}
