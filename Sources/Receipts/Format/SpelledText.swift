import Foundation

/// A text as scalars, each with the bytes it was written in: what is found in another spelling of the text can be cut out
/// of the text itself.
struct SpelledText {
  struct Element {
    var scalar: Unicode.Scalar
    /// The place of its first byte in the text, and that after its last.
    var start: Int
    var end: Int
    /// It was written as an escape, such as `%40`.
    var isEscape = false
  }

  let elements: [Element]
  let isASCII: Bool

  init(_ text: String) {
    var elements: [Element] = []
    elements.reserveCapacity(text.utf8.count)
    var place = 0
    var isASCII = true
    for scalar in text.unicodeScalars {
      let length = UTF8.width(scalar)
      elements.append(Element(scalar: scalar, start: place, end: place + length))
      place += length
      isASCII = isASCII && length == 1
    }
    self.init(elements: elements, isASCII: isASCII)
  }

  private init(elements: [Element], isASCII: Bool) {
    self.elements = elements
    self.isASCII = isASCII
  }

  // MARK: Escapes

  /// All ways to read the text: as it is, and with escapes read that may themselves be escaped, three times at most. Each
  /// kind of escape is read alone too, as what looks like one may be none (“user=berta”).
  var readings: [SpelledText] {
    var readings = [self]
    let kinds = Self.escapeSigns.unicodeScalars.filter { sign in elements.contains { $0.scalar == sign } }
    for signs in kinds.map({ [$0] }) + (kinds.count > 1 ? [Array(kinds)] : []) {
      var reading = self
      for _ in 0..<3 {
        guard let next = reading.decoded(signs) else { break }
        readings.append(next)
        reading = next
      }
    }
    return readings
  }

  private static let escapeSigns = "%=+&\\"

  /// The text with one layer of escapes read that begin with one of `signs`; nil when it has none: `%40` and `=40` (URLs,
  /// quoted-printable), `+40` (RFC 3461 xtext), `&#64;` (HTML), `\x{40}` and `\u0040` (RFC 6533, programs).
  private func decoded(_ signs: [Unicode.Scalar]) -> SpelledText? {
    var result: [Element] = []
    result.reserveCapacity(elements.count)
    var isASCII = true
    var index = 0
    var found = false
    while index < elements.count {
      guard signs.contains(elements[index].scalar), let escape = escape(at: index) else {
        result.append(elements[index])
        isASCII = isASCII && elements[index].scalar.isASCII
        index += 1
        continue
      }
      found = true
      let (scalar, next) = escape.isByte ? character(escape, at: index) : (escape.value, escape.next)
      result.append(
        Element(
          scalar: Unicode.Scalar(scalar) ?? "\u{FFFD}", start: elements[index].start, end: elements[next - 1].end,
          isEscape: true))
      isASCII = isASCII && scalar < 0x80
      index = next
    }
    return found ? SpelledText(elements: result, isASCII: isASCII) : nil
  }

  private struct Escape {
    var value: UInt32
    /// The value is a byte, which may be one of several of a character.
    var isByte: Bool
    /// The index after the escape.
    var next: Int
  }

  private func escape(at index: Int) -> Escape? {
    switch elements[index].scalar {
    case "%", "=": hexadecimal(at: index + 1, digits: 2).map { Escape(value: $0, isByte: true, next: index + 3) }
    case "+":
      // Only capital letters: xtext has no others, and a tag after a plus sign has them seldom.
      hexadecimal(at: index + 1, digits: 2, onlyCapitals: true).map {
        Escape(value: $0, isByte: true, next: index + 3)
      }
    case "\\": backslash(at: index)
    case "&": entity(at: index)
    default: nil
    }
  }

  private func scalar(_ index: Int) -> Unicode.Scalar? {
    elements.indices.contains(index) ? elements[index].scalar : nil
  }

  private func hexadecimal(at start: Int, digits: Int, onlyCapitals: Bool = false) -> UInt32? {
    var value: UInt32 = 0
    for index in start..<start + digits {
      guard let digit = scalar(index).flatMap(Self.digit),
        !onlyCapitals || !("a"..."f").contains(elements[index].scalar)
      else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
    switch scalar {
    case "0"..."9": scalar.value - 0x30
    case "a"..."f": scalar.value - 0x61 + 10
    case "A"..."F": scalar.value - 0x41 + 10
    default: nil
    }
  }

  private func backslash(at index: Int) -> Escape? {
    guard let kind = scalar(index + 1), kind == "x" || kind == "u" else { return nil }
    if scalar(index + 2) == "{" {
      return number(from: index + 3, until: "}", hexadecimal: true)
    }
    let digits = kind == "x" ? 2 : 4
    return hexadecimal(at: index + 2, digits: digits).map {
      Escape(value: $0, isByte: kind == "x", next: index + 2 + digits)
    }
  }

  private func entity(at index: Int) -> Escape? {
    if scalar(index + 1) == "#" {
      let isHexadecimal = scalar(index + 2) == "x" || scalar(index + 2) == "X"
      return number(from: index + (isHexadecimal ? 3 : 2), until: ";", hexadecimal: isHexadecimal)
    }
    var name = ""
    var end = index + 1
    while let next = scalar(end), next.isASCII, next.properties.isAlphabetic, name.utf8.count < 8 {
      name.unicodeScalars.append(next)
      end += 1
    }
    guard scalar(end) == ";", let value = Self.entities[name] else { return nil }
    return Escape(value: value.value, isByte: false, next: end + 1)
  }

  private static let entities: [String: Unicode.Scalar] = [
    "amp": "&", "commat": "@", "period": ".", "lowbar": "_", "plus": "+", "equals": "=", "percnt": "%", "quot": "\"",
    "lt": "<", "gt": ">", "shy": "\u{AD}", "nbsp": " ", "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä",
    "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é", "egrave": "è", "ccedil": "ç",
  ]

  private func number(from start: Int, until last: Unicode.Scalar, hexadecimal: Bool) -> Escape? {
    var value: UInt32 = 0
    var index = start
    while let digit = scalar(index).flatMap(Self.digit), digit < (hexadecimal ? 16 : 10), index < start + 7 {
      value = value * (hexadecimal ? 16 : 10) + digit
      index += 1
    }
    guard index > start, scalar(index) == last else { return nil }
    return Escape(value: value, isByte: false, next: index + 1)
  }

  /// The character that begins with the byte of an escape: of several bytes in UTF-8, else as in Latin-1.
  private func character(_ first: Escape, at index: Int) -> (UInt32, next: Int) {
    let length =
      switch first.value {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 1
      }
    var value = length == 1 ? first.value : first.value & (0xFF >> UInt32(length + 1))
    var next = first.next
    for _ in 1..<max(length, 1) {
      guard next < elements.count, let more = escape(at: next), more.isByte, more.value & 0xC0 == 0x80 else {
        return (first.value, first.next)
      }
      value = value << 6 | more.value & 0x3F
      next = more.next
    }
    return (value, next)
  }

  // MARK: Folding

  /// The spellings that count as the same.
  enum Fold: CaseIterable {
    /// Case and compatibility (NFKD), in any script.
    case plain
    /// Letters without their marks as well: `Müller` is `muller`.
    case bare
    /// Letters with marks as German passports write them: `Müller` is `mueller`.
    case german
  }

  func folded(_ fold: Fold) -> [Element] {
    if isASCII {
      return elements.map { element in
        var element = element
        if ("A"..."Z").contains(element.scalar) { element.scalar = Unicode.Scalar(UInt8(element.scalar.value | 0x20)) }
        return element
      }
    }
    var result: [Element] = []
    result.reserveCapacity(elements.count)
    var text = String.UnicodeScalarView()
    text.append(contentsOf: elements.map(\.scalar))
    var index = 0
    // By characters: a letter and its marks are one, however they were composed.
    for character in String(text) {
      let count = character.unicodeScalars.count
      let (first, last) = (elements[index], elements[index + count - 1])
      for scalar in Self.fold(character, fold) {
        result.append(Element(scalar: scalar, start: first.start, end: last.end, isEscape: first.isEscape))
      }
      index += count
    }
    return result
  }

  private static func fold(_ character: Character, _ fold: Fold) -> [Unicode.Scalar] {
    if let ascii = character.asciiValue {
      return [Unicode.Scalar(("A"..."Z").contains(character) ? ascii | 0x20 : ascii)]
    }
    // By way of the capitals, so that ß and ss, and both small sigmas, are one.
    let text = String(character).decomposedStringWithCompatibilityMapping.uppercased().lowercased()
      .decomposedStringWithCompatibilityMapping
    let scalars = Array(text.unicodeScalars).filter { !$0.properties.isDefaultIgnorableCodePoint }
    if fold == .plain { return scalars }
    var result: [Unicode.Scalar] = []
    for scalar in scalars {
      if scalar.properties.generalCategory == .nonspacingMark {
        if fold == .german, scalar == "\u{308}", let last = result.last, "aou".unicodeScalars.contains(last) {
          result.append("e")
        }
      } else {
        result += (fold == .german ? germanLetters[scalar] : nil) ?? bareLetters[scalar] ?? [scalar]
      }
    }
    return result
  }

  private static let germanLetters: [Unicode.Scalar: [Unicode.Scalar]] = ["ø": ["o", "e"], "å": ["a", "a"]]
  /// Letters that Unicode does not decompose.
  private static let bareLetters: [Unicode.Scalar: [Unicode.Scalar]] = [
    "ø": ["o"], "ł": ["l"], "đ": ["d"], "ħ": ["h"], "æ": ["a", "e"], "œ": ["o", "e"], "þ": ["t", "h"], "ð": ["d"],
    "ı": ["i"],
  ]
}

extension Unicode.Scalar {
  /// A letter, a digit or a mark on one: what words are made of.
  var isOfWord: Bool {
    if isASCII { return ("a"..."z").contains(self) || ("0"..."9").contains(self) || ("A"..."Z").contains(self) }
    return switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  var isDecimalDigit: Bool { ("0"..."9").contains(self) }

  /// Its script has no spaces between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
  var isOfSpacelessScript: Bool {
    switch value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF,
      0x20000...0x3FFFF:
      true
    default: false
    }
  }
}
