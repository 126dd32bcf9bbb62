/// How unlikely a word is as it reads in one encoding, in bits: letters beyond ASCII beside letters where they do not stand,
/// capitals inside words, and signs inside words or where their partner or their number is missing.
struct WordCost {
  /// No word counts for more: one that is nonsense in every encoding must not decide.
  static let most = 60

  private let statistics = LetterStatistics.shared
  /// By the byte; nil where it is no character.
  private let characters: [ScalarKind?]
  private let hasDotless: Bool
  /// A no-break space behind a word is á here, and nothing ends in that as these encodings have no Czech and Slovak.
  private let hasSpaceAsLetter: Bool
  private var letters: [ScalarKind] = []

  /// `encoding` is one in which every byte is a character.
  init(_ encoding: TextEncoding) {
    characters =
      ScalarKind.ascii + encoding.upper.map { $0 == 0 ? nil : Unicode.Scalar($0).map(ScalarKind.of) }
    // Mac Roman has the ı of Turkish as a sign, and no other letter of Turkish alone.
    hasDotless = encoding != .macRoman
    hasSpaceAsLetter = [.cp850, .cp858, .cp437].contains(encoding)
  }

  /// The cost of a word with its neighbours; nil when a byte has no character.
  mutating func callAsFunction(_ word: WordSample.Word) -> Int? {
    letters.removeAll(keepingCapacity: true)
    for byte in word.bytes {
      guard let letter = characters[Int(byte)] else { return nil }
      letters.append(letter)
    }
    let capitals = letters.count { $0.isCapital }
    let small = letters.count { $0.isSmall && $0.scalar != "ß" }
    var cost = 0
    for index in letters.indices where !letters[index].scalar.isASCII {
      let letter = letters[index]
      let scalar = letter.scalar
      let previous = index > 0 ? letters[index - 1] : .blank
      let next = index + 1 < letters.count ? letters[index + 1] : .blank
      guard letter.isLetter else {
        cost += Self.sign(scalar, previous, next, place: index - 1)
        continue
      }
      let lower = scalar == "İ" ? scalar : letter.small
      cost +=
        lower == "ı" && !hasDotless
        ? LetterStatistics.unknown : statistics.cost(of: lower, after: previous.scalar, before: next.scalar)
      if !previous.isLetter, !next.isLetter, scalar != "à", scalar != "À" { cost += 12 }
      if scalar == "á", hasSpaceAsLetter, !next.isLetter { cost += 6 }
      if letter.isCapital {
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
    _ sign: Unicode.Scalar, _ previous: ScalarKind, _ next: ScalarKind, place: Int
  ) -> Int {
    let isInside = previous.isLetter && next.isLetter
    let isBeside = previous.isLetter || next.isLetter
    let never = isInside ? 45 : 32
    // L’Oréal, d’Ivoire, O’Neil.
    let isElision = isInside && place <= 2 && (next.isCapital || "aeiouhy".unicodeScalars.contains(next.scalar))
    switch sign {
    case "’": return isElision || (isInside && next.scalar == "s") ? 8 : isInside ? 24 : 12
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
      let isNumber = (previous.scalar == "N" || previous.scalar == "n") && !next.isLetter
      return isNumber || (!previous.isLetter && (next.scalar == " " || next.scalar == "C")) ? 13 : never
    case "§": return isBeside ? never : 11
    case "®", "™": return next.isLetter ? never : 13
    case "²", "³": return (previous.scalar == "m" || previous.scalar == "M") && !next.isLetter ? 12 : never
    case "½", "¼", "¾", "×", "·", "•": return isBeside ? never : 13
    case "ª", "º":
      return next.isLetter || (previous.isLetter && !"MmNn".unicodeScalars.contains(previous.scalar)) ? never : 16
    case "¿", "¡": return !previous.isLetter && next.isLetter ? 18 : never
    default: return isBeside ? never : 20
    }
  }
}

/// What Unicode says of a character, looked up once for the letters that the encodings have.
private struct ScalarKind: Sendable {
  var scalar: Unicode.Scalar
  var isLetter: Bool
  var isCapital: Bool
  var isSmall: Bool
  var small: Unicode.Scalar

  private init(_ scalar: Unicode.Scalar) {
    self.scalar = scalar
    let properties = scalar.properties
    isLetter = properties.isAlphabetic && scalar != "ª" && scalar != "º"
    isCapital = properties.isUppercase
    isSmall = properties.isLowercase && isLetter
    small = properties.lowercaseMapping.unicodeScalars.first ?? scalar
  }

  private init(sign: Unicode.Scalar) {
    (scalar, isLetter, isCapital, isSmall, small) = (sign, false, false, false, sign)
  }

  /// Latin, Greek and Cyrillic letters.
  private static let letters = (0..<0x460 as Range<UInt32>).compactMap(Unicode.Scalar.init).map { ScalarKind($0) }

  /// A zero is no character of a text.
  static let ascii: [ScalarKind?] = [nil] + Array(letters[1..<0x80])
  static let blank = letters[0x20]

  static func of(_ scalar: Unicode.Scalar) -> ScalarKind { known(scalar) ?? ScalarKind(scalar) }

  /// Nil for a character that is looked up each time.
  static func known(_ scalar: Unicode.Scalar) -> ScalarKind? {
    switch scalar.value {
    case 0..<0x460: letters[Int(scalar.value)]
    // Punctuation, currencies, mathematics, and what boxes are drawn with: no letters.
    case 0x2010..<0x2060, 0x20A0..<0x20D0, 0x2200..<0x2400, 0x2500..<0x2600: ScalarKind(sign: scalar)
    default: nil
    }
  }
}

extension Unicode.Scalar {
  /// True for a letter, and not for ª and º, which are letters to Unicode.
  var isLetter: Bool {
    isASCII
      ? (value | 0x20) &- 0x61 < 26
      : ScalarKind.known(self)?.isLetter ?? (properties.isAlphabetic && self != "ª" && self != "º")
  }
  var isCapital: Bool {
    isASCII ? value &- 0x41 < 26 : ScalarKind.known(self)?.isCapital ?? properties.isUppercase
  }
  var isSmall: Bool {
    isASCII ? value &- 0x61 < 26 : ScalarKind.known(self)?.isSmall ?? (properties.isLowercase && isLetter)
  }
}
