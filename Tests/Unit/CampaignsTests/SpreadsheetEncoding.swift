@testable import Campaigns

/// Ways in which spreadsheet programs write text.
enum SpreadsheetEncoding: String, CaseIterable {
  case utf8, utf8Mark, utf16LittleEndian, utf16LittleEndianMark, utf16BigEndian, utf16BigEndianMark, windows1252

  var encoding: TextEncoding {
    switch self {
    case .utf8, .utf8Mark: .utf8
    case .utf16LittleEndian, .utf16LittleEndianMark: .utf16LittleEndian
    case .utf16BigEndian, .utf16BigEndianMark: .utf16BigEndian
    case .windows1252: .windows1252
    }
  }

  var hasMark: Bool { rawValue.hasSuffix("Mark") }

  func bytes(_ text: String) -> [UInt8] {
    let text = hasMark ? "\u{FEFF}" + text : text
    return switch encoding {
    case .utf8: Array(text.utf8)
    case .utf16LittleEndian: text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    case .utf16BigEndian: text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    default: text.unicodeScalars.map(Self.windows1252)
    }
  }

  private static func windows1252(_ scalar: Unicode.Scalar) -> UInt8 {
    let known: [Unicode.Scalar: UInt8] = ["€": 0x80, "Š": 0x8A, "ž": 0x9E, "“": 0x93, "”": 0x94, "–": 0x96, "Ÿ": 0x9F]
    return known[scalar] ?? UInt8(scalar.value)
  }
}
