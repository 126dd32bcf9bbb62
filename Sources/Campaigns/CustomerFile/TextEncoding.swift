/// The encodings in which spreadsheet programs save a table as text.
public enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "UTF-8"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  case windows1252 = "Windows-1252"

  /// Bytes in a unit.
  var width: Int { self == .utf16LittleEndian || self == .utf16BigEndian ? 2 : 1 }

  /// The characters of Windows-1252 from 80 to 9F; zero where it has none.
  static let windows1252Upper: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
    0x0178,
  ]

  /// Nil for 81, 8D, 8F, 90 and 9D, which Windows-1252 leaves open.
  static func windows1252(_ byte: UInt8) -> Unicode.Scalar? {
    guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
    let value = windows1252Upper[Int(byte) - 0x80]
    return value == 0 ? nil : Unicode.Scalar(value)
  }
}

/// Signs in a decoded text that it was decoded, now or long ago, with the wrong encoding.
enum WrongGuess: Equatable {
  /// U+FFFD: a character was lost before the file was saved.
  case replacement
  /// A control character between U+0080 and U+009F, which no keyboard makes.
  case control(Unicode.Scalar)
  /// `Ã¼` where an ü should be: UTF-8 that was read as Windows-1252.
  case doubleEncoding

  /// False for almost every text: only UTF-8 with the bytes C2 and EF, or with C3 before certain others, can be wrong.
  private static func isSuspicious(_ bytes: ArraySlice<UInt8>) -> Bool {
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0xC2 || byte == 0xEF { return true }
      if previous == 0xC3, byte == 0x82 || byte == 0x83 || byte == 0xA2 { return true }
      previous = byte
    }
    return false
  }

  /// Looks at UTF-8; nil when nothing is wrong.
  init?(in bytes: ArraySlice<UInt8>) {
    guard Self.isSuspicious(bytes) else { return nil }
    self.init(in: String(decoding: bytes, as: UTF8.self))
  }

  /// Nil when nothing is wrong.
  init?(in text: String) {
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0xFFFD:
        self = .replacement
        return
      case 0x80...0x9F:
        self = .control(scalar)
        return
      default:
        if Self.isDoubled(previous, scalar) {
          self = .doubleEncoding
          return
        }
      }
      previous = scalar
    }
    return nil
  }

  /// True for what the bytes C2, C3 and E2 of UTF-8 become, together with the byte after them.
  private static func isDoubled(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
    switch first.value {
    case 0xC3: (0xA0...0xBF).contains(second.value) || TextEncoding.windows1252Upper.contains(second.value)
    case 0xC2: (0xA0...0xBF).contains(second.value)
    case 0xE2: second.value == 0x20AC || second.value == 0x201A
    default: false
    }
  }
}
