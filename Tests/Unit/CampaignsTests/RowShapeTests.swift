import Files
import Foundation
import TestSupport
import Testing

@testable import Campaigns

/// Rows whose cells are not as many as the header's, and rows that are no customers. The kinds of files are in
/// Tests/Corpus/customers/rows; here is what must hold for all of them.
@Suite struct RowShapeTests {
  /// Every line with an address, a known access value or an id is a row that is used or rejected, however it was cut,
  /// filled up or broken: only what has none of these is left out.
  @Test func nobodyIsLeftOutWithoutBeingRejected() throws {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<150 {
      var lines: [String] = []
      var expected: [Int] = []
      for number in 0..<Int.random(in: 1...12, using: &random) {
        var cells = [
          "\(number)", "Firma", "Anna", "Beispiel", "de", "k@example.org", "09999", "m\(number)@example.org", "imap",
        ]
        switch Int.random(in: 0..<7, using: &random) {
        case 0: cells.removeLast(Int.random(in: 0..<8, using: &random))
        case 1: cells += Array(repeating: "", count: Int.random(in: 1...3, using: &random))
        case 2: cells[Int.random(in: 1..<9, using: &random)] = ""
        case 3: cells[1] = "Summe"
        case 4: cells[Int.random(in: 0..<9, using: &random)] += "\nHof"
        default: break
        }
        for line in cells.joined(separator: ";").split(separator: "\n", omittingEmptySubsequences: false) {
          lines.append(String(line))
          expected.append(lines.count + 1)
        }
      }
      let table = try CustomerTable(rows: lines + ["0;;;;;;;immer@example.org;imap"])
      expected.append(lines.count + 2)
      let book: CustomerBook
      do { book = try table.book() } catch let error as CustomerFileError {
        // An empty access cell stops the whole file.
        #expect("\(error)".contains("Zugang") || "\(error)".contains("unknown access"), "\(error)")
        continue
      }
      let found = try book.all().flatMap(\.lines) + book.rejected.all.map(\.line)
      #expect(found.sorted() == expected, "\(lines)")
      #expect(try book.addsUp())
    }
  }

  /// A value in its own column, or the row is rejected: no surplus delimiter moves a name.
  @Test(arguments: 1...5)
  func aSurplusDelimiterMovesNothing(column: Int) throws {
    let header = "Kundennummer;E-Mail;Postfach;Zugang;Sprache;Firma;Vorname;Nachname;Telefon"
    let whole = ["1", "k@example.org", "a@example.org", "imap", "de", "Eins", "Anna", "Weber", ""]
    var moved = whole
    moved[0] = "2"
    moved[min(column + 3, 7)] += "; Zwei"
    let text = [header, whole.joined(separator: ";"), moved.joined(separator: ";"), whole.joined(separator: ";")]
    do {
      let book = try CustomerTable(text.joined(separator: "\n").utf8).book()
      #expect(try book.rejected.all.map(\.line) == [3])
      #expect(try book.all().map(\.lastName) == ["Weber"])
    } catch let error as CustomerFileError {
      #expect("\(error)".contains("unknown access"))
    }
  }

  /// The marks at the end are left out wherever the pieces of the file end, and are an error when text follows.
  @Test(arguments: SpreadsheetEncoding.allCases, [0, 1, 7, 65_535, 65_536, 70_000])
  func marksAtTheEnd(encoding: SpreadsheetEncoding, zeros: Int) throws {
    let text = CustomerTable.header + "\r\n" + CustomerFileTests.row + "\r\n"
    let marks = "\u{1A}" + String(repeating: "\0", count: zeros) + "\r\n"
    let book = try CustomerTable(encoding.bytes(text + marks)).book()
    #expect(try book.all().map(\.company) == ["Müller & Söhne"])
    #expect(book.rejected.isEmpty)
    #expect(book.file.notices == [zeros == 0 ? .endMark : .zerosAtEnd(count: zeros * encoding.encoding.width)])
    if zeros > 0 {
      #expect(try CustomerTable(encoding.bytes(text + marks + "x")).complaint().contains("3: a zero byte"))
    }
  }

  /// A lost delimiter is the row's fault, and the others are told all the same.
  @Test func aRowWithALostDelimiterRefusesNobodyElse() throws {
    let header = "Kundennummer;Firma;E-Mail;Postfach;Zugang;Sprache;Vorname;Nachname;Telefon"
    let rows = (1...5).map { "\($0);Bauhof;k@example.org;m\($0)@example.org;imap;de;Anna;Weber;030 1" }
    let moved = "6;Bauhof k@example.org;l@example.org;m6@example.org;de;Anna;Weber;030 1"
    let book = try CustomerTable(([header] + rows + [moved]).joined(separator: "\n").utf8).book()
    #expect(try book.all().count == 5 && book.rejected.all.map(\.line) == [7])
  }

  /// Nothing but a name is a customer, wherever the row stands.
  @Test func aNameInTheLastRowIsNoNote() throws {
    let header = "Firma;Kundennummer;E-Mail;Postfach;Zugang;Sprache;Vorname;Nachname;Telefon"
    let text = "\(header)\nBauhof;1;k@example.org;a@example.org;imap;de;;;\nKanzlei Doktor Groß;;;;;;;;\n"
    let book = try CustomerTable(text.utf8).book()
    #expect(try book.rejected.all.map(\.line) == [3])
  }

  @Test func aSurplusNumberIsNotShown() throws {
    let rows = ["1;Bauhof;A;B;de;k@example.org;030 1;m1@example.org;imap;09999 555123"]
    let reason = try #require(try CustomerTable(rows: rows).book().rejected.all.first?.reason)
    #expect(reason.contains("column 10 holds a number") && !reason.contains("555123"))
  }

  /// The header of a table that is no text is found by the same rule.
  @Test func theHeaderOfAWorkbookIsFound() throws {
    var writer = try StagedTable.Writer(name: "kunden.xlsx")
    func add(_ line: Int, _ cells: [String]) throws {
      var ends: [Int] = []
      for cell in cells { ends.append((ends.last ?? 0) + cell.utf8.count) }
      try writer.add(line: line, Array(cells.joined().utf8), ends: ends)
    }
    try add(1, ["Kundenliste"])
    try add(3, ["", "Stand", "heute"])
    try add(4, CustomerTable.header.uppercased().split(separator: ";").map(String.init))
    try add(5, ["1", "", "", "", "", "", "", "a@example.org", "imap", ""])
    let staged = try writer.finish()
    let source = CustomerSource(file: URL(filePath: "/kunden.xlsx"), columns: CustomerTable.columns)
    let table = LocatedTable(TableReader(staged.reader()), finder: HeaderFinder(source, order: nil))
    #expect(table.finding.isHeader && table.header.line == 4 && table.usualCells == 10)
    #expect(table.notices == [.titleRows(headerLine: 4, first: "Kundenliste")])
    let header = (0..<table.header.count).map { table.header.text($0) }
    let found = try HeaderCheck(name: "kunden.xlsx", line: 4, notUTF8: nil).columns(
      in: header, table, lines: [], source: source, order: "Nachname")
    #expect(found.fields[.mailbox] == 7 && found.order == 3 && found.notices.count == 9)
    var reader = table.reader
    var record = TableRecord()
    #expect(try reader.next(into: &record))
    #expect(record.line == 5)
  }

  /// Every delimiter in ASCII gives the same customers, and a blank gives an error that shows the line.
  @Test func everyDelimiterIsFound() throws {
    for delimiter in CSVDialect.all {
      let sign = String(Unicode.Scalar(delimiter))
      let row = "1;;;;;k@example.org;;a@example.org;imap"
      let text = (CustomerTable.header + "\n" + row + "\n").replacing(";", with: sign)
      let book = try CustomerTable(text.utf8).book()
      #expect(try book.csv.delimiter == Character(sign) && book.all().count == 1, "\(delimiter)")
    }
    let text = CustomerTable.header.replacing(";", with: " ") + "\n1 a@example.org\n"
    #expect(try CustomerTable(text.utf8).complaint().contains("one column, no delimiter found"))
  }

  /// A table of delimiters and quotation marks alone costs no more than its size.
  @Test func aHostileStartIsLookedAtOnce() throws {
    for unit in [";", "\"", "\";", "|\n", "\r", "\0", "=\"", "\"\"\n"] {
      let text = String(repeating: unit, count: 200_000)
      #expect(try !CustomerTable(text.utf8).complaint().isEmpty)
    }
  }
}
