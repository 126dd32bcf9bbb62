import Foundation
import Mail

extension String {
  /// The text without spaces, tabs, line breaks and no-break spaces at either end.
  func trimmingBlanks() -> String {
    // Nearly every text begins with a visible character of ASCII or between U+00C0 and U+07FF, and ends with one of
    // ASCII.
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

  /// The text in normal form C, so that an ü is one character however it was typed.
  var precomposed: String {
    // Every character below U+0300, in UTF-8 the byte CC, is its own normal form.
    utf8.allSatisfy { $0 < 0xCC } ? self : precomposedStringWithCanonicalMapping
  }
}

/// The handling of the invisible characters that control the direction of writing (UAX #9), which get into a
/// spreadsheet from web forms and address books.
///
/// A name that changes the direction of what follows makes a reader see another name, or another sentence: it is
/// refused. A phone number is different: phones put such characters around every number that is copied from them, and
/// only its digits count, so there they are left out.
enum TextDirection {
  static let why = "an invisible character that turns the direction of the writing behind it; remove it"
}

extension String {
  /// The first character that changes the direction of what follows; plain ASCII and most of Latin are skipped quickly.
  var firstTurningScalar: Unicode.Scalar? {
    guard utf8.contains(0xE2) else { return nil }
    return unicodeScalars.first(where: \.turnsDirection)
  }

  /// The text without characters that nobody sees and that only say where a line may be broken; they get into a cell with what
  /// is copied from a page.
  var withoutInvisibleMarks: String {
    guard utf8.contains(where: { $0 == 0xC2 || $0 == 0xE2 || $0 == 0xEF }) else { return self }
    let isMark = { (scalar: Unicode.Scalar) in [0xAD, 0x200B, 0x2060, 0xFEFF].contains(scalar.value) }
    guard unicodeScalars.contains(where: isMark) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.filter { !isMark($0) })).trimmingBlanks()
  }

  /// The text without any character that controls the direction of writing, including the marks.
  var withoutDirectionMarks: String {
    guard utf8.contains(where: { $0 == 0xE2 || $0 == 0xD8 }) else { return self }
    let isMark = { (scalar: Unicode.Scalar) in [0x200E, 0x200F, 0x061C].contains(scalar.value) }
    return String(String.UnicodeScalarView(unicodeScalars.filter { !$0.turnsDirection && !isMark($0) }))
      .trimmingBlanks()
  }
}
