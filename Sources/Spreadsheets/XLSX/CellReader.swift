/// What a cell of an .xlsx sheet shows (ECMA-376 part 1, 18.3.1.4), from its type, its style and its value.
struct CellReader {
  enum Kind { case number, shared, text, inline, boolean, error, date }

  let styles: StylesPart
  var texts: StringStore
  let isFrom1904: Bool
  /// Pays for numbers that are not shown as they are written; nil in tests.
  var budget: WorkBudget?

  static func kind(_ type: ArraySlice<UInt8>?) -> Kind {
    guard let type, let first = type.first else { return .number }
    switch first {
    case UInt8(ascii: "s"): return type.count == 1 ? .shared : .text
    case UInt8(ascii: "i"): return .inline
    case UInt8(ascii: "b"): return .boolean
    case UInt8(ascii: "e"): return .error
    case UInt8(ascii: "d"): return .date
    case UInt8(ascii: "n"): return .number
    default: return .text
    }
  }

  /// Adds what is shown of `value` to `text`; false when a shared text is missing.
  mutating func read(
    _ kind: Kind, style: Int, _ value: [UInt8], into text: inout [UInt8]
  ) throws(WorkbookError) -> Bool {
    switch kind {
    case .shared:
      guard let number = Int(digits: value.trimmed) else { return false }
      return try texts.read(number, into: &text)
    case .number: try number(value, style, &text)
    case .text, .inline:
      let start = text.count
      text += value
      text.decodeEscapes(from: start)
    case .boolean: text += Array((value.trimmed.elementsEqual("1".utf8) ? "TRUE" : "FALSE").utf8)
    case .error: text += value.trimmed
    case .date: text += Self.date(value.trimmed)
    }
    return true
  }

  private func number(_ value: [UInt8], _ style: Int, _ text: inout [UInt8]) throws(WorkbookError) {
    let value = value.trimmed
    let format = styles.format(style)
    // A whole number as it is.
    if format.sections.isEmpty, value.count <= 15, value.first != UInt8(ascii: "0") || value.count == 1,
      value.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    {
      text += value
      return
    }
    try budget?.spend(WorkBudget.number + WorkBudget.element * format.sections.reduce(0) { $0 + $1.tokens.count })
    guard let number = Double(String(decoding: value, as: UTF8.self)) else {
      text += value
      return
    }
    text += Array(format.text(of: number, isFrom1904: isFrom1904).utf8)
  }

  /// A date in ISO 8601, as strict workbooks have it: without a time that is midnight.
  private static func date(_ value: ArraySlice<UInt8>) -> [UInt8] {
    var text = String(decoding: value, as: UTF8.self)
    if text.hasSuffix("Z") { text.removeLast() }
    for midnight in ["T00:00:00.000", "T00:00:00", "T00:00"] where text.hasSuffix(midnight) {
      text.removeLast(midnight.count)
    }
    return text.utf8.map { $0 == UInt8(ascii: "T") ? 0x20 : $0 }
  }
}

extension [UInt8] {
  /// Without blanks and line breaks at either end.
  var trimmed: ArraySlice<UInt8> {
    var slice = self[...]
    while let first = slice.first, first <= 0x20 { slice = slice.dropFirst() }
    while let last = slice.last, last <= 0x20 { slice = slice.dropLast() }
    return slice
  }
}
