/// Something that was done to a table as a whole before its rows were read, and that the operator is told: what was left
/// out, and what was taken for something other than it is written as.
public enum TableNotice: Sendable, Hashable, CustomStringConvertible {
  /// Lines above the header that are no part of the table; the first of them as it is written.
  case titleRows(headerLine: Int, first: String)
  /// A column whose title is not written as campaign.yaml names it.
  case titleTaken(written: String, named: String)
  /// The rows have a delimiter other than the header's.
  case rowDelimiter(Character)
  /// The first line names another delimiter than the table has.
  case wrongSeparatorLine(Character)
  /// Lines that were quoted as a whole.
  case quotedLines
  /// The rows have fewer cells than the header, and what is missing is empty.
  case shortRows(cells: Int, header: Int)
  /// The rows have more cells than the header, and these are empty.
  case longRows(cells: Int, header: Int)
  /// Cells with backslashes as databases write them, and the first that reads otherwise than it is written, if there is one
  /// beside those without a value.
  case backslashes(line: Int?, text: String)
  case endMark
  case zerosAtEnd(count: Int)
  /// The words of the file are rather those of another encoding than the one that is named.
  case encodingDoubted(named: TextEncoding, likely: TextEncoding, line: Int, text: String, likelyText: String)
  /// The words of the file are none in the encoding that is named, and it is not clear in which they are.
  case encodingUnlikely(named: TextEncoding, line: Int, text: String)
  /// Rows that the sheet does not show, and that are read all the same.
  case hiddenRows(count: Int)
  case filteredRows(count: Int)
  /// Columns that the sheet does not show, by their letters.
  case hiddenColumns([String])
  /// Hidden sheets that stand before the one that is read.
  case hiddenSheets([String], read: String)
  /// Other sheets with cells, which are not read.
  case otherSheets([String], read: String)
  /// Cells with a formula whose result is not in the file.
  case formulasWithoutResult(count: Int, first: String)
  /// `customers.sheet` or `customers.encoding`, which says nothing about a file of this kind.
  case unusedSetting(String)

  public var description: String {
    switch self {
    case .titleRows(let line, let first):
      "the header is line \(line); what is above it is left out: \(QuotedText(first))"
    case .titleTaken(let written, let named): "the column \(QuotedText(written)) is taken for \(QuotedText(named))"
    case .rowDelimiter(let delimiter):
      "the rows have another delimiter than the header; they are read with \(CSVDialect.name(of: delimiter))"
    case .wrongSeparatorLine(let delimiter):
      "the first line names a delimiter that the table does not have; it is read with \(CSVDialect.name(of: delimiter))"
    case .quotedLines: "whole lines are in quotation marks; they are read as what is between them"
    case .shortRows(let cells, let header):
      "the rows have \(cells) cells and the header has \(header); the missing ones are read as empty"
    case .longRows(let cells, let header):
      "the rows have \(cells) cells and the header has \(header); the surplus ones are empty and are left out"
    case .backslashes(let line, let text):
      "the cells are written with backslashes, as databases do (\\N is no value, \\n a line end), and are read so"
        + (line.map { ": the first is line \($0), \(QuotedText(text))" } ?? "")
    case .endMark: "the file ends with the end-of-file mark of old programs (1A), which is left out"
    case .zerosAtEnd(let count):
      "the file ends with \(count) zero \(count == 1 ? "byte, which is" : "bytes, which are") left out; files get them when a disk "
        + "or a copy fails: look whether the last row is there"
    case .encodingDoubted(let named, let likely, let line, let text, let likelyText):
      "the file is read as \(named.rawValue), as customers.encoding says, but looks like \(likely.rawValue): line \(line) is "
        + "read as \(QuotedText(text)) and would be \(QuotedText(likelyText))"
    case .encodingUnlikely(let named, let line, let text):
      "the file is read as \(named.rawValue), as customers.encoding says, but many of its words are none in it: line \(line) "
        + "is read as \(QuotedText(text)); look at the rows, or export the file again as \"CSV UTF-8\""
    case .hiddenRows(let count):
      "\(count == 1 ? "1 hidden row is" : "\(count) hidden rows are") read like the others; delete "
        + "\(count == 1 ? "it" : "them") from the sheet if these are no customers to be told"
    case .filteredRows(let count):
      "a filter hides \(count == 1 ? "1 row, which is" : "\(count) rows, which are") read like the others; if only the rows "
        + "that are shown are meant, copy these to a sheet of their own and name it as customers.sheet"
    case .hiddenColumns(let columns):
      columns.count == 1
        ? "the hidden column \(columns[0]) is read like the others"
        : "the hidden columns \(columns.joined(separator: ", ")) are read like the others"
    case .hiddenSheets(let sheets, let read):
      "\(Self.named(sheets)) \(sheets.count == 1 ? "is" : "are") hidden and not read; sheet \(QuotedText(read)) is read. "
        + "Name another one as customers.sheet"
    case .otherSheets(let sheets, let read):
      "only sheet \(QuotedText(read)) is read, and \(Self.named(sheets)) \(sheets.count == 1 ? "has" : "have") cells as "
        + "well; put all customers on one sheet, or name it as customers.sheet when this is right"
    case .formulasWithoutResult(let count, let first):
      "\(count == 1 ? "cell \(first) has a formula whose result is" : "\(count) cells have formulas whose results are") not "
        + "in the file\(count == 1 ? "" : ", the first is \(first)"), and \(count == 1 ? "is" : "are") read as empty; open "
        + "the file in a spreadsheet program and save it again"
    case .unusedSetting(let key):
      key == "customers.sheet"
        ? "customers.sheet in campaign.yaml has no effect: this file is text and has no sheets"
        : "\(key) in campaign.yaml has no effect: a workbook says itself how its text is encoded"
    }
  }

  /// True for a doubt about the encoding that is named.
  var isAboutEncoding: Bool {
    switch self {
    case .encodingDoubted, .encodingUnlikely: true
    default: false
    }
  }

  static func named(_ sheets: [String]) -> String {
    let shown = sheets.prefix(5).map { "\(QuotedText($0))" }.joined(separator: ", ")
    let more = sheets.count > 5 ? " and \(sheets.count - 5) more" : ""
    return "\(sheets.count == 1 ? "sheet" : "the sheets") \(shown)\(more)"
  }
}
