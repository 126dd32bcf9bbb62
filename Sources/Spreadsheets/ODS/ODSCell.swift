/// One cell of an .ods sheet (OpenDocument 1.2 part 1, 9.1.4 and 19.385): its paragraphs, and the value behind them.
struct ODSCell {
  let repeated: Int
  private let isCovered: Bool
  private let type: String
  private let value: [UInt8]
  private let isFormula: Bool
  private var text: [UInt8] = []
  private var paragraphs = 0
  /// White space that follows white space, or begins a paragraph, is not shown (6.1.2).
  private var isAfterBlank = true

  init(_ attributes: XMLAttributes<ODSSheet.Name>, isCovered: Bool) {
    repeated = max(1, attributes.number(.columnsRepeated) ?? 1)
    self.isCovered = isCovered
    type = attributes.text(.valueType) ?? ""
    let name: ODSSheet.Name =
      switch type {
      case "date": .dateValue
      case "time": .timeValue
      case "string": .stringValue
      default: .value
      }
    value = attributes[name].map { Array($0.prefix(SheetRow.longestText)) } ?? []
    isFormula = attributes[.formula] != nil
  }

  mutating func startParagraph() {
    if paragraphs > 0 { append(UInt8(ascii: "\n")) }
    paragraphs += 1
    isAfterBlank = true
  }

  mutating func add(_ bytes: ArraySlice<UInt8>) {
    for byte in bytes {
      let isBlank = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
      if !isBlank { append(byte) } else if !isAfterBlank { append(0x20) }
      isAfterBlank = isBlank
    }
  }

  mutating func add(blanks count: Int) { for _ in 0..<min(count, SheetRow.longestText) { add(0x20 as UInt8) } }

  mutating func add(_ byte: UInt8) {
    append(byte)
    isAfterBlank = false
  }

  private mutating func append(_ byte: UInt8) { if text.count < SheetRow.longestText { text.append(byte) } }

  /// A formula that was never calculated: the file says nothing of its result.
  var lacksResult: Bool { isFormula && type.isEmpty && paragraphs == 0 }

  /// What is read of the cell; under another cell, with which it was merged, nothing is shown.
  var shown: [UInt8] {
    if isCovered { return [] }
    switch type {
    case "date": return Self.date(value) ?? text
    case "time": return Self.time(value) ?? text
    case "float", "currency": return number
    default: return text.isEmpty ? value : text
    }
  }

  /// As shown, but with all its digits and without a separator between them: so ids are the same for everyone.
  private var number: [UInt8] {
    if text.isEmpty { return value }
    // Digits that are not the value's own, beyond fifteen, stay as they are shown: with an exponent.
    guard value.count <= 15, value.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return text }
    let isExponent = text.contains { $0 | 0x20 == UInt8(ascii: "e") } && text.contains { $0 >= 0x30 && $0 <= 0x39 }
    if isExponent && text.allSatisfy({ "0123456789.,eE+-".utf8.contains($0) }) { return value }
    if text.first == UInt8(ascii: "#") { return value }
    let digits = text.filter { $0 >= 0x30 && $0 <= 0x39 }
    // Points, commas, apostrophes, and blanks of any width, whose bytes in UTF-8 are these.
    let isSeparated = text.allSatisfy { $0 >= 0x80 || ".,' ".utf8.contains($0) || ($0 >= 0x30 && $0 <= 0x39) }
    return digits == value && isSeparated ? value : text
  }

  /// `2026-11-20` or `2026-11-20T14:30:00`.
  private static func date(_ value: [UInt8]) -> [UInt8]? {
    guard value.count >= 10, value[0] != UInt8(ascii: "-") else { return nil }
    let parts = value.split(separator: UInt8(ascii: "T"), maxSplits: 1)
    guard parts.count == 2 else { return value }
    let time = parts[1].prefix(8)
    if time.elementsEqual("00:00:00".utf8) || time.elementsEqual("00:00".utf8) { return Array(parts[0]) }
    return Array(parts[0]) + [0x20] + (time.suffix(3).elementsEqual(":00".utf8) ? time.dropLast(3) : time)
  }

  /// `PT14H30M00S` as `14:30`, with seconds where there are some.
  private static func time(_ value: [UInt8]) -> [UInt8]? {
    guard value.starts(with: "PT".utf8) else { return nil }
    var parts: [UInt8: Int] = [:]
    var number = 0
    for byte in value.dropFirst(2).prefix(32) {
      switch byte {
      case 0x30...0x39: number = min(number * 10 + Int(byte - 0x30), 1_000_000)
      case UInt8(ascii: "."), UInt8(ascii: ","):
        parts[UInt8(ascii: "S"), default: number] = number
        number = 0
      case UInt8(ascii: "S"): if parts[byte] == nil { parts[byte] = number }
      default:
        parts[byte] = number
        number = 0
      }
    }
    let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    guard let hours = parts[UInt8(ascii: "H")], let minutes = parts[UInt8(ascii: "M")] else { return nil }
    let seconds = parts[UInt8(ascii: "S")] ?? 0
    return Array((two(hours) + ":" + two(minutes) + (seconds > 0 ? ":" + two(seconds) : "")).utf8)
  }
}
