/// The writing system of a letter, as far as it tells letters that look alike from one another (UTS #39 §5).
///
/// Digits, marks and signs belong to every script and have none here. Scripts that nobody confuses with Latin are told
/// apart by their block only.
enum Script: Hashable {
  case latin, greek, cyrillic, armenian, cherokee
  case han, hiragana, katakana, bopomofo, hangul
  /// The script of one block of 128 characters.
  case other(UInt32)

  /// Nil for a character that is at home in every script.
  init?(_ scalar: Unicode.Scalar) {
    let value = scalar.value
    if value < 0x80 {
      guard scalar.properties.isAlphabetic else { return nil }
      self = .latin
      return
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter: break
    default: return nil
    }
    switch value {
    case 0x02B0...0x02FF, 0x30FC, 0xFF70: return nil
    case 0x00AA...0x02AF, 0x1D00...0x1DBF, 0x1E00...0x1EFF, 0x2C60...0x2C7F, 0xA720...0xA7FF, 0xAB30...0xAB64,
      0xFB00...0xFB06, 0xFF21...0xFF5A:
      self = .latin
    case 0x0370...0x03FF, 0x1F00...0x1FFF: self = .greek
    case 0x0400...0x052F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF, 0xA640...0xA69F: self = .cyrillic
    case 0x0530...0x058F: self = .armenian
    case 0x13A0...0x13FF, 0xAB70...0xABBF: self = .cherokee
    case 0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: self = .han
    case 0x3041...0x309F: self = .hiragana
    case 0x30A0...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D: self = .katakana
    case 0x3100...0x312F, 0x31A0...0x31BF: self = .bopomofo
    case 0x1100...0x11FF, 0x3130...0x318F, 0xA960...0xA97F, 0xAC00...0xD7FF: self = .hangul
    default: self = .other(value >> 7)
    }
  }

  /// As it is spoken of before a letter: "a Cyrillic letter".
  var name: String? {
    switch self {
    case .latin: "Latin"
    case .greek: "Greek"
    case .cyrillic: "Cyrillic"
    case .armenian: "Armenian"
    case .cherokee: "Cherokee"
    case .han: "Chinese"
    case .hiragana: "Hiragana"
    case .katakana: "Katakana"
    case .bopomofo: "Bopomofo"
    case .hangul: "Korean"
    case .other: nil
    }
  }

  private static let japanese: Set<Script> = [.latin, .han, .hiragana, .katakana]
  private static let chinese: Set<Script> = [.latin, .han, .bopomofo]
  private static let korean: Set<Script> = [.latin, .han, .hangul]

  /// Scripts that are written together: one, or those of Japanese, Chinese and Korean with Latin ("highly restrictive").
  static func belongTogether(_ scripts: Set<Script>) -> Bool {
    if scripts.count < 2 { return true }
    if scripts.allSatisfy({ if case .other = $0 { true } else { false } }) { return true }
    return scripts.isSubset(of: japanese) || scripts.isSubset(of: chinese) || scripts.isSubset(of: korean)
  }
}
