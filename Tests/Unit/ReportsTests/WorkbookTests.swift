import Campaigns
import Foundation
import TestSupport
import Testing

@testable import Reports

/// Workbooks and tables of rows to be corrected, read by programs that are not ours.
@Suite struct WorkbookTests {
  /// Checks the archive and gives the texts of the cells, row by row.
  private static let script = """
    import json, re, sys, zipfile
    import xml.etree.ElementTree as tree
    archive = zipfile.ZipFile(sys.argv[1])
    assert archive.testzip() is None
    for name in archive.namelist(): tree.fromstring(archive.read(name))
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = []
    for number, row in enumerate(tree.fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(main + "row")):
        assert row.get("r") == str(number + 1)
        rows.append(["".join(t.text or "" for t in cell.iter(main + "t")) for cell in row.iter(main + "c")])
    def unescape(text): return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    json.dump([[unescape(cell) for cell in row] for row in rows], sys.stdout)
    """

  static let rows = [
    ["eilbrief: line", "id"], ["1", "0012", "+49 30 1", "=1+1", "@a", " both ", "1,23E+10"], [], ["", "", "last"],
    ["ü😀", "a&b<c>\"d'", "one\ntwo\tthree", "\u{1}\u{1F}", "_x0041_", "_x004_", "\r\n", "]]>", "\u{FFFE}"],
  ]

  static func bytes(_ rows: [[String]] = rows) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try Workbook { add in for row in rows { try add(row) } }.write { bytes += $0 }
    return bytes
  }

  @Test func everyCellIsReadBack() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(try Self.bytes(), to: "rows.xlsx")
    let python = try await ChildProcess.run("python3", ["-c", Self.script, file.path])
    #expect(python.status == 0, "\(python.errors)")
    #expect(try JSONDecoder().decode([[String]].self, from: Data(python.output.utf8)) == Self.rows)
    #expect(RejectedRowsTable.isBegin(try Self.bytes()) && !RejectedRowsTable.isBegin([0x50, 0x4B, 3, 4]))
  }

  @Test func largeSheetsAreWrittenPieceByPiece() throws {
    var (pieces, largest) = (0, 0)
    let row = [String](repeating: "Kanzlei Müller", count: 12)
    try Workbook { add in for _ in 0..<20_000 { try add(row) } }.write {
      pieces += 1
      largest = max(largest, $0.count)
    }
    #expect(pieces > 100 && largest < 200_000)
  }

  @Test func whatDoesNotFitIsSaid() throws {
    #expect(throws: Workbook.Limit.cell(row: 2)) {
      try Self.bytes([["a"], [String(repeating: "x", count: 32_768)]])
    }
    #expect(throws: Workbook.Limit.rows) {
      try Workbook { add in for _ in 0...1_048_576 { try add([]) } }.write { _ in }
    }
    var asked = 0
    #expect(throws: Workbook.Limit.changed) {
      try Workbook { add in
        asked += 1
        try add(["\(asked)"])
      }.write { _ in }
    }
  }

  @Test func cellsOfACSVComeBackAsTheyWere() {
    let csv = SafeCSV(delimiter: .semicolon)
    for cell in [
      "", "a", "+49 (30) 1-2/3", "-17", "0012", "=\"01000\"", " x ", "'01000", "a;b", "a\"b", "a\nb", "\u{FEFF}",
    ] {
      let written = csv.rawLine([cell]).dropLast()
      #expect(!written.hasPrefix("'") || cell.hasPrefix("'"), "\(cell)")
    }
    for cell in ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+a", "＝1", "=\"a\"&\"b\"", "\t=1"] {
      #expect(csv.rawLine([cell]).contains("'" + cell.replacing("\"", with: "\"\"")), "\(cell)")
    }
  }
}
