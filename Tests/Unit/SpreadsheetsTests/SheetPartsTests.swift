import Files
import Foundation
import Testing

@testable import Spreadsheets

/// The parts of workbooks, without the archive around them.
@Suite struct SheetPartsTests {
  /// Parses a part in pieces of this size.
  static func parse<Handler: XMLHandler>(
    _ xml: String, _ handler: inout Handler, pieces: Int = 7, budget: WorkBudget = WorkBudget(fileSize: 0)
  ) throws {
    var stream = try XMLStream<Handler>("part", budget)
    let bytes = Array(xml.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) where !handler.isDone {
      try stream.parse(Array(bytes[start..<min(start + pieces, bytes.count)]), isLast: false, &handler)
    }
    if !handler.isDone { try stream.parse([], isLast: true, &handler) }
  }

  /// The rows of a sheet, each with its number.
  static func rows(_ data: String, shared: [String] = []) throws -> ([String], SheetSummary) {
    var texts = StringStore()
    for text in shared { try texts.append(Array(text.utf8)) }
    try texts.finish()
    var rows: [String] = []
    var summary = SheetSummary(name: "")
    var sheet = WorksheetPart(CellReader(styles: StylesPart(), texts: texts, isFrom1904: false), tables: []) { row in
      rows.append("\(row.number): " + row.ends.indices.map(row.text).joined(separator: "|"))
    }
    try parse("<worksheet>\(data)</worksheet>", &sheet)
    sheet.finish(&summary)
    return (rows, summary)
  }

  @Test func cellsStandWhereTheySay() throws {
    let (rows, _) = try Self.rows(
      "<sheetData><row><c><v>1</v></c><c r=\"C1\"><v>3</v></c><c><v>4</v></c></row><row r=\"7\"/>"
        + "<row><c r=\"$b$8\"><v>2</v></c><c r=\"A8\"><v>1</v></c></row></sheetData>")
    #expect(rows == ["1: 1||3|4", "8: 1|2"])
  }

  @Test func onlyWhatIsShownIsText() throws {
    let (rows, _) = try Self.rows(
      "<sheetData><row><c t=\"str\"><f>A1&amp;B1</f><v>a</v></c><c t=\"inlineStr\"><is><t>b</t><rPh><t>c</t></rPh></is></c>"
        + "<c t=\"s\"><v>1</v></c><c t=\"str\"><v>_x0041__x005F_x000D_</v></c></row></sheetData>",
      shared: ["null", "one"])
    #expect(rows == ["1: a|b|one|A_x000D_"])
  }

  @Test func hiddenRowsAreCountedByTheirReason() throws {
    let row = { (hidden: Bool, text: String) in "<row hidden=\"\(hidden ? 1 : 0)\"><c><v>\(text)</v></c></row>" }
    let data = [(false, "1"), (true, "2"), (true, ""), (true, "4"), (false, "5"), (true, "6")].map(row).joined()
    let (rows, plain) = try Self.rows("<sheetData>\(data)</sheetData>")
    #expect(rows.count == 5)
    #expect(plain.hiddenRows == 3 && plain.filteredRows == 0)
    let filter = "<autoFilter ref=\"A1:A4\"><filterColumn/></autoFilter>"
    let (_, filtered) = try Self.rows("<sheetData>\(data)</sheetData>\(filter)")
    #expect(filtered.hiddenRows == 1 && filtered.filteredRows == 2)
  }

  @Test(arguments: [
    ("<row r=\"1048577\"><c><v>1</v></c></row>", WorkbookError.tooManyRows(1_048_577)),
    ("<row><c r=\"XFE1\"><v>1</v></c></row>", .badReference("XFE1", row: 1)),
    ("<row r=\"0\"/>", .badReference("0", row: 1)),
    ("<row><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>", .twoCells("A1")),
    ("<row><c t=\"s\"><v>5</v></c></row>", .textMissing(cell: "A1")),
    ("<row><c t=\"s\"><v>-1</v></c></row>", .textMissing(cell: "A1")),
  ]) func whatCannotBeRightIsAnError(_ data: String, _ error: WorkbookError) {
    #expect(throws: error) { try Self.rows("<sheetData>\(data)</sheetData>") }
  }

  /// The last column is XFD; behind it is none, named or counted.
  @Test func theLastColumnIsTheLast() throws {
    let (rows, _) = try Self.rows(
      "<sheetData><row><c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>2</v></c></row></sheetData>")
    #expect(rows == ["1: 1" + String(repeating: "|", count: 16_383) + "2"])
    let cells = String(repeating: "<c><v>1</v></c>", count: 16_384)
    #expect(try Self.rows("<sheetData><row>\(cells)</row></sheetData>").0.count == 1)
    #expect(throws: WorkbookError.tooManyColumns(row: 1)) {
      try Self.rows("<sheetData><row>\(cells)<c/></row></sheetData>")
    }
    for reference in ["XFE1", "AAAA1", String(repeating: "Z", count: 100_000) + "1"] {
      #expect(throws: (any Error).self) {
        try Self.rows("<sheetData><row><c r=\"\(reference)\"><v>1</v></c></row></sheetData>")
      }
    }
    // Millions of cells are not read to the end.
    #expect(throws: WorkbookError.tooManyColumns(row: 2)) {
      let row = String(repeating: "<c/>", count: 100_000)
      _ = try Self.rows("<sheetData><row r=\"2\">\(row)</row></sheetData>")
    }
  }

  @Test func hostileXMLEndsWithAnError() {
    struct Ignoring: XMLHandler {
      enum Name: UInt8, XMLName {
        static let list = listed
        case a = 1
        var text: String { "a" }
      }
      mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) {}
      mutating func end(_ element: Name?) {}
    }
    func error(_ xml: String, pieces: Int = 65_536) -> WorkbookError? {
      var handler = Ignoring()
      do {
        try Self.parse(xml, &handler, pieces: pieces)
        return nil
      } catch { return error as? WorkbookError }
    }
    #expect(error("<a/>") == nil)
    #expect(error("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>") == .documentType("part"))
    #expect(error("<!DOCTYPE a SYSTEM \"http://x.example/\"><a/>") == .documentType("part"))
    #expect(error("<a>&x;</a>") == .notWellFormed("part", line: 1))
    #expect(error("<a>\n<b></a>") == .notWellFormed("part", line: 2))
    #expect(error(String(repeating: "<a>", count: 201)) == .unpacksTooFar)
    #expect(error("<a b=\"" + String(repeating: "x", count: 3 << 20)) == .unpacksTooFar)
    #expect(error("<a>" + String(repeating: "<a/>", count: WorkBudget.base / WorkBudget.element)) == .unpacksTooFar)
  }

  @Test func longTextsAreCutWhereTheReaderSeesIt() throws {
    let (rows, _) = try Self.rows(
      "<sheetData><row><c t=\"str\"><v>\(String(repeating: "ä", count: 70_000))</v></c></row></sheetData>")
    #expect(rows[0].utf8.count > 65_536 && rows[0].utf8.count < 65_600)
  }

  @Test func textsAreFoundByNumberWhenTheyAreInAFile() throws {
    var store = StringStore()
    let text = { (number: Int) in Array(String(repeating: "\(number) ", count: number % 50).utf8) }
    for number in 0..<60_000 { try store.append(text(number)) }
    try store.finish()
    var generator = SystemRandomNumberGenerator()
    for number in Array(0..<200) + (0..<5000).map({ _ in Int.random(in: 0..<60_000, using: &generator) }) + [59_999, 0]
    {
      var found: [UInt8] = []
      #expect(try store.read(number, into: &found))
      #expect(found == text(number), "text \(number)")
    }
    var none: [UInt8] = []
    #expect(try !store.read(60_000, into: &none))
  }

  /// The rows of an .ods sheet.
  static func odsRows(_ data: String, sheet: Int = 0) throws -> ([String], SheetSummary) {
    var rows: [String] = []
    var summary = SheetSummary(name: "")
    var part = ODSSheet(number: sheet) { row in
      rows.append("\(row.number): " + row.ends.indices.map(row.text).joined(separator: "|"))
    }
    try parse("<document><spreadsheet>\(data)</spreadsheet></document>", &part)
    part.finish(&summary)
    return (rows, summary)
  }

  @Test func repeatedCellsAndRows() throws {
    let cell = { (text: String, count: Int) in
      "<table-cell number-columns-repeated=\"\(count)\">\(text.isEmpty ? "" : "<p>\(text)</p>")</table-cell>"
    }
    let (rows, _) = try Self.odsRows(
      "<table><table-row number-rows-repeated=\"2\">\(cell("a", 2))\(cell("", 3))\(cell("b", 1))\(cell("", 16_000))</table-row>"
        + "<table-row number-rows-repeated=\"1000000\">\(cell("", 16_384))</table-row>"
        + "<table-row>\(cell("c", 1))</table-row></table>")
    #expect(rows == ["1: a|a||||b", "2: a|a||||b", "1000003: c"])
    #expect(throws: WorkbookError.repeatedRow(1, count: 10_001)) {
      try Self.odsRows("<table><table-row number-rows-repeated=\"10001\">\(cell("a", 1))</table-row></table>")
    }
    #expect(throws: WorkbookError.tooManyColumns(row: 1)) {
      try Self.odsRows("<table><table-row>\(cell("a", 16_385))</table-row></table>")
    }
    #expect(throws: WorkbookError.tooManyRows(1_048_577)) {
      try Self.odsRows(
        "<table><table-row number-rows-repeated=\"1048575\"/><table-row number-rows-repeated=\"2\">\(cell("a", 1))"
          + "</table-row></table>")
    }
  }

  @Test func onlyTheChosenSheetIsRead() throws {
    let table = { (text: String) in "<table><table-row><table-cell><p>\(text)</p></table-cell></table-row></table>" }
    for sheet in 0..<3 {
      #expect(try Self.odsRows(table("0") + table("1") + table("2"), sheet: sheet).0 == ["1: \(sheet)"])
    }
  }
}
