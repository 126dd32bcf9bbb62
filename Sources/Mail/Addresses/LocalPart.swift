import Foundation

/// The part before the @ of an address, in its canonical form: NFC, and quoted only if it has to be.
///
/// `"anna.muster"` and `anna.muster` are the same mailbox (RFC 5321 §4.1.2), so both become the latter.
struct LocalPart {
  let text: String
  /// The @ that ends it.
  let at: String.Index

  /// Parses the beginning of `address`, a part of `whole`, up to the @.
  init(startOf address: Substring, in whole: String) throws(AddressError) {
    let content: String
    if address.utf8.first == UInt8(ascii: "\"") {
      (content, at) = try Self.quoted(address, in: whole)
      guard !content.isEmpty else { throw AddressError(.nothingBeforeAt) }
    } else {
      at = try Self.checkDotAtom(address, in: whole)
      content = String(address[..<at])
    }
    let composed = content.utf8.allSatisfy { $0 < 0x80 } ? content : content.precomposedStringWithCanonicalMapping
    text = Self.isDotAtom(composed) ? composed : Self.quote(composed)
  }

  private static func checkDotAtom(_ address: Substring, in whole: String) throws(AddressError) -> String.Index {
    let scalars = address.unicodeScalars
    var previous: Unicode.Scalar?
    for index in scalars.indices {
      let scalar = scalars[index]
      switch scalar {
      case "@":
        guard let previous else { throw AddressError(.nothingBeforeAt) }
        if previous == "." { throw AddressError(.dotBeforeAt) }
        return index
      case ".":
        if previous == nil { throw AddressError(.leadingDot) }
        if previous == "." { throw AddressError(.twoDots) }
      case " ": throw AddressError(.space(at: whole.place(of: index)))
      case "(": throw AddressError(.comment(at: whole.place(of: index)))
      default: try check(scalar, whole.place(of:), index)
      }
      previous = scalar
    }
    throw AddressError(.noAt)
  }

  private static func check(
    _ scalar: Unicode.Scalar, _ place: (String.Index) -> Int, _ index: String.Index
  ) throws(AddressError) {
    switch ScalarClass(scalar) {
    case .control: throw AddressError(.control(scalar, at: place(index)))
    case .invisible: throw AddressError(.invisible(scalar, at: place(index)))
    case .text:
      if scalar.isASCII, !isAtomText(UInt8(scalar.value)) { throw AddressError(.character(scalar, at: place(index))) }
    }
  }

  /// The content of the quoted string, without its quotes and backslashes.
  private static func quoted(
    _ address: Substring, in whole: String
  ) throws(AddressError) -> (content: String, at: String.Index) {
    let scalars = address.unicodeScalars
    var content = String.UnicodeScalarView()
    var escaped = false
    var index = scalars.index(after: scalars.startIndex)
    while index < scalars.endIndex {
      let scalar = scalars[index]
      switch ScalarClass(scalar) {
      case .control: throw AddressError(.control(scalar, at: whole.place(of: index)))
      case .invisible: throw AddressError(.invisible(scalar, at: whole.place(of: index)))
      case .text: break
      }
      let next = scalars.index(after: index)
      if escaped {
        content.append(scalar)
        escaped = false
      } else if scalar == "\\" {
        escaped = true
      } else if scalar == "\"" {
        guard next < scalars.endIndex else { throw AddressError(.noAt) }
        guard scalars[next] == "@" else { throw AddressError(.textAfterQuote) }
        return (String(content), next)
      } else {
        content.append(scalar)
      }
      index = next
    }
    throw AddressError(.openQuote)
  }

  private static func isDotAtom(_ text: String) -> Bool {
    var previous = UInt8(ascii: ".")
    for byte in text.utf8 {
      if byte == UInt8(ascii: "."), previous == byte { return false }
      if byte < 0x80, byte != UInt8(ascii: "."), !isAtomText(byte) { return false }
      previous = byte
    }
    return previous != UInt8(ascii: ".")
  }

  private static func quote(_ content: String) -> String {
    var quoted = "\""
    for scalar in content.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}

/// ASCII characters of an atom (RFC 5322 §3.2.3).
func isAtomText(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }
}
