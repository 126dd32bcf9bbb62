/// A cell of the column that letters are ordered by, in a form that sorts as bytes: numbers by their value, then texts,
/// then empty cells.
///
/// A number has digits and at most a decimal point or comma; where both occur, or one of them repeatedly, those that
/// stand before groups of three digits are left out. Dates are texts: ISO dates as they are, `20.11.2026` as `2026-11-20`.
/// Texts are compared without regard to case, and by their first 256 bytes.
public struct OrderCell: Sendable, Hashable, Comparable {
  enum Kind: UInt8 { case number, text, empty }

  static let longest = 256

  let kind: Kind
  /// Compared as bytes, a shorter one as if zeros followed.
  let bytes: [UInt8]

  static let empty = OrderCell(kind: .empty, bytes: [])

  init(kind: Kind, bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }

  /// - Parameter text: Without white space around it.
  init(_ text: String) {
    if text.isEmpty {
      self = .empty
    } else if let number = Self.number(Array(text.utf8)) {
      self.init(kind: .number, bytes: number)
    } else {
      self.init(kind: .text, bytes: Array((Self.isoDate(text) ?? text.lowercased()).utf8.prefix(Self.longest)))
    }
  }

  public static func < (left: OrderCell, right: OrderCell) -> Bool {
    guard left.kind == right.kind else { return left.kind.rawValue < right.kind.rawValue }
    return left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// The digits after a byte that says how many of them stand before the decimal point, so that numbers of any length sort
  /// by their value; negative ones are turned over. Nil when it is no number.
  private static func number(_ text: [UInt8]) -> [UInt8]? {
    let isNegative = text.first == UInt8(ascii: "-")
    var rest = text[...]
    if isNegative || text.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    guard let (whole, fraction) = parts(rest) else { return nil }
    let digits = whole.drop { $0 == UInt8(ascii: "0") }
    var places = fraction[...]
    while places.last == UInt8(ascii: "0") { places = places.dropLast() }
    guard digits.count <= 100, places.count <= 100 else { return nil }
    if !isNegative || digits.isEmpty && places.isEmpty { return [0x80 + UInt8(digits.count)] + digits + places }
    return [0x7F - UInt8(digits.count)] + (digits + places).map { ~$0 } + [0xFF]
  }

  /// The digits before and after the decimal point.
  private static func parts(_ text: ArraySlice<UInt8>) -> (whole: [UInt8], fraction: [UInt8])? {
    let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    let marks = text.indices.filter { text[$0] == point || text[$0] == comma }
    guard text.allSatisfy({ isDigit($0) || $0 == point || $0 == comma }), let first = text.first, isDigit(first),
      let last = text.last, isDigit(last)
    else { return nil }
    guard let lastMark = marks.last else { return (Array(text), []) }
    // One mark is the decimal point; so is the last of several when it differs from the others.
    let hasFraction = marks.count == 1 || text[lastMark] != text[marks[0]]
    let groups = (hasFraction ? text[..<lastMark] : text).split(omittingEmptySubsequences: false) {
      $0 == point || $0 == comma
    }
    guard marks.dropLast().allSatisfy({ text[$0] == text[marks[0]] }), groups.dropFirst().allSatisfy({ $0.count == 3 }),
      groups.count == 1 || (1...3).contains(groups[0].count)
    else { return nil }
    return (groups.flatMap { $0 }, hasFraction ? Array(text[(lastMark + 1)...]) : [])
  }

  /// `20.11.2026`, with a time after it or without, as ISO text.
  private static func isoDate(_ text: String) -> String? {
    let parts = text.split(separator: " ", maxSplits: 1)
    let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard numbers.count == 3, (1...2).contains(numbers[0].count), (1...2).contains(numbers[1].count),
      numbers[2].count == 4, numbers.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
      let day = Int(numbers[0]), let month = Int(numbers[1]), (1...31).contains(day), (1...12).contains(month)
    else { return nil }
    let date = "\(numbers[2])-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    return parts.count == 2 ? "\(date) \(parts[1].lowercased())" : date
  }
}
