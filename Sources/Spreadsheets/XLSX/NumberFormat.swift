/// A number format (ECMA-376 part 1, 18.8.31), compiled: up to four sections, for positive numbers, negative ones, zero and
/// texts, or with conditions of their own.
///
/// Shown are digits, leading zeros, decimals, percent signs and literal text. Where a program shows what its reader's
/// country is used to, one form is used: dates are ISO 8601, the decimal sign is a point, and thousands are not separated,
/// so that an id is the same for everyone. Fractions and exponents are shown as plain numbers.
struct NumberFormat: Sendable, Hashable {
  /// A piece of a section.
  enum Token: Sendable, Hashable {
    case literal(String)
    /// A place for a digit; `0` is always shown.
    case digit(isZero: Bool)
    case point
    case general
  }

  enum Condition: Sendable, Hashable {
    case less, lessOrEqual, equal, notEqual, greaterOrEqual, greater

    func holds(_ value: Double, _ limit: Double) -> Bool {
      switch self {
      case .less: value < limit
      case .lessOrEqual: value <= limit
      case .equal: value == limit
      case .notEqual: value != limit
      case .greaterOrEqual: value >= limit
      case .greater: value > limit
      }
    }
  }

  /// What a date's section shows of it.
  struct DateParts: Sendable, Hashable {
    var hasDate = false
    var hasTime = false
    var hasSeconds = false
    /// `[h]`, `[mm]` or `[ss]`: the unit in which hours go on beyond a day.
    var elapsed: Character?
  }

  struct Section: Sendable, Hashable {
    var tokens: [Token] = []
    var condition: Condition?
    var limit = 0.0
    var date: DateParts?
    /// Percent signs: each multiplies by a hundred.
    var percents = 0
    /// Commas behind the last digit: each divides by a thousand.
    var thousands = 0
    var isText = false
    /// A fraction or an exponent.
    var isPlain = false

    var isEmpty: Bool { tokens.isEmpty && date == nil && !isText && !isPlain }
    var hasDigits: Bool { tokens.contains { if case .literal = $0 { false } else { true } } }
  }

  static let general = NumberFormat(sections: [])

  /// Empty for the format General, and for text.
  let sections: [Section]

  private init(sections: [Section]) { self.sections = sections }

  init(_ code: String) {
    var compiler = NumberFormatCompiler(code)
    let sections = compiler.sections()
    // A format of text shows a number as General does.
    let isGeneral = sections.allSatisfy { $0.tokens == [.general] || $0.isText || $0.isEmpty }
    self.init(sections: isGeneral ? [] : sections)
  }

  /// The formats that have a number and no code (18.8.30); those of East Asian programs are dates and times as well.
  static func builtIn(_ id: Int) -> NumberFormat { builtInFormats[id] ?? .general }

  private static let builtInFormats: [Int: NumberFormat] = {
    var codes: [Int: String] = [
      1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00", 9: "0%",
      10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm",
      17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0", 38: "#,##0",
      39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss",
      46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
    ]
    for id in Array(27...31) + [36] + Array(50...54) + [57, 58] + Array(71...74) { codes[id] = "yyyy/m/d" }
    for id in [32, 34, 55, 75] { codes[id] = "h:mm" }
    for id in [33, 35, 56, 76] { codes[id] = "h:mm:ss" }
    return codes.mapValues { NumberFormat($0) }
  }()
}

/// Takes a format code apart.
private struct NumberFormatCompiler {
  private let code: [Character]
  private var at = 0

  init(_ code: String) { self.code = Array(code) }

  mutating func sections() -> [NumberFormat.Section] {
    var sections: [NumberFormat.Section] = []
    repeat { sections.append(section()) } while take(";") && sections.count < 4
    return sections
  }

  private mutating func take(_ character: Character) -> Bool {
    guard at < code.count, code[at] == character else { return false }
    at += 1
    return true
  }

  private func follows(_ word: String) -> Bool {
    code[at...].prefix(word.count).elementsEqual(word) { $0.lowercased() == $1.lowercased() }
  }

  private mutating func section() -> NumberFormat.Section {
    var section = NumberFormat.Section()
    var letters = ""
    var pendingCommas = 0
    func literal(_ text: String) { section.tokens.append(.literal(text)) }
    while at < code.count, code[at] != ";" {
      let character = code[at]
      at += 1
      switch character {
      case "\"":
        let end = code[at...].firstIndex(of: "\"") ?? code.count
        literal(String(code[at..<end]))
        at = min(end + 1, code.count)
      case "\\" where at < code.count:
        literal(String(code[at]))
        at += 1
      // A blank as wide as the next character, and a character that fills the cell.
      case "_", "*":
        if at < code.count { at += 1 }
      case "[": bracket(&section, &letters)
      case "0", "#", "?":
        // Commas between digits separate thousands; behind the last one they divide.
        pendingCommas = 0
        section.tokens.append(.digit(isZero: character == "0"))
      case ",": pendingCommas += 1
      case ".": section.tokens.append(.point)
      case "%":
        section.percents += 1
        literal("%")
      case "@": section.isText = true
      case "/" where section.hasDigits: section.isPlain = true
      case "E", "e":
        let isExponent = at < code.count && (code[at] == "+" || code[at] == "-") && section.hasDigits
        if isExponent { section.isPlain = true } else { letters.append("e") }
      case "G", "g":
        at -= 1
        if follows("General") {
          at += 7
          section.tokens.append(.general)
        } else {
          at += 1
          letters.append("g")
        }
      case "A", "a":
        at -= 1
        if follows("AM/PM") { at += 5 } else if follows("A/P") { at += 3 } else { at += 1 }
      case "y", "Y", "m", "M", "d", "D", "h", "H", "s", "S", "b", "B": letters += character.lowercased()
      default: literal(String(character))
      }
    }
    section.thousands = section.hasDigits ? pendingCommas : 0
    section.date = dateParts(letters, section.date)
    return section
  }

  /// A condition, a currency, an elapsed time; colours and languages are nothing to us.
  private mutating func bracket(_ section: inout NumberFormat.Section, _ letters: inout String) {
    let end = code[at...].firstIndex(of: "]") ?? code.count
    let text = String(code[at..<end])
    at = min(end + 1, code.count)
    if text.hasPrefix("$") {
      let symbol = text.dropFirst().prefix { $0 != "-" }
      if !symbol.isEmpty { section.tokens.append(.literal(String(symbol))) }
    } else if let unit = text.lowercased().first, "hms".contains(unit), text.lowercased().allSatisfy({ $0 == unit }) {
      section.date = NumberFormat.DateParts(elapsed: unit)
      letters.append(unit == "m" ? "h" : unit)
    } else {
      let signs: [(String, NumberFormat.Condition)] = [
        ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("<>", .notEqual), ("<", .less), (">", .greater), ("=", .equal),
      ]
      guard let (sign, condition) = signs.first(where: { text.hasPrefix($0.0) }),
        let limit = Double(text.dropFirst(sign.count))
      else { return }
      section.condition = condition
      section.limit = limit
    }
  }

  /// - Parameter letters: Those of dates and times, in order; an m beside hours or seconds is minutes.
  private func dateParts(_ letters: String, _ elapsed: NumberFormat.DateParts?) -> NumberFormat.DateParts? {
    let units = letters.reduce(into: [Character]()) { if $0.last != $1 { $0.append($1) } }
    var parts = elapsed ?? NumberFormat.DateParts()
    for (place, unit) in units.enumerated() {
      switch unit {
      case "y", "d", "e", "b": parts.hasDate = true
      case "h": parts.hasTime = true
      case "s": (parts.hasTime, parts.hasSeconds) = (true, true)
      case "m":
        let isMinute =
          (place > 0 && (units[place - 1] == "h")) || (place + 1 < units.count && units[place + 1] == "s")
        if isMinute { parts.hasTime = true } else { parts.hasDate = true }
      default: break
      }
    }
    return parts.hasDate || parts.hasTime ? parts : nil
  }
}
