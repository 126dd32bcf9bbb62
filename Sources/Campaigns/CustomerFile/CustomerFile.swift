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
  /// The column that letters are ordered by.
  let orderColumn: Int?
  let file: RandomAccessFile
  let stamp: RandomAccessFile.Stamp
  /// The reason why the file is read as Windows-1252 and not as UTF-8; nil when it is UTF-8 or UTF-16.
  let notUTF8: EncodingDetector.Finding?
  /// The number of rows parsed, including those that were parsed again. Only tests use it.
  let parsedRows = RowCounter()
  /// The reader of the whole table, where the first row begins.
  private let start: TableReader

  /// - Parameter order: The header of the column that letters are ordered by.
  public init(_ source: CustomerSource, orderedBy order: String? = nil) throws(CustomerFileError) {
    url = source.file
    language = source.language
    let name = source.file.lastPathComponent
    self.name = name
    do throws(FileError) {
      file = try RandomAccessFile(source.file)
      stamp = try file.stamp()
    } catch {
      throw CustomerFileError(source.file.path(percentEncoded: false), error.clause)
    }
    if let workbook = try WorkbookTable(file, name: name, source) {
      (digest, form, notices, notUTF8) = (workbook.digest, workbook.form, workbook.notices, nil)
      var reader = TableReader(workbook.table.reader())
      var record = TableRecord()
      guard try reader.next(into: &record) else {
        throw CustomerFileError(name, "the sheet is empty; it needs a header and one row per mailbox")
      }
      // A line break in a header cell is a space, as it looks.
      header = (0..<record.count).map {
        record.text($0).precomposed.replacing("\r\n", with: " ").replacing("\n", with: " ").trimmingBlanks()
      }
      do throws(CustomerFileError) {
        (columns, orderColumn) = try HeaderCheck(name: name, line: record.line, notUTF8: nil).columns(
          in: header, record, source: source, order: order)
      } catch {
        throw CustomerFileError((workbook.wrongSheet.map { [$0] } ?? []) + error.problems)
      }
      start = reader
      return
    }
    let detected = try EncodingDetector(file, name: name)
    digest = detected.digest
    notUTF8 = detected.notUTF8
    notices = source.sheet == nil ? [] : [.unusedSetting("customers.sheet")]

    let dialect = try CSVDialect(file, name: name, encoding: detected)
    var csv = CSVReader(
      file, name: name, encoding: detected.encoding, delimiter: dialect.delimiter, offset: dialect.offset,
      line: dialect.line)
    var record = TableRecord()
    repeat {
      guard try csv.next(into: &record) else {
        throw CustomerFileError(name, "the file is empty; it needs a header and one row per mailbox")
      }
    } while record.isBlank
    form = .csv(
      CSVForm(
        encoding: detected.encoding, hasByteOrderMark: detected.markLength > 0,
        delimiter: Character(Unicode.Scalar(dialect.delimiter)), hasSeparatorLine: dialect.hasSeparatorLine,
        lineEnd: csv.endedInCRLF ? .crlf : .lf))
    header = (0..<record.count).map { record.text($0).precomposed.trimmingBlanks() }
    (columns, orderColumn) = try HeaderCheck(name: name, line: record.line, notUTF8: notUTF8).columns(
      in: header, record, source: source, order: order)
    start = TableReader(csv)
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
