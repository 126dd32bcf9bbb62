import CIDN2

/// A domain name as mail needs it: A-labels for the wire, U-labels for people.
///
/// A domain is parsed once and valid from then on: every label passes IDNA2008 (RFC 5891, libidn2), the name has at
/// least two labels, no label is over 63 octets and the name is at most 253 octets (RFC 1035 §2.3.4, RFC 5321
/// §4.5.3.1.2). `straße.de` and `strasse.de` are two domains. A last label of digits only is refused: that is an IP
/// address. Two domains are equal when their A-labels are.
public struct Domain: Sendable, Hashable, CustomStringConvertible {
  /// A-label form, lower case, no trailing dot: what goes into DNS, SMTP and libcurl.
  public let ascii: String
  /// U-label form for letters and reports.
  public let unicode: String

  public init(_ text: some StringProtocol) throws(AddressError) {
    let whole = String(text)
    try self.init(whole[...], in: whole)
  }

  /// Parses `text`, a part of `whole`; errors count their places in `whole`.
  init(_ text: Substring, in whole: String) throws(AddressError) {
    guard !text.isEmpty else { throw AddressError(.empty) }
    let needsIDNA = try Self.checkCharacters(of: text, in: whole)
    guard needsIDNA else {
      let lowered = text.lowercased()
      try Self.checkLabels(lowered)
      ascii = lowered
      unicode = lowered
      return
    }
    // libidn2's tables make “ss” of a capital sharp s, which would be another domain; since Unicode 15.1 it is “ß”.
    let small = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\u{1E9E}" ? "ß" : $0 }))
    let encoded = try Self.convert(small, capacity: 256, by: cidn2_to_ascii)
    // The mapping can produce dots and signs that were not there before, for example from full-width characters.
    guard encoded.utf8.allSatisfy({ isLabelByte($0) || $0 == UInt8(ascii: ".") }) else {
      throw AddressError(.notIDNA(.character))
    }
    try Self.checkLabels(encoded)
    unicode = try Self.convert(encoded, capacity: 1024, by: cidn2_to_unicode)
    ascii = encoded
  }

  public var description: String { ascii }

  public static func == (left: Domain, right: Domain) -> Bool { left.ascii == right.ascii }

  public func hash(into hasher: inout Hasher) { hasher.combine(ascii) }

  /// Checks the characters as they were typed, while their places are still known; true when libidn2 is needed.
  private static func checkCharacters(of text: Substring, in whole: String) throws(AddressError) -> Bool {
    var needsIDNA = false
    var previous: UInt8 = 0
    for index in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[index]
      if scalar.isASCII {
        let byte = UInt8(scalar.value)
        if byte == UInt8(ascii: ".") {
          if previous == 0 { throw AddressError(.leadingDot) }
          if previous == byte { throw AddressError(.twoDots) }
        } else if byte == UInt8(ascii: "-"), previous == byte {
          // It may be `xn--`, which libidn2 decides.
          needsIDNA = needsIDNA || hasALabelPrefix(text)
        } else if !isLabelByte(byte) {
          throw AddressError(reason(for: scalar, at: whole.place(of: index)))
        }
        previous = byte
      } else {
        switch ScalarClass(scalar) {
        case .text: needsIDNA = true
        case .control: throw AddressError(.control(scalar, at: whole.place(of: index)))
        case .invisible: throw AddressError(.invisible(scalar, at: whole.place(of: index)))
        }
        previous = 0xFF
      }
    }
    if previous == UInt8(ascii: ".") { throw AddressError(.trailingDot) }
    return needsIDNA
  }

  private static func reason(for scalar: Unicode.Scalar, at place: Int) -> AddressError.Reason {
    switch scalar {
    case " ": .space(at: place)
    case "(": .comment(at: place)
    default: ScalarClass(scalar) == .control ? .control(scalar, at: place) : .character(scalar, at: place)
    }
  }

  private static func hasALabelPrefix(_ text: Substring) -> Bool {
    text.lowercased().split(separator: ".").contains { $0.utf8.starts(with: "xn--".utf8) }
  }

  private static func checkLabels(_ ascii: String) throws(AddressError) {
    let total = ascii.utf8.count
    guard total <= 253 else { throw AddressError(.domainTooLong(total)) }
    var length = 0
    var labels = 1
    var onlyDigits = true
    var previous = UInt8(ascii: ".")
    for byte in ascii.utf8 {
      if byte == UInt8(ascii: ".") {
        if length == 0 { throw AddressError(labels == 1 ? .leadingDot : .twoDots) }
        if previous == UInt8(ascii: "-") { throw AddressError(.hyphenAtLabelEdge) }
        guard length <= 63 else { throw AddressError(.labelTooLong(length)) }
        labels += 1
        length = 0
        onlyDigits = true
      } else {
        if length == 0, byte == UInt8(ascii: "-") { throw AddressError(.hyphenAtLabelEdge) }
        onlyDigits = onlyDigits && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        length += 1
      }
      previous = byte
    }
    if length == 0 { throw AddressError(.trailingDot) }
    if previous == UInt8(ascii: "-") { throw AddressError(.hyphenAtLabelEdge) }
    guard length <= 63 else { throw AddressError(.labelTooLong(length)) }
    guard labels >= 2 else { throw AddressError(.noDotInDomain) }
    if onlyDigits { throw AddressError(.numericTopLevel) }
  }

  private static func convert(
    _ text: String, capacity: Int,
    by conversion: (UnsafePointer<CChar>, UnsafeMutablePointer<CChar>, Int) -> cidn2_result
  ) throws(AddressError) -> String {
    var result = cidn2_other
    let converted = withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer -> String in
      // A temporary allocation of more than zero elements has a base address.
      let start = buffer.baseAddress!
      start.pointee = 0
      result = text.withCString { conversion($0, start, capacity) }
      return result == cidn2_ok ? String(cString: start) : ""
    }
    switch result {
    case cidn2_ok: return converted
    case cidn2_label_too_long: throw AddressError(.labelTooLong(0))
    case cidn2_domain_too_long: throw AddressError(.domainTooLong(0))
    default: throw AddressError(.notIDNA(AddressError.IDNAProblem(result)))
    }
  }
}

/// Letters, digits and hyphen (RFC 1034 §3.5).
private func isLabelByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
    true
  default: false
  }
}
