/// Words of others made fit for a terminal: the one notation for characters that nobody can see and that act all the
/// same.
///
/// Relays, customers, name servers, files and the environment may send characters that steer a terminal (C0, DEL, C1),
/// turn the direction of the text around (UAX #9), end a line (U+2028, U+2029) or are invisible (zero width, tags, …).
/// Such a character is written as `\u{202E}`: its code point in hexadecimal. Everything else stays as it is, a
/// backslash too: the notation is for reading, and JSON has the exact value.
public enum VisibleText {
  /// A text of several lines: line feeds stay, and so does what the caller names.
  public static func lines(_ text: String, keeping kept: Set<Unicode.Scalar> = []) -> String {
    shown(text) { $0 == "\n" || kept.contains($0) }
  }

  /// A text that stays on one line, whatever is in it.
  public static func line(_ text: String) -> String { shown(text) { _ in false } }

  /// A JSON text (RFC 8259) with every such character escaped in its strings: it has the same value, and is harmless on
  /// a terminal.
  public static func json(_ text: String) -> String {
    if isPlain(text) { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" || !isHidden(scalar) {
        shown.unicodeScalars.append(scalar)
      } else {
        for unit in UTF16.encode(scalar) ?? .init() { shown += "\\u" + hex(UInt32(unit), digits: 4) }
      }
    }
    return shown
  }

  /// True for a character that has to be written out. Letters, marks, symbols and spaces of every script are not.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    // Most characters outside ASCII are letters of a European language; only the soft hyphen hides among them.
    if (0xA0...0x24F).contains(scalar.value) { return scalar.value == 0xAD }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return true
    case .format: return !visibleFormats.contains { $0.contains(scalar.value) }
    // Of what readers ignore, only the wish for an emoji in colour, or in black and white, is at home in names.
    default: return scalar.properties.isDefaultIgnorableCodePoint && scalar.value != 0xFE0E && scalar.value != 0xFE0F
    }
  }

  /// `\u{202E}`
  public static func notation(_ scalar: Unicode.Scalar) -> String { "\\u{\(hex(scalar.value, digits: 1))}" }

  /// Signs of Arabic, Syriac and Kaithi that are drawn, though Unicode counts them among the format characters.
  private static let visibleFormats: [ClosedRange<UInt32>] = [
    0x600...0x605, 0x6DD...0x6DD, 0x70F...0x70F, 0x890...0x891, 0x8E2...0x8E2, 0x110BD...0x110BD, 0x110CD...0x110CD,
  ]

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == UInt8(ascii: "\n") }
  }

  private static func shown(_ text: String, keeping isKept: (Unicode.Scalar) -> Bool) -> String {
    if isKept("\n"), isPlain(text) { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar), !isKept(scalar) { shown += notation(scalar) } else { shown.unicodeScalars.append(scalar) }
    }
    return shown
  }

  private static func hex(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
