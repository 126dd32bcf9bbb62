import Campaigns
import Foundation
import Mail
import TestSupport
import Testing

@Suite struct CustomerFileTests {
  static let row = "100;Müller & Söhne;Jörg;Groß;;info@example.org;;post@example.org;imap"

  @Test(arguments: SpreadsheetEncoding.allCases, ["\r\n", "\n", "\r", "\r\r\n"])
  func findsEncodingAndLineEnds(encoding: SpreadsheetEncoding, lineEnd: String) throws {
    let text = CustomerTable.header + lineEnd + Self.row + lineEnd
    let table = try CustomerTable(encoding.bytes(text))
    let book = try table.book()
    #expect(try book.csv.encoding == encoding.encoding)
    #expect(try book.csv.hasByteOrderMark == encoding.hasMark)
    let ends: [String: CSVForm.LineEnd] = ["\r\n": .crlf, "\n": .lf, "\r": .cr, "\r\r\n": .crcrlf]
    #expect(try book.csv.lineEnd == ends[lineEnd])
    #expect(try book.csv.delimiter == ";")
    #expect(book.file.header == CustomerTable.header.split(separator: ";").map(String.init))
    #expect(book.file.digest == SHA256.digest(of: encoding.bytes(text)))
    #expect(try book.all().map(\.company) == ["Müller & Söhne"])
    #expect(book.samples == [UmlautSample(line: 2, text: "Müller & Söhne Jörg Groß")])
  }

  @Test(arguments: [";", ",", "\t", "|", "^", ":", "~", "\u{1F}"], ["", "sep=", "\"sep="])
  func findsDelimiter(delimiter: String, first: String) throws {
    var text = first.isEmpty ? "" : "\(first)\(delimiter)\(first.hasPrefix("\"") ? "\"" : "")\r\n"
    for line in [CustomerTable.header, Self.row] { text += line.replacing(";", with: delimiter) + "\r\n" }
    let book = try CustomerTable(text.utf8).book()
    #expect(try book.csv.delimiter == Character(delimiter))
    #expect(try book.csv.hasSeparatorLine == !first.isEmpty)
    #expect(try book.all().map(\.lines) == [[first.isEmpty ? 2 : 3]])
  }

  @Test func theRowsDecideBetweenEqualDelimiters() throws {
    let even = "id,c,m;x,a;y;z\n1,,p@example.org,imap\n"
    let book = try CustomerTable(
      even.utf8, columns: [.id: "id", .contact: "c", .mailbox: "m;x", .access: "a;y;z"]
    ).book()
    #expect(try book.csv.delimiter == ",")
  }

  @Test(arguments: [
    ("", "kunden.csv: the file is empty; it needs a header and one row per mailbox"),
    ("\u{FEFF}", "kunden.csv: the file is empty; it needs a header and one row per mailbox"),
    ("\r\n\r\n", "kunden.csv: the file is empty; it needs a header and one row per mailbox"),
    ("\(CustomerTable.header)\r\n", "kunden.csv: the file has a header but no rows; it needs one row per mailbox"),
    ("\(CustomerTable.header)", "kunden.csv: the file has a header but no rows; it needs one row per mailbox"),
    (
      "\(CustomerTable.header)\n\n;;;;;;;;\n",
      "kunden.csv: the file has a header but no rows; it needs one row per mailbox"
    ),
    (
      "\(CustomerTable.header)\n100;\"Müller\n\(CustomerFileTests.row)\n",
      "kunden.csv:2: a quotation mark opens here and is never closed; close it, or double it when it belongs to the text"
    ),
    (
      "sep=ab\naabb\n",
      "kunden.csv:1: the delimiter \"ab\" that \"sep=\" names is not read; save the table with semicolons between the cells"
    ),
    (
      "Kundennummer;Firma;Vorname;Nachname;Sprache;EMail;Telefon;Postfach\n\(CustomerFileTests.row)\n",
      "kunden.csv:1: these columns are not there: \"E-Mail\" for \"contact\", \"Zugang\" for \"access\". The header has "
        + "\"Kundennummer\", \"Firma\", \"Vorname\", \"Nachname\", \"Sprache\", \"EMail\", \"Telefon\", \"Postfach\"; did you mean "
        + "\"EMail\" for \"E-Mail\"? Correct the header, or customers.columns in campaign.yaml"
    ),
    (
      "\(CustomerTable.header);Firma\n\(CustomerFileTests.row);\n",
      "kunden.csv:1: column \"Firma\" is there more than once, as columns 2 and 10; rename all but one"
    ),
    (
      "\(CustomerTable.header);IMAP-Passwort;PIN\n\(CustomerFileTests.row);hunter2;4711\n",
      "kunden.csv:1: column 10, \"IMAP-Passwort\", seems to hold passwords; the file is not read. Remove the column from the "
        + "file, and the file from wherever else it lies\n"
        + "kunden.csv:1: column 11, \"PIN\", seems to hold passwords; the file is not read. Remove the column from the "
        + "file, and the file from wherever else it lies"
    ),
    (
      "\(CustomerTable.header)\n\n100;MÃ¼ller;;;;a@example.org;;b@example.org;imap\n",
      "kunden.csv:3: \"MÃ¼ller\" was encoded twice: it was \"Müller\" in UTF-8, which a program read as Windows-1252 and saved "
        + "as UTF-8 again; export the file again from where it comes from, and open it as UTF-8"
    ),
    (
      "\(CustomerTable.header)\n100;M\u{81}ller;;;;a@example.org;;b@example.org;imap\n",
      "kunden.csv:2: \"M\\u{81}ller\" has the control character \\u{81}; the file was saved with a wrong encoding, save it "
        + "again as \"CSV UTF-8\""
    ),
    (
      "\(CustomerTable.header)\n100;a\u{0}b\n",
      "kunden.csv:2: a zero byte: this is no text file, or it is damaged; save it as \"CSV UTF-8\""
    ),
  ])
  func saysWhatIsWrongWithTheWholeFile(text: String, message: String) throws {
    #expect(try CustomerTable(text.utf8).complaint() == message)
  }

  @Test(
    arguments: [
      (
        Array("\(CustomerTable.header)\n100;M".utf8) + [0x81] + Array("ller".utf8),
        "kunden.csv: the encoding is not certain from 1 word with letters beyond ASCII. Below are the same cells in the "
          + "encodings that are likely; write the right one under \"customers\" in campaign.yaml, such as "
          + "\"encoding: cp850\", or save the file as \"CSV UTF-8\"\n"
          + "kunden.csv:2: cp850 \"Müller\", MacRoman \"MÅller\""
      ),
      (
        Array("\(CustomerTable.header)\n100;Müller;;;;a@example.org;;b@example.org;imap\n101;M".utf8) + [0xFC]
          + Array("ller\n".utf8),
        "kunden.csv:2: \"MÃ¼ller\" is UTF-8, but line 3 is not (byte FC); the file mixes two encodings, save it again as "
          + "\"CSV UTF-8\""
      ),
      (
        [0xEF, 0xBB, 0xBF] + Array("a\nb".utf8) + [0xFC] + Array(";\n".utf8),
        "kunden.csv:2: the file begins with the mark of UTF-8 but is not UTF-8 here; save it as \"CSV UTF-8\" again"
      ),
      (
        [0x50, 0x4B, 0x03, 0x04, 0x14],
        "kunden.csv: this workbook is damaged or cut short: its archive cannot be opened; take an undamaged copy, or open "
          + "it in a spreadsheet program and save it again"
      ),
      ([0xFF, 0xFE, 0, 0, 0x41, 0, 0, 0], "kunden.csv: this is UTF-32, which is not read; save it as \"CSV UTF-8\""),
      (
        [0xFF, 0xFE, 0x41],
        "kunden.csv: UTF-16LE with an odd number of bytes: the file is cut off; save it as \"CSV UTF-8\" again"
      ),
      (
        SpreadsheetEncoding.utf16LittleEndianMark.bytes("\(CustomerTable.header)\n") + [0x00, 0xD8, 0x41, 0x00],
        "kunden.csv:2: half a character of UTF-16LE: the file is damaged; save it again as \"CSV UTF-8\""
      ),
    ] as [([UInt8], String)])
  func saysWhatIsWrongWithTheBytes(bytes: [UInt8], message: String) throws {
    #expect(try CustomerTable(bytes).complaint() == message)
  }

  @Test func aMissingFileIsNamedWithItsPath() throws {
    let table = try CustomerTable(rows: [])
    let other = table.folder.url.appending(path: "andere.csv")
    let source = CustomerSource(file: other, columns: CustomerTable.columns)
    #expect {
      try CustomerBook(source, segments: CustomerTable.segments)
    } throws: { error in
      "\(error)" == "\(other.path(percentEncoded: false)): there is no such file"
    }
  }

  @Test func unknownAccessValuesAreNamedAllAtOnce() throws {
    let table = try CustomerTable(rows: [
      "1;;;;;;;a@example.org;imapp", "2;;;;;;;b@example.org;imap", "3;;;;;;;c@example.org;imapp",
      "4;;;;;;;d@example.org;xyzzy",
      "5;;;;;;;kaputt;fxa", "6;;;;;;;f@example.org;",
    ])
    #expect(
      try table.complaint() == """
        kunden.csv:2: unknown access value "imapp", did you mean "imap"? (also in line 4)
        kunden.csv:5: unknown access value "xyzzy"; known values are "central", "e2e", "fax", "imap", "mx", "pop3", "webmail"
        kunden.csv:6: unknown access value "fxa", did you mean "fax"?
        kunden.csv:7: column "Zugang" is empty; known values are "central", "e2e", "fax", "imap", "mx", "pop3", "webmail"
        """)
  }

  @Test func aFileThatChangesMeanwhileIsNoticed() throws {
    let table = try CustomerTable(rows: [Self.row])
    let book = try table.book()
    #expect(try book.all().count == 1)
    let handle = try FileHandle(forWritingTo: table.source.file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("101;;;;;;;x@example.org;imap\r\n".utf8))
    try handle.close()
    #expect {
      try book.all()
    } throws: {
      "\($0)" == "kunden.csv: the file was changed while it was read; start again"
    }
  }
}
