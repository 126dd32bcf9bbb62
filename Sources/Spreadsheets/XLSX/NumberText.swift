import Foundation

extension NumberFormat {
  /// The largest number whose digits are all the cell's own: Excel keeps fifteen.
  private static let largest = 1e15

  /// The text that a cell shows of a number.
  ///
  /// A number of more than fifteen digits has lost the others; it is shown with an exponent, as Excel itself shows it, so
  /// that nobody takes it for an id.
  func text(of value: Double, isFrom1904: Bool = false) -> String {
    guard value.isFinite else { return "" }
    guard let section = section(for: value) else { return Self.general(value) }
    if let date = section.date {
      return SerialDate.text(of: value, date, isFrom1904: isFrom1904) ?? Self.general(value)
    }
    if section.isPlain || section.isText { return Self.general(value) }
    let isSigned = value < 0 && (sections.count == 1 || section.condition != nil)
    let shown = section.tokens.isEmpty ? "" : section.digits(of: abs(value))
    guard let shown else { return Self.general(value) }
    return isSigned && !shown.isEmpty && shown.contains(where: { $0 != "0" && $0 != "." }) ? "-" + shown : shown
  }

  private func section(for value: Double) -> Section? {
    let numbers = sections.prefix(3).filter { !$0.isText || $0.date != nil }
    // A format that shows nothing of any number hides what is a value all the same.
    guard let first = numbers.first, numbers.contains(where: { !$0.isEmpty }) else { return nil }
    if numbers.contains(where: { $0.condition != nil }) {
      return numbers.first { $0.condition?.holds(value, $0.limit) ?? true }
    }
    if value < 0, numbers.count > 1 { return numbers[1] }
    if value == 0, numbers.count > 2 { return numbers[2] }
    return first
  }

  /// Up to fifteen digits, without an exponent where a whole number has no more than these.
  static func general(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < largest { return String(Int(value)) }
    let text = String(format: "%.15g", value)
    guard let exponent = text.firstIndex(of: "e") else { return text }
    if abs(value) < 1, abs(value) >= 1e-15 {
      var fixed = String(format: "%.20f", value)[...]
      while fixed.hasSuffix("0") { fixed = fixed.dropLast() }
      return String(fixed)
    }
    return text[..<exponent] + "E" + text[text.index(after: exponent)...]
  }
}

extension NumberFormat.Section {
  /// The digits of a number in their places; nil when they cannot be trusted.
  fileprivate func digits(of value: Double) -> String? {
    var value = value
    for _ in 0..<percents { value *= 100 }
    for _ in 0..<thousands { value /= 1000 }
    guard hasDigits else { return literals }
    guard value < 1e15 else { return nil }
    let point = tokens.firstIndex(of: .point) ?? tokens.count
    let decimals = tokens[point...].count { if case .digit = $0 { true } else { false } }
    let fixed = String(format: "%.\(min(decimals, 30))f", Self.rounded(value, min(decimals, 30))).split(separator: ".")
    let whole = fixed[0] == "0" ? "" : fixed[0]
    return front(tokens[..<point], whole, value) + back(tokens[point...], fixed.count > 1 ? fixed[1] : "")
  }

  /// Rounded as it is written in fifteen digits, a five upwards: 1.005 is 1.01, although in binary it is less.
  private static func rounded(_ value: Double, _ decimals: Int) -> Double {
    let scale = pow(10, Double(decimals))
    guard value * scale < 1e15, let shown = Double(String(format: "%.15g", value * scale)) else { return value }
    return shown.rounded() / scale
  }

  private var literals: String {
    tokens.reduce(into: "") { if case .literal(let text) = $1 { $0 += text } }
  }

  /// The digits before the point, from right to left; the first place takes all that are left.
  private func front(_ tokens: ArraySlice<NumberFormat.Token>, _ digits: Substring, _ value: Double) -> String {
    var digits = digits
    var pieces: [String] = []
    let first = tokens.firstIndex { if case .digit = $0 { true } else { false } }
    for (place, token) in zip(tokens.indices, tokens).reversed() {
      switch token {
      case .literal(let text): pieces.append(text)
      case .general: pieces.append(NumberFormat.general(value))
      case .point: break
      case .digit(let isZero):
        if place == first {
          pieces.append(digits.isEmpty && isZero ? "0" : String(digits))
        } else if let digit = digits.popLast() {
          pieces.append(String(digit))
        } else if isZero {
          pieces.append("0")
        }
      }
    }
    // A format that begins with its point has no place for whole digits, and they are shown all the same.
    if first == nil, !tokens.contains(.general) { pieces.append(String(digits)) }
    return pieces.reversed().joined()
  }

  /// The point and the digits behind it; places that need not be shown are left out when only zeros would follow.
  private func back(_ tokens: ArraySlice<NumberFormat.Token>, _ digits: Substring) -> String {
    var shown = digits[...]
    var optional = tokens.reversed().lazy.compactMap { token -> Bool? in
      if case .digit(let isZero) = token { !isZero } else { nil }
    }.prefix { $0 }.count
    while optional > 0, shown.last == "0" {
      shown = shown.dropLast()
      optional -= 1
    }
    var text = ""
    var rest = shown
    for token in tokens {
      switch token {
      case .literal(let literal): text += literal
      case .point: if !shown.isEmpty { text += "." }
      case .digit: if let digit = rest.popFirst() { text.append(digit) }
      case .general: break
      }
    }
    return text
  }
}

/// Dates and times as Excel counts them: days since the end of 1899, or since 1904 in workbooks of old Macintosh programs
/// (ECMA-376 part 1, 18.17.4).
enum SerialDate {
  /// `2026-11-20`, `2026-11-20 14:30`, `14:30:05`; nil for what is no date.
  static func text(of value: Double, _ parts: NumberFormat.DateParts, isFrom1904: Bool) -> String? {
    guard value >= 0, value < 2_958_466 else { return nil }
    if let unit = parts.elapsed, !parts.hasDate { return elapsed(value, unit, parts) }
    // Days in fifteen digits are true to about a hundredth of a millisecond.
    let milliseconds = Int((value * 86_400_000).rounded())
    let seconds = (milliseconds + (parts.hasSeconds ? 500 : 0)) / 1000
    let time = clock(seconds % 86_400, parts)
    guard parts.hasDate else { return time }
    guard let date = date(day: seconds / 86_400, isFrom1904: isFrom1904) else { return nil }
    return parts.hasTime ? "\(date) \(time)" : date
  }

  private static func clock(_ seconds: Int, _ parts: NumberFormat.DateParts) -> String {
    let time = "\(two(seconds / 3600)):\(two(seconds / 60 % 60))"
    return parts.hasSeconds ? "\(time):\(two(seconds % 60))" : time
  }

  private static func elapsed(_ value: Double, _ unit: Character, _ parts: NumberFormat.DateParts) -> String {
    let seconds = Int((value * 86_400).rounded())
    switch unit {
    case "h":
      let time = "\(seconds / 3600):\(two(seconds / 60 % 60))"
      return parts.hasSeconds ? "\(time):\(two(seconds % 60))" : time
    case "m": return parts.hasSeconds ? "\(seconds / 60):\(two(seconds % 60))" : "\(seconds / 60)"
    default: return "\(seconds)"
    }
  }

  private static func date(day: Int, isFrom1904: Bool) -> String? {
    // Excel has a 29th of February in 1900, and shows day 0 as the day before the first.
    if !isFrom1904, day == 0 { return "1900-01-00" }
    if !isFrom1904, day == 60 { return "1900-02-29" }
    // Days since 1970.
    let days = isFrom1904 ? day - 24_107 : day - 25_569 + (day < 60 ? 1 : 0)
    // The calendar as in "chrono-Compatible Low-Level Date Algorithms": years begin in March, eras have 400 of them.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    guard year <= 9999 else { return nil }
    return "\(four(year))-\(two(month))-\(two(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1))"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  private static func four(_ number: Int) -> String {
    String(repeating: "0", count: max(0, 4 - String(number).count)) + String(number)
  }
}
