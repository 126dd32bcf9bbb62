public import Files

/// The reason why a workbook cannot be read. Its description is a clause for the operator: what it is, and what to do.
public enum WorkbookError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Files that are no workbook of the kinds that are read.
  public enum Foreign: Sendable, Hashable {
    case xls, xlsb, numbers, word, presentation, otherOpenDocument, otherArchive, otherCompound
  }

  case foreign(Foreign)
  case encrypted
  /// The archive, or one of its entries.
  case damagedArchive(entry: String?)
  case unknownCompression(String)
  case tooManyEntries(Int)
  case twoEntries(String)
  case unpacksTooFar
  case partMissing(String)
  case notWellFormed(String, line: Int)
  case documentType(String)
  case noSheet
  /// There is no sheet of this name, or several whose names differ only in case.
  case unknownSheet(String, sheets: [String])
  case allSheetsHidden([String])
  case textMissing(cell: String)
  case badReference(String, row: Int)
  case twoCells(String)
  case tooManyRows(Int)
  case tooManyColumns(row: Int)
  case repeatedRow(Int, count: Int)
  case tooManyStyles
  case cannotRead(FileError)
  case cannotStage(FileError)
  case outOfMemory

  public var description: String {
    switch self {
    case .foreign(let kind): Self.words(of: kind)
    case .encrypted:
      "this workbook is protected with a password; open it, take the password off, and save it as a workbook (.xlsx) again"
    case .damagedArchive(nil):
      "this workbook is damaged or cut short: its archive cannot be opened; \(Self.again)"
    case .damagedArchive(let entry?):
      "this workbook is damaged: \(entry) cannot be unpacked, or its checksum is wrong; \(Self.again)"
    case .unknownCompression(let entry):
      "\(entry) in this workbook is compressed in a way that is not read; \(Self.saved)"
    case .tooManyEntries(let count):
      "this workbook has \(count) parts, and at most \(ZipArchive.mostEntries) are read; \(Self.saved)"
    case .twoEntries(let name): "this workbook has two parts with the name \(name); \(Self.saved)"
    case .unpacksTooFar:
      "this workbook unpacks to far more than a spreadsheet program writes, and is not read further; copy the table into a "
        + "new workbook"
    case .partMissing(let name): "this workbook lacks its part \(name); \(Self.saved)"
    case .notWellFormed(let name, let line):
      "this workbook is damaged: \(name) is not well-formed XML in its line \(line); \(Self.saved)"
    case .documentType(let name):
      "\(name) in this workbook has a document type, which no spreadsheet program writes; \(Self.saved)"
    case .noSheet: "this workbook has no sheet with cells; \(Self.saved)"
    case .unknownSheet(let name, let sheets):
      "this workbook has no sheet “\(name)”; it has \(Self.list(sheets)); correct customers.sheet in campaign.yaml"
    case .allSheetsHidden(let sheets):
      "all sheets of this workbook are hidden: \(Self.list(sheets)); name the one to read as customers.sheet in "
        + "campaign.yaml"
    case .textMissing(let cell):
      "this workbook is damaged: the text of cell \(cell) is not in it; \(Self.saved)"
    case .badReference(let reference, let row):
      "this workbook is damaged: “\(reference)” in row \(row) is no place on a sheet; \(Self.saved)"
    case .twoCells(let cell): "this workbook is damaged: cell \(cell) is in it twice; \(Self.saved)"
    case .tooManyRows(let row):
      "this sheet goes on beyond row \(SheetRow.lastRow), to row \(row), which no spreadsheet program shows; divide the table "
        + "among several campaigns"
    case .tooManyColumns(let row):
      "row \(row) goes on beyond column \(SheetRow.lastColumn), which no spreadsheet program shows; \(Self.saved)"
    case .repeatedRow(let row, let count):
      "row \(row) is there \(count) times in succession with the same cells; delete the rows that are no customers, from the "
        + "sheet's end upwards"
    case .tooManyStyles: "this workbook has more cell formats than are read; copy the table into a new workbook"
    case .cannotRead(let error): "it cannot be read: \(error.reason)"
    case .cannotStage(let error):
      "the texts of the workbook cannot be kept in \(error.path) while they are read: \(error.cause); make room there"
    case .outOfMemory: "there is no memory to read this workbook"
    }
  }

  private static let saved = "open it in a spreadsheet program and save it as a workbook (.xlsx) again"
  private static let again = "take an undamaged copy, or open it in a spreadsheet program and save it again"

  /// At most ten names.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(10).map { "“\($0)”" }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }

  private static func words(of kind: Foreign) -> String {
    let save = "open it and save it as an Excel workbook (.xlsx)"
    return switch kind {
    case .xls: "this is a workbook of Excel 97 to 2003 (.xls), which is not read; \(save)"
    case .xlsb: "this is a binary workbook (.xlsb), which is not read; \(save)"
    case .numbers: "this is a Numbers document, which is not read; export it from Numbers to Excel (.xlsx)"
    case .word: "this is a document of a word processor, not a workbook; copy its table into a workbook (.xlsx)"
    case .presentation: "this is a presentation, not a workbook; name the customer file"
    case .otherOpenDocument: "this is an OpenDocument file, but not a spreadsheet (.ods); copy its table into one"
    case .otherArchive:
      "this is a ZIP archive without a workbook in it; unpack it, and name the customer file that it holds"
    case .otherCompound: "this is a file of an old Office program, not a workbook (.xlsx); name the customer file"
    }
  }
}
