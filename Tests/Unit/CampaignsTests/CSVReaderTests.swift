import Files
import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// Tables of random text, written in every encoding with every delimiter and read back equal.
@Suite struct CSVReaderTests {
  static let pieces = [
    "a", "Z", "7", " ", "ü", "ß", "é", "€", "“", ";", ",", "\t", "\"", "\n", "\r\n", "\r", "@", ".", "\"\"", "sep=",
  ]
  /// Not in Windows-1252.
  static let wide = ["ł", "漢", "😀", "е"]

  static func read(_ bytes: [UInt8], delimiter: UInt8, _ source: TextEncoding? = nil) throws -> [(
    line: Int, fields: [String]
  )] {
    let folder = try TemporaryFolder()
    let file = try RandomAccessFile(folder.write(bytes, to: "tabelle.csv"))
    let detected = try EncodingDetector(
      // Random letters are no words, by which Windows-1252 could be told from others.
      file, name: "tabelle.csv", named: source == .windows1252 ? source : nil)
    if let source { #expect(detected.encoding == source) }
    var reader = CSVReader(
      file, name: "tabelle.csv", encoding: detected.encoding, delimiter: delimiter, offset: detected.markLength)
    var record = TableRecord()
    var found: [(Int, [String])] = []
    var places: [(offset: Int, line: Int)] = []
    while try reader.next(into: &record) {
      #expect(record.fault == nil)
      found.append((record.line, (0..<record.count).map { record.text($0) }))
      places.append((record.offset, record.line))
    }
    // Every record is found again by its offset, in any order.
    for number in places.indices.reversed() {
      reader.seek(places[number].offset, line: places[number].line)
      #expect(try reader.next(into: &record))
      #expect((0..<record.count).map { record.text($0) } == found[number].1)
    }
    return found
  }

  @Test(arguments: SpreadsheetEncoding.allCases, [UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\t")])
  func everyTableComesBack(encoding: SpreadsheetEncoding, delimiter: UInt8) throws {
    var random = SeededGenerator(seed: UInt64(delimiter) &* 1_000_003 &+ UInt64(encoding.rawValue.utf8.count))
    let separator = String(Unicode.Scalar(delimiter))
    for _ in 0..<25 {
      let pieces = encoding == .windows1252 ? Self.pieces : Self.pieces + Self.wide
      let width = Int.random(in: 2...6, using: &random)
      let end = ["\r\n", "\n", "\r", "\r\r\n"].randomElement(using: &random) ?? "\n"
      var table: [[String]] = []
      // ASCII enough for UTF-16 to be seen without a mark, and one character that decides between UTF-8 and cp1252.
      table.append(["Kundennummer Kundennummer Kundennummer ü"] + (1..<width).map { "Spalte \($0)" })
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        table.append(
          (0..<width).map { _ in
            (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
              .joined()
          })
        // A quoted field with nothing behind it would be a line that was quoted as a whole.
        if table[table.count - 1].dropFirst().allSatisfy(\.isEmpty) { table[table.count - 1][1] = "x" }
      }
      var text = ""
      var lines: [Int] = []
      for (number, row) in table.enumerated() {
        lines.append(1 + Self.lineEnds(in: text))
        text += row.map { field in
          let needsQuotes = field.utf8.contains { [0x22, 0x0A, 0x0D, delimiter].contains($0) }
          guard needsQuotes || Bool.random(using: &random) else { return field }
          return "\"" + field.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: separator)
        if number < table.count - 1 || Bool.random(using: &random) { text += end }
      }
      let found = try Self.read(encoding.bytes(text), delimiter: delimiter, encoding.encoding)
      // A last row of one empty unquoted field without a line end is no row at all.
      if found.count == table.count - 1, table.last == [""] { table.removeLast() }
      #expect(found.map(\.fields) == table)
      #expect(found.map(\.line) == Array(lines.prefix(found.count)))
    }
  }

  /// LF, CR, CR LF and CR CR LF, inside quotes and outside.
  static func lineEnds(in text: String) -> Int {
    var count = 0
    var returns = 0
    for byte in text.utf8 {
      if byte == 0x0D {
        returns += 1
      } else if byte == 0x0A {
        count += max(1, returns - 1)
        returns = 0
      } else {
        count += returns
        returns = 0
      }
    }
    return count + returns
  }

  @Test func piecesOfTheFileTearNothing() throws {
    // Longer than several pieces of the file, with pairs of UTF-16 and line ends at every place.
    for encoding in SpreadsheetEncoding.allCases {
      let cell = encoding == .windows1252 ? "ü\"\"x" : "😀\"\"ü"
      let rows = (0..<9000).map { "\($0);\"\(String(repeating: cell, count: $0 % 7))\"" }
      let found = try Self.read(
        encoding.bytes(rows.joined(separator: "\r\n")), delimiter: UInt8(ascii: ";"), encoding.encoding)
      #expect(found.count == rows.count)
      #expect(found.map(\.fields[0]) == (0..<9000).map(String.init))
      #expect(found.last?.fields[1] == String(repeating: cell.replacing("\"\"", with: "\""), count: 8999 % 7))
    }
  }

  static func faults(_ text: String) throws -> [TableRecord.Fault?] {
    let folder = try TemporaryFolder()
    let file = try RandomAccessFile(folder.write(text.utf8, to: "tabelle.csv"))
    var reader = CSVReader(file, name: "tabelle.csv", encoding: .utf8, delimiter: UInt8(ascii: ";"), offset: 0)
    var record = TableRecord()
    var faults: [TableRecord.Fault?] = []
    while try reader.next(into: &record) { faults.append(record.fault) }
    return faults
  }

  @Test func faultsStayWithTheirRow() throws {
    #expect(
      try Self.faults("a;b\"c\"\n\"a\"b;c\n\"a\";b\na; \"b\"\n")
        == [.strayQuote(field: 1), .textAfterQuote(field: 0), nil, nil])
    #expect(
      try Self.faults("a; \"b;c\" ;d\n\"a\" \"b\";c\n=\"01\";b\nx=\"01\";b\n")
        == [nil, .textAfterQuote(field: 0), nil, .strayQuote(field: 0)])
  }

  @Test func longFieldsAndRecordsAreNotKept() throws {
    let long = String(repeating: "x", count: TableRecord.longestField)
    #expect(try Self.faults("a;\(long)\nb;c\n") == [nil, nil])
    #expect(try Self.faults("a;\(long)x;b\nb;c\n") == [.fieldTooLong(field: 1), nil])
    #expect(
      try Self.faults(Array(repeating: long, count: 17).joined(separator: ";") + "\nb;c\n") == [.recordTooLong, nil])
    #expect(try Self.faults(String(repeating: ";", count: 1_100_000) + "\nb;c\n") == [.recordTooLong, nil])
  }
}
