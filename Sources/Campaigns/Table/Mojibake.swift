import Files

/// Signs in a decoded text that it was decoded, now or long ago, with the wrong encoding.
enum Mojibake: Equatable {
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

  /// Checks UTF-8; nil when nothing is wrong.
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

  /// True for the characters that the bytes C2, C3 and E2 of UTF-8 become, together with the byte after them.
  private static func isDoubled(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
    switch first.value {
    case 0xC3: (0xA0...0xBF).contains(second.value) || TextEncoding.windows1252Upper.contains(second.value)
    case 0xC2: (0xA0...0xBF).contains(second.value)
    case 0xE2: second.value == 0x20AC || second.value == 0x201A
    default: false
    }
  }

  /// The reason, for the operator. `notUTF8` is the place where the file is not UTF-8; nil when it is UTF-8.
  func description(of text: String, notUTF8: EncodingDetector.Finding?) -> String {
    let quoted = QuotedText(text)
    switch self {
    case .replacement:
      return "\(quoted) has lost a character (U+FFFD); export the file again from where it comes from"
    case .control(let scalar):
      return "\(quoted) has the control character \(VisibleText.notation(scalar)); the file was saved with a wrong "
        + "encoding, save it again as \"CSV UTF-8\""
    case .doubleEncoding:
      if let finding = notUTF8 {
        let byte = String(finding.byte, radix: 16, uppercase: true)
        return "\(quoted) is UTF-8, but line \(finding.line) is not (byte \(byte)); the file mixes two encodings, "
          + "save it again as \"CSV UTF-8\""
      }
      return "\(quoted) was encoded twice; export the file again from where it comes from"
    }
  }
}
