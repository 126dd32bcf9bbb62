/// One record of a table as it was read: its fields in UTF-8, its place, and the faults of its form.
struct TableRecord {
  /// A fault that makes the record unusable; the field is counted from 0.
  enum Fault: Equatable {
    /// A quotation mark in a field that does not begin with one (RFC 4180, 2, rule 5).
    case strayQuote(field: Int)
    case textAfterQuote(field: Int)
    case fieldTooLong(field: Int)
    case recordTooLong

    /// The field it is in; nil for the record as a whole.
    var field: Int? {
      switch self {
      case .strayQuote(let field), .textAfterQuote(let field), .fieldTooLong(let field): field
      case .recordTooLong: nil
      }
    }

    /// The reason for the operator; columns are named as in the header.
    func description(header: [String]) -> String {
      func column(_ index: Int) -> String {
        index < header.count ? "column \(QuotedText(header[index]))" : "column \(index + 1)"
      }
      return switch self {
      case .strayQuote(let field):
        "\(column(field)) has a quotation mark inside but does not begin with one; double it and put the value in quotes"
      case .textAfterQuote(let field):
        "\(column(field)) has text behind its closing quotation mark; double quotation marks that belong to the text"
      case .fieldTooLong(let field): "\(column(field)) holds more than \(TableRecord.longestField / 1024) KB"
      case .recordTooLong: "the row is longer than \(TableRecord.longestRecord / 1_048_576) MB"
      }
    }
  }

  /// The longest field and the longest record that are kept, in bytes of UTF-8.
  static let longestField = 65_536
  static let longestRecord = 1_048_576

  /// The offset of the first byte in the file, and the line it is in.
  var offset = 0
  var line = 1
  /// The first fault found.
  var fault: Fault?
  /// All fields, one directly after the other.
  private(set) var bytes: [UInt8] = []
  /// The offsets in `bytes` at which the fields end.
  private(set) var ends: [Int] = []
  /// A quoted field makes a line that is not empty even when there is nothing between the quotes.
  private(set) var hasQuotes = false
  private(set) var beginsWithQuote = false
  /// A field begins with an equals sign, as formulas do.
  private(set) var hasEqualsSign = false
  /// The line was in quotes as a whole, and its fields are what was between them: see ``unwrapLine(delimiter:)``.
  private(set) var wasWrapped = false

  var count: Int { ends.count }

  /// The bytes of a field; none of one behind the last.
  func range(_ field: Int) -> Range<Int> {
    guard field < ends.count else { return bytes.count..<bytes.count }
    return (field == 0 ? 0 : ends[field - 1])..<ends[field]
  }

  func text(_ field: Int) -> String { String(decoding: bytes[range(field)], as: UTF8.self) }

  /// A sign of a wrong encoding in a field; nil when there is none.
  func mojibake(_ field: Int) -> Mojibake? { Mojibake(in: bytes[range(field)]) }

  /// True when the line is empty, or holds only delimiters and white space.
  var isBlank: Bool { !hasQuotes && bytes.allSatisfy { $0 == 0x20 } }

  /// True for a field of nothing but blanks.
  func isBlank(_ field: Int) -> Bool {
    let range = range(field)
    if range.isEmpty { return true }
    // Nearly every field begins with what is seen.
    if bytes[range.lowerBound] > 0x20, bytes[range.lowerBound] < 0x7F { return false }
    return text(field).trimmingBlanks().isEmpty
  }

  /// True for a line between title and rows, as database programs draw it.
  var isRule: Bool { (0..<count).allSatisfy { isBlank($0) || Self.isRule(text($0).trimmingBlanks()) } }

  /// `-----`, `=====`, `+----+`.
  static func isRule(_ text: String) -> Bool {
    text.utf8.count > 1
      && text.unicodeScalars.allSatisfy { "-=+_*|.: ─━═│┼╪╞╡├┤┌┐└┘╒╕╘╛┬┴╭╮╰╯".unicodeScalars.contains($0) }
  }

  mutating func begin(offset: Int, line: Int) {
    self.offset = offset
    self.line = line
    fault = nil
    hasQuotes = false
    beginsWithQuote = false
    hasEqualsSign = false
    wasWrapped = false
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if bytes.count - (ends.last ?? 0) < Self.longestField, bytes.count < Self.longestRecord {
      bytes.append(byte)
    } else if fault == nil {
      fault = bytes.count >= Self.longestRecord ? .recordTooLong : .fieldTooLong(field: ends.count)
    }
  }

  mutating func append(_ text: ArraySlice<UInt8>) {
    if bytes.count - (ends.last ?? 0) + text.count <= Self.longestField, bytes.count + text.count <= Self.longestRecord
    {
      bytes += text
    } else {
      for byte in text { append(byte) }
    }
  }

  mutating func append(_ scalar: Unicode.Scalar) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte) }
  }

  /// A quote opens the field that is being read.
  mutating func noteQuotes() {
    hasQuotes = true
    if ends.isEmpty { beginsWithQuote = true }
  }

  var openFieldHasEqualsSign: Bool {
    let start = ends.last ?? 0
    return bytes.count > start && bytes[start] == UInt8(ascii: "=")
  }

  /// Empties the open field when it is the null of a database.
  mutating func dropNull() {
    let start = ends.last ?? 0
    if bytes.count == start + 2, bytes[start...].elementsEqual(#"\N"#.utf8) { bytes.removeLast(2) }
  }

  /// Forgets what the open field holds when that is only blanks; false when it is not.
  mutating func takeBackBlanks() -> Bool {
    let start = ends.last ?? 0
    guard bytes[start...].allSatisfy({ $0 == 0x20 }) || (start == 0 && bytes == Self.mark) else { return false }
    bytes.removeSubrange(start...)
    return true
  }

  /// The byte order mark in UTF-8.
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Takes off a byte order mark before the first field: files that were put one behind the other have some inside.
  @inline(__always)
  mutating func dropMark() {
    guard bytes.first == Self.mark[0], bytes.starts(with: Self.mark), let end = ends.first, end >= 3 else { return }
    bytes.removeFirst(3)
    for field in ends.indices { ends[field] -= 3 }
  }

  /// Replaces all fields; offset, line and fault stay.
  mutating func replaceFields(_ fields: [ArraySlice<UInt8>]) {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    hasEqualsSign = false
    for field in fields {
      append(field)
      endField()
    }
  }

  mutating func noteWrapping(_ fault: Fault?) {
    wasWrapped = true
    if self.fault == nil { self.fault = fault }
  }

  mutating func endField() {
    let start = ends.last ?? 0
    if bytes.count > start, bytes[start] == UInt8(ascii: "=") { hasEqualsSign = true }
    // A record of delimiters alone must not grow without bound either.
    if ends.count < Self.longestRecord { ends.append(bytes.count) } else if fault == nil { fault = .recordTooLong }
  }
}
