import Foundation

extension String {
  /// Without blanks, tabs, line breaks and no-break spaces at both ends.
  func trimmingBlanks() -> String {
    // Nearly every text begins with a visible character of ASCII or between U+00C0 and U+07FF, and ends with one of ASCII.
    if let first = utf8.first, let last = utf8.last, Self.isPlain(first), last > 0x20, last < 0x7F { return self }
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n" || scalar == "\u{A0}" || scalar == "\u{202F}"
    }
    let text = Substring(self)
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(text[first..<scalars.index(after: last)])
  }

  private static func isPlain(_ byte: UInt8) -> Bool { (byte > 0x20 && byte < 0x7F) || (byte >= 0xC3 && byte < 0xE0) }

  /// In normal form C, so that an ü is one character however it was typed.
  var precomposed: String {
    // Every character below U+0300, in UTF-8 the byte CC, is its own normal form.
    utf8.allSatisfy { $0 < 0xCC } ? self : precomposedStringWithCanonicalMapping
  }
}
