/// The identity of one message, `<left@domain>` (RFC 5322 §3.6.4), the same for every attempt to send it.
///
/// `left` is a dot-atom of ASCII characters, at most 128 octets, so that the header line stays far below 998 octets;
/// it cannot be folded. Other texts are refused with ``AddressError``.
public struct MessageID: Sendable, Hashable, CustomStringConvertible {
  public let left: String
  public let domain: Domain

  public init(left: String, domain: Domain) throws(AddressError) {
    try Self.check(left[...], in: left)
    self.left = left
    self.domain = domain
  }

  /// Parses `<left@domain>`, with its angle brackets.
  public init(parsing text: String) throws(AddressError) {
    guard !text.isEmpty else { throw AddressError(.empty) }
    guard text.utf8.first == UInt8(ascii: "<"), text.utf8.last == UInt8(ascii: ">"), text.utf8.count > 1 else {
      throw AddressError(.noAngleBrackets)
    }
    let inner = text.dropFirst().dropLast()
    guard let at = inner.utf8.firstIndex(of: UInt8(ascii: "@")) else { throw AddressError(.noAt) }
    let right = inner[inner.utf8.index(after: at)...]
    if right.isEmpty { throw AddressError(.nothingAfterAt) }
    if right.utf8.contains(UInt8(ascii: "@")) { throw AddressError(.severalAts) }
    try Self.check(inner[..<at], in: text)
    left = String(inner[..<at])
    domain = try Domain(right, in: text)
  }

  private static func check(_ left: Substring, in whole: String) throws(AddressError) {
    guard !left.isEmpty else { throw AddressError(.nothingBeforeAt) }
    var previous: Unicode.Scalar?
    for index in left.unicodeScalars.indices {
      let scalar = left.unicodeScalars[index]
      if scalar == "." {
        if previous == nil { throw AddressError(.leadingDot) }
        if previous == "." { throw AddressError(.twoDots) }
      } else if !scalar.isASCII || !isAtomText(UInt8(scalar.value)) {
        let place = whole.place(of: index)
        if scalar == " " { throw AddressError(.space(at: place)) }
        switch ScalarClass(scalar) {
        case .control: throw AddressError(.control(scalar, at: place))
        case .invisible: throw AddressError(.invisible(scalar, at: place))
        case .text: throw AddressError(.character(scalar, at: place))
        }
      }
      previous = scalar
    }
    if previous == "." { throw AddressError(.dotBeforeAt) }
    let count = left.utf8.count
    guard count <= 128 else { throw AddressError(.tooLong(count)) }
  }

  public var description: String { "<\(left)@\(domain.ascii)>" }
}
