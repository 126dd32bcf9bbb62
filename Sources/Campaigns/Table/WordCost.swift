/// How unlikely a word is as it reads in one encoding, in bits: letters beyond ASCII beside letters where they do not stand,
/// capitals inside words, and signs inside words or where their partner or their number is missing.
struct WordCost {
  /// No word counts for more: one that is nonsense in every encoding must not decide.
  static let most = 60

  private let statistics = LetterStatistics.shared
  private let upper: [UInt32]
  private let hasDotless: Bool
  /// A no-break space behind a word is á here, and nothing ends in that as these encodings have no Czech and Slovak.
  private let hasSpaceAsLetter: Bool
  private var scalars: [Unicode.Scalar] = []

  /// `encoding` is one in which every byte is a character.
  init(_ encoding: TextEncoding) {
    upper = encoding.upper
    // Mac Roman has the ı of Turkish as a sign, and no other letter of Turkish alone.
    hasDotless = encoding != .macRoman
    hasSpaceAsLetter = [.cp850, .cp858, .cp437].contains(encoding)
  }

  /// The cost of a word with its neighbours; nil when a byte has no character.
  mutating func callAsFunction(_ word: WordSample.Word) -> Int? {
    scalars.removeAll(keepingCapacity: true)
    for byte in word.bytes {
      let value = byte < 0x80 ? UInt32(byte) : upper[Int(byte) - 0x80]
      guard value != 0, let scalar = Unicode.Scalar(value) else { return nil }
      scalars.append(scalar)
    }
    let capitals = scalars.count { $0.isCapital }
    let small = scalars.count { $0.isSmall && $0 != "ß" }
    var cost = 0
    for index in scalars.indices where !scalars[index].isASCII {
      let scalar = scalars[index]
      let previous = index > 0 ? scalars[index - 1] : " "
      let next = index + 1 < scalars.count ? scalars[index + 1] : " "
      guard scalar.isLetter else {
        cost += Self.sign(scalar, previous, next, place: index - 1)
        continue
      }
      let lower = scalar == "İ" ? scalar : scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
      cost +=
        lower == "ı" && !hasDotless
        ? LetterStatistics.unknown : statistics.cost(of: lower, after: previous, before: next)
      if !previous.isLetter, !next.isLetter, scalar != "à", scalar != "À" { cost += 12 }
      if scalar == "á", hasSpaceAsLetter, !next.isLetter { cost += 6 }
      if scalar.isCapital {
        if previous.isSmall {
          cost += 10
        } else if previous.isLetter, next.isSmall {
          cost += 7
        }
      } else if scalar != "ß", scalar != "ı" {
        if next.isCapital {
          cost += 7
        } else if previous.isCapital, capitals >= 2, small <= 1 {
          cost += 6
        }
        if !previous.isLetter, next.isLetter { cost += 2 }
      }
    }
    return min(cost, Self.most)
  }

  /// The cost of a character that is no letter; `place` counts the letters of the word before it.
  private static func sign(
    _ sign: Unicode.Scalar, _ previous: Unicode.Scalar, _ next: Unicode.Scalar, place: Int
  ) -> Int {
    let isInside = previous.isLetter && next.isLetter
    let isBeside = previous.isLetter || next.isLetter
    let never = isInside ? 45 : 32
    // L’Oréal, d’Ivoire, O’Neil.
    let isElision = isInside && place <= 2 && (next.isCapital || "aeiouhy".unicodeScalars.contains(next))
    switch sign {
    case "’": return isElision || (isInside && next == "s") ? 8 : isInside ? 24 : 12
    case "´", "`": return isElision ? 11 : never
    case "‘": return isInside ? never : 14
    case "„", "‚", "«", "‹": return previous.isLetter ? never : sign == "„" ? 12 : 16
    case "“", "”": return isInside ? never : next.isLetter ? 14 : 12
    case "»", "›": return next.isLetter ? never : 16
    case "–", "—": return isInside ? 30 : isBeside ? 14 : 10
    case "…": return next.isLetter ? never : 14
    // Web pages leave them behind and between words; a small letter inside a word is another matter.
    case "\u{A0}": return !isInside || next.isCapital ? 2 : 30
    case "\u{AD}": return 18
    case "€": return isBeside ? never : 9
    case "°":
      let isNumber = (previous == "N" || previous == "n") && !next.isLetter
      return isNumber || (!previous.isLetter && (next == " " || next == "C")) ? 13 : never
    case "§": return isBeside ? never : 11
    case "®", "™": return next.isLetter ? never : 13
    case "²", "³": return (previous == "m" || previous == "M") && !next.isLetter ? 12 : never
    case "½", "¼", "¾", "×", "·", "•": return isBeside ? never : 13
    case "ª", "º":
      return next.isLetter || (previous.isLetter && !"MmNn".unicodeScalars.contains(previous)) ? never : 16
    case "¿", "¡": return !previous.isLetter && next.isLetter ? 18 : never
    default: return isBeside ? never : 20
    }
  }
}

extension Unicode.Scalar {
  /// True for a letter, and not for ª and º, which are letters to Unicode.
  var isLetter: Bool {
    isASCII ? (value | 0x20) &- 0x61 < 26 : properties.isAlphabetic && self != "ª" && self != "º"
  }
  var isCapital: Bool { isASCII ? value &- 0x41 < 26 : properties.isUppercase }
  var isSmall: Bool { isASCII ? value &- 0x61 < 26 : properties.isLowercase && isLetter }
}
