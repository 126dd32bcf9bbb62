/// A sign in one value that characters of it were lost, or are written in the notation of another format: the value is not
/// what the customer is called, and no letter says it. Nothing is put right, because what was meant is a guess.
///
/// One such row is one customer's matter; many are a fault of the export, and the file is refused: see ``problem(in:rows:)``.
enum TextDoubt: Equatable {
  /// U+FFFD, or a `?`, `¿` or `□` in a word: a program had no character for a letter.
  case lostCharacter
  /// `_` or another sign of ASCII in a word, in which some programs turn letters that they do not have.
  case substitute
  /// A sign that no word has.
  case oddCharacter
  /// A word that is one only in another encoding: it was read in a wrong one.
  case misread
  /// `&uuml;`, `&#252;`: HTML.
  case entity
  /// `=FC`, `=C3=BC`, `=?UTF-8?Q?…?=`, `%C3%BC`, `\u00fc`, `\n`: mail, addresses of pages, JSON, databases.
  case escape

  /// - Parameter isName: True for a person's name or title, in which a question mark at the end is no punctuation either.
  init?(in text: String, isName: Bool) {
    // Nearly every value is letters, blanks, digits, hyphens and full stops, and nothing else.
    let mayBeMisread = MisreadWord.mayBe(in: text[...].utf8)
    guard mayBeMisread || text.utf8.contains(where: Self.isSuspicious) else { return nil }
    let scalars = Array(text.unicodeScalars)
    for index in scalars.indices {
      let place = Place(scalars: scalars, index: index)
      if let found = Self.doubt(at: place, isName: isName) {
        self = found
        return
      }
    }
    guard mayBeMisread, MisreadWord.isIn(scalars) else { return nil }
    self = .misread
  }

  private static func isSuspicious(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "%"), UInt8(ascii: "\\"),
      UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "\""), UInt8(ascii: "{")...UInt8(ascii: "}"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "^"), UInt8(ascii: "~"),
      UInt8(ascii: "0"),
      0xC2, 0xCB, 0xE2, 0xEF, 0xC6:
      true
    default: false
    }
  }

  /// A place in a text, and what stands around it.
  private struct Place {
    let scalars: [Unicode.Scalar]
    let index: Int

    subscript(offset: Int) -> Unicode.Scalar {
      scalars.indices.contains(index + offset) ? scalars[index + offset] : " "
    }

    /// The value of `count` hexadecimal digits from `offset` on.
    func hex(_ offset: Int, _ count: Int) -> UInt32? {
      var value: UInt32 = 0
      for place in offset..<offset + count {
        guard self[place].isASCII, let digit = self[place].hexadecimal else { return nil }
        value = value << 4 | digit
      }
      return value
    }

    /// The nearest characters beside a group of the same sign.
    var neighbours: (before: Unicode.Scalar, after: Unicode.Scalar) {
      var (before, after) = (-1, 1)
      while self[before] == self[0] { before -= 1 }
      while self[after] == self[0] { after += 1 }
      return (self[before], self[after])
    }
  }

  private static func doubt(at place: Place, isName: Bool) -> TextDoubt? {
    let scalar = place[0]
    switch scalar {
    case "\u{FFFD}", "□", "■", "\u{FFFC}": return .lostCharacter
    case "?", "¿": return isLost(place, isName: isName) ? .lostCharacter : nil
    case "_", "*", "#", "^":
      let (before, after) = place.neighbours
      return isName && before.isLetter && after.isSmall ? .substitute : nil
    case "&": return isEntity(place) ? .entity : nil
    case "=":
      if place[1] == "?" { return place.scalars.count { $0 == "?" } >= 4 ? .escape : nil }
      guard let value = place.hex(1, 2), value >= 0x80 else { return nil }
      return place[-1].isLetter || place[3].isLetter || place[3] == "=" ? .escape : nil
    case "%":
      guard let value = place.hex(1, 2), value >= 0x80 || value == 0x20 else { return nil }
      return !isDigit(place[-1]) && (place[-1].isLetter || place[3].isLetter || place[3] == "%") ? .escape : nil
    case "+":
      // A line break in a cell, as psql shows it, and ü in UTF-7: +APw-.
      if place[-1] == " ", place.scalars.count - 1 == place.index { return .escape }
      return place[1] == "A" && "MNOP".unicodeScalars.contains(place[2]) && place[4] == "-" ? .escape : nil
    case "\"":
      // LaTeX: M\"uller.
      return (place[-1].isLetter || place[-1] == "{") && place[1].isLetter ? .escape : nil
    case "{", "|", "}", "[", "]": return isNational(place) ? .oddCharacter : nil
    case "~": return place[-1].isLetter && (place[1].isSmall || !place[1].isLetter) ? .oddCharacter : nil
    case "\\":
      if place[1] == "u" || place[1] == "U" { return place.hex(2, 4) != nil ? .escape : nil }
      if place[1] == "x" { return place.hex(2, 2) != nil ? .escape : nil }
      if "nrt'\"\\,;".unicodeScalars.contains(place[1]) { return .escape }
      return isDigit(place[1]) && isDigit(place[2]) && isDigit(place[3]) ? .escape : nil
    case "u", "U":
      // JSON whose backslashes were taken away: Mu00fcller.
      guard place[1] == "0", let value = place.hex(1, 4), (0xC0...0x17F).contains(value) else { return nil }
      return place[-1].isLetter || place[5].isLetter ? .escape : nil
    default:
      guard !scalar.isASCII, !scalar.isLetter else { return nil }
      // `Foto×Film` is a name, `F×rster` is none.
      if "§×÷™".unicodeScalars.contains(scalar) {
        return place[-1].isLetter && place[1].isSmall ? .oddCharacter : nil
      }
      return isOdd(scalar) && place[-1].isLetter && place[1].isLetter ? .oddCharacter : nil
    }
  }

  /// A question mark where a letter was: between letters, before one that begins no word, and at the end of a name. One behind
  /// which a sentence begins (`Warum?Darum`) or an address of a page goes on is none.
  private static func isLost(_ place: Place, isName: Bool) -> Bool {
    let (before, after) = place.neighbours
    if place.scalars.contains("=") || place.scalars.contains("/") { return false }
    if before.isLetter, after.isLetter { return !(before.isSmall && after.isCapital) }
    if after.isSmall { return before == " " || before == "-" || before == "\"" || before == "(" }
    return isName && before.isLetter && (after == " " || after == "-")
  }

  private static let entities: Set<String> = [
    "amp", "lt", "gt", "quot", "apos", "nbsp", "euro", "szlig", "copy", "reg", "trade", "ndash", "mdash", "lsquo",
    "rsquo",
    "ldquo", "rdquo", "bdquo", "sbquo", "laquo", "raquo", "hellip", "shy", "sect", "deg", "middot", "bull", "thorn",
    "eth",
    "inodot", "imath",
  ]
  private static let accents = [
    "uml", "acute", "grave", "circ", "tilde", "cedil", "ring", "slash", "caron", "lig", "ogon", "breve", "strok", "dot",
    "dblac", "macr",
  ]

  private static func isEntity(_ place: Place) -> Bool {
    var name = ""
    var offset = 1
    while offset < 12, place[offset] != ";" {
      guard place[offset].isLetter && place[offset].isASCII || isDigit(place[offset]) || place[offset] == "#" else {
        return false
      }
      name.unicodeScalars.append(place[offset])
      offset += 1
    }
    guard place[offset] == ";" else { return false }
    if name.hasPrefix("#") {
      return name.hasPrefix("#x") || name.hasPrefix("#X") || name.dropFirst().contains(where: \.isNumber)
    }
    return entities.contains(name.lowercased())
      || (name.count > 3 && accents.contains { name.lowercased().hasSuffix($0) })
  }

  /// A sign in whose place old terminals and printers had a letter: `M}ller`, `K|ln` (ISO 646).
  private static func isNational(_ place: Place) -> Bool {
    let isPaired =
      place.scalars.count(where: { "{[(".unicodeScalars.contains($0) })
      == place.scalars.count(where: { "}])".unicodeScalars.contains($0) })
    guard !isPaired || place[0] == "|", place[1].isSmall else { return false }
    return place[-1].isLetter || (place[-1] == " " && (place[0] == "[" || place[0] == "]"))
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value &- 0x30 < 10 }

  /// A sign that stands between letters only by mistake. Apostrophes, hyphens, full stops in the middle and what belongs to
  /// other scripts may.
  private static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xA1...0xA6, 0xA8...0xAC, 0xAF...0xB3, 0xB6, 0xB8...0xBF: true
    case 0x2C6...0x2DD: true
    case 0x201A, 0x201C...0x201E, 0x2020...0x2022, 0x2026, 0x2030, 0x2039, 0x203A, 0x20AC: true
    case 0x2200...0x22FF, 0x2300...0x25FF: true
    default: false
    }
  }
}

extension Unicode.Scalar {
  fileprivate var hexadecimal: UInt32? {
    switch value {
    case 0x30...0x39: value - 0x30
    case 0x41...0x46: value - 0x41 + 10
    case 0x61...0x66: value - 0x61 + 10
    default: nil
    }
  }
}
