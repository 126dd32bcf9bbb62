import Files
public import Foundation
public import Mail
import Synchronization

/// An operator's spreadsheet, opened: encoding and delimiter found, header read and matched with the campaign's
/// columns.
///
/// The file stays open as long as this value is kept, so that every pass reads the same file. Opening fails with a
/// ``CustomerFileError`` when the file is missing, not text, empty, or only a header; when a required column is missing
/// or duplicated; and when any header announces passwords: such a file is refused before a row is read.
public struct CustomerFile: Sendable {
  public let url: URL
  /// The last part of the path, as messages show it.
  public let name: String
  public let form: TableForm
  /// What was done to the table before its rows were read.
  public let notices: [TableNotice]
  /// The column names in the order of the file, without white space around them.
  public let header: [String]
  /// The digest of the file's unchanged bytes.
  public let digest: SHA256Digest

  let columns: [CustomerSource.Field: Int]
  /// The language of customers for whom no row names one.
  let language: String
  /// Of several addresses in a contact's cell the first is meant.
  let takesFirstContact: Bool
  /// The column that letters are ordered by.
  let orderColumn: Int?
  let file: RandomAccessFile
  let stamp: RandomAccessFile.Stamp
  /// The reason why the file is read in an encoding of single bytes and not as UTF-8; nil when it is UTF-8 or UTF-16.
  let notUTF8: EncodingDetector.Finding?
  /// The number of rows parsed, including those that were parsed again. Only tests use it.
  let parsedRows = RowCounter()
  /// How ids like `2000.0` are read; known once all rows were seen.
  var idFractions = IDFractions.Reading.asWritten
  /// The number of cells that most rows have: what another number means depends on it.
  let usualCells: Int
  /// The reader of the whole table, where the first row begins.
  private let start: TableReader

  /// - Parameter order: The header of the column that letters are ordered by.
  public init(_ source: CustomerSource, orderedBy order: String? = nil) throws(CustomerFileError) {
    url = source.file
    language = source.language
    takesFirstContact = source.takesFirstContact
    let name = source.file.lastPathComponent
    self.name = name
    do throws(FileError) {
      file = try RandomAccessFile(source.file)
      stamp = try file.stamp()
    } catch {
      throw CustomerFileError(source.file.path(percentEncoded: false), error.clause)
    }
    if let workbook = try WorkbookTable(file, name: name, source) {
      (digest, form, notUTF8) = (workbook.digest, workbook.form, nil)
      let table = LocatedTable(TableReader(workbook.table.reader()), finder: HeaderFinder(source, order: order))
      guard table.finding.line != nil || table.finding.failure != nil else {
        let empty = CustomerFileError(name, "the sheet is empty; it needs a header and one row per mailbox")
        throw CustomerFileError((workbook.wrongSheet.map { [$0] } ?? []) + empty.problems)
      }
      header = Self.titles(table.header)
      let found: HeaderCheck.Columns
      do throws(CustomerFileError) {
        found = try HeaderCheck(name: name, line: table.header.line, notUTF8: nil, isWorkbook: true).columns(
          in: header, table, lines: [], source: source, order: order)
      } catch {
        throw CustomerFileError((workbook.wrongSheet.map { [$0] } ?? []) + error.problems)
      }
      (columns, orderColumn) = (found.fields, found.order)
      notices = workbook.notices + table.notices + found.notices
      usualCells = table.usualCells
      start = table.reader
      return
    }
    try Self.refuseForeignFormat(file, name: name)
    let detected = try EncodingDetector(file, name: name, named: source.encoding)
    digest = detected.digest
    notUTF8 = detected.notUTF8

    let end = try TableEnd(file, name: name, encoding: detected)
    let text = TextSource(file, name: name, encoding: detected, end: end)
    let dialect = try CSVDialect(text, finder: HeaderFinder(source, order: order))
    let (table, delimiter) = try LocatedTable.text(text, dialect)
    let lines = text.firstLines()
    guard table.finding.line != nil || table.finding.failure != nil else {
      throw CustomerFileError(name, "the file is empty; it needs a header and one row per mailbox")
    }
    form = .csv(
      CSVForm(
        encoding: detected.encoding, hasByteOrderMark: detected.markLength > 0,
        delimiter: CSVDialect.character(delimiter), hasSeparatorLine: dialect.hasSeparatorLine,
        lineEnd: table.finding.line?.reader.lineEnd ?? .lf))

    header = Self.titles(table.header)
    let found = try HeaderCheck(name: name, line: table.header.line, notUTF8: notUTF8).columns(
      in: header, table, lines: lines, source: source, order: order)
    (columns, orderColumn) = (found.fields, found.order)
    notices =
      (source.sheet == nil ? [] : [.unusedSetting("customers.sheet")]) + detected.notices
      + [end.notice].compactMap { $0 } + dialect.notices + table.notices + found.notices
    usualCells = table.usualCells
    start = table.reader
  }

  /// A line break in a header cell is a space, as it looks.
  private static func titles(_ header: TableRecord) -> [String] {
    (0..<header.count).map {
      header.text($0).precomposed.replacing("\r\n", with: " ").replacing("\n", with: " ").trimmingBlanks()
    }
  }

  /// Formats that are no text must not be taken for a wrong encoding.
  private static func refuseForeignFormat(_ file: RandomAccessFile, name: String) throws(CustomerFileError) {
    var start: [UInt8] = []
    do throws(FileError) {
      try file.read(32, at: 0, into: &start)
    } catch {
      throw CustomerFileError(name, error.clause)
    }
    if let format = ForeignFormat(binary: start) { throw CustomerFileError(name, format.description) }
  }

  /// A reader positioned before the first row.
  func reader() -> TableReader { start }

  /// Throws when the file has changed since it was opened.
  func checkUnchanged() throws(CustomerFileError) {
    let now: RandomAccessFile.Stamp
    do throws(FileError) {
      now = try file.stamp()
    } catch {
      throw CustomerFileError(name, error.clause)
    }
    guard now == stamp else { throw CustomerFileError(name, "the file was changed while it was read; start again") }
  }
}

/// Counts the rows that are parsed from one file, over all passes.
final class RowCounter: Sendable {
  private let rows = Atomic(0)
  var count: Int { rows.load(ordering: .relaxed) }
  func add() { rows.add(1, ordering: .relaxed) }
}

/// The problems of a customer file as a whole, because of which no row of it is used: at least one. Its description is
/// one line per problem.
public struct CustomerFileError: Error, Sendable, Hashable, CustomStringConvertible {
  public let problems: [Problem]
  public init(_ problems: [Problem]) { self.problems = problems }

  init(_ file: String, line: Int? = nil, _ message: String) {
    problems = [Problem(file: file, line: line, message: message)]
  }

  public var description: String { problems.lines }
}
