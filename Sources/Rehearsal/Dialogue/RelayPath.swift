/// The address in MAIL FROM or RCPT TO (RFC 5321 §4.1.2): `<local@domain>`, `<>` or `<postmaster>`.
///
/// Parsed strictly, because the relay is there to find mistakes: no spaces, no source routes, local part of at most 64
/// and domain of at most 255 octets. Octets above 127 pass here; whether they are allowed is the dialogue's question
/// (RFC 6531).
struct RelayPath: Sendable, Hashable {
  /// Without angle brackets; empty for the null path.
  let address: String
  let isASCII: Bool

  static let null = RelayPath(address: "", isASCII: true)

  /// Takes a path off the front of `text`, which keeps the rest; nil when there is no path.
  init?(takenFrom text: inout ArraySlice<UInt8>) {
    var rest = text
    guard rest.popFirst() == UInt8(ascii: "<") else { return nil }
    let start = rest.startIndex
    if rest.first == UInt8(ascii: ">") {
      text = rest.dropFirst()
      self = .null
      return
    }
    guard Self.skipLocalPart(&rest), (1...64).contains(rest.startIndex - start) else { return nil }
    if rest.first == UInt8(ascii: "@") {
      rest.removeFirst()
      let domain = rest.prefix { $0 != UInt8(ascii: ">") }
      guard Self.isDomain(domain) else { return nil }
      rest = rest.dropFirst(domain.count)
    } else if !text[start..<rest.startIndex].elementsEqual("postmaster".utf8, by: { $0 | 0x20 == $1 }) {
      return nil
    }
    let bytes = text[start..<rest.startIndex]
    guard rest.popFirst() == UInt8(ascii: ">"), let address = String(validating: bytes, as: UTF8.self) else {
      return nil
    }
    text = rest
    self.init(address: address, isASCII: bytes.allSatisfy { $0 < 0x80 })
  }

  private init(address: String, isASCII: Bool) {
    self.address = address
    self.isASCII = isASCII
  }

  /// A dot-string or a quoted string.
  private static func skipLocalPart(_ text: inout ArraySlice<UInt8>) -> Bool {
    if text.first == UInt8(ascii: "\"") {
      text.removeFirst()
      while let byte = text.popFirst() {
        if byte == UInt8(ascii: "\"") { return true }
        if byte == UInt8(ascii: "\\"), text.popFirst() == nil { return false }
      }
      return false
    }
    let local = text.prefix { $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: ">") }
    text = text.dropFirst(local.count)
    return local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.allSatisfy(isAtomText)
    }
  }

  private static func isAtomText(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  /// Any octet above 127 counts as a letter.
  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...: true
    default: false
    }
  }

  private static func isDomain(_ text: ArraySlice<UInt8>) -> Bool {
    guard (1...255).contains(text.count) else { return false }
    if text.first == UInt8(ascii: "[") {
      return text.count > 2 && text.last == UInt8(ascii: "]")
        && text.dropFirst().dropLast().allSatisfy { isLetterOrDigit($0) || $0 == 0x2e || $0 == 0x3a }
    }
    return text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
      label.first.map(isLetterOrDigit) == true && label.last.map(isLetterOrDigit) == true
        && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }
  }
}
