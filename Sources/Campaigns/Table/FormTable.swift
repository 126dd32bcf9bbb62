import Files
public import Foundation

/// A form that somebody has filled in and sent back: any table that ``CustomerFile`` would read, in any encoding and
/// dialect, with columns that are known by their titles in one of several languages.
///
/// The rows are in memory. Fails with a ``CustomerFileError`` when the file cannot be read, is no table or has not the
/// columns.
public struct FormTable: Sendable {
  public struct Row: Sendable, Hashable {
    /// The line of the file or the row of the sheet.
    public var line: Int
    /// One for each column that was asked for, without blanks around it; empty where the row has none.
    public var cells: [String]
    /// Why the row cannot be read as it stands; nil when it can.
    public var fault: String?
  }

  /// The file's name.
  public let name: String
  /// The titles as the file has them, one for each column; nil for one that it has not.
  public let titles: [String?]
  public let rows: [Row]

  /// - Parameters:
  ///   - columns: The titles of each column, in each language the same number.
  ///   - needed: The columns without which it is another file.
  public init(_ url: URL, columns: [[String]], needed: Set<Int>) throws(CustomerFileError) {
    name = url.lastPathComponent
    let source = CustomerSource(file: url, columns: [:])
    let file: RandomAccessFile
    do throws(FileError) {
      file = try RandomAccessFile(url)
    } catch {
      throw CustomerFileError(url.path(percentEncoded: false), error.clause)
    }
    let workbook = try WorkbookTable(file, name: name, source)
    let text = workbook == nil ? try Self.text(file, name) : nil
    var found: (table: LocatedTable, titles: [String])?
    // A title that no cell has is not looked for with each delimiter.
    let occurring = try text.map { text throws(CustomerFileError) in
      try CSVDialect.occurring(columns.flatMap(\.self), in: text)
    }
    for titles in columns where found == nil {
      let needed = needed.map { titles[$0] }
      if let occurring, !needed.allSatisfy({ occurring.contains(HeaderFinder.looseTitle($0)) }) { continue }
      let finder = HeaderFinder(titles: titles, needed: needed)
      let table: LocatedTable
      if let workbook {
        table = LocatedTable(TableReader(workbook.table.reader()), finder: finder)
      } else if let text {
        table = try LocatedTable.text(text, try CSVDialect(text, finder: finder)).table
      } else {
        continue
      }
      if table.finding.isHeader { found = (table, titles) }
    }
    guard let (table, titles) = found else {
      let wanted = columns.map { titles in needed.sorted().map { "\(QuotedText(titles[$0]))" }.joined(separator: ", ") }
      throw CustomerFileError(name, "there is no row with the titles \(wanted.joined(separator: ", or "))")
    }
    let header = (0..<table.header.count).map { table.header.text($0).precomposed.trimmingBlanks() }
    let keys = header.map(HeaderFinder.looseTitle)
    // One title may be shortened and the next one not: what the found titles leave open, the others may have.
    let places = titles.indices.map { column in
      ([titles] + columns).lazy.compactMap { keys.firstIndex(of: HeaderFinder.looseTitle($0[column])) }.first
    }
    for place in places.compactMap(\.self) {
      guard let other = keys.indices.first(where: { $0 != place && keys[$0] == keys[place] }) else { continue }
      throw CustomerFileError(
        name,
        "columns \(place + 1) and \(other + 1) are both called \(QuotedText(header[place])): leave one of them in the file"
      )
    }
    self.titles = places.map { $0.map { header[$0] } }
    rows = try Self.rows(of: table, places, header)
  }

  private static func rows(
    of table: LocatedTable, _ places: [Int?], _ header: [String]
  ) throws(CustomerFileError) -> [Row] {
    var reader = table.reader
    var record = TableRecord()
    var rows: [Row] = []
    while try reader.next(into: &record) {
      guard !record.isBlank else { continue }
      let cells = places.map { $0.map { record.text($0).precomposed.trimmingBlanks() } ?? "" }
      rows.append(Row(line: record.line, cells: cells, fault: record.fault?.description(header: header)))
    }
    return rows
  }

  private static func text(_ file: RandomAccessFile, _ name: String) throws(CustomerFileError) -> TextSource {
    let size: Int
    var start: [UInt8] = []
    do throws(FileError) {
      size = try file.stamp().size
      try file.read(32, at: 0, into: &start)
    } catch {
      throw CustomerFileError(name, error.clause)
    }
    guard size > 0 else { throw CustomerFileError(name, "the file is empty") }
    if let format = ForeignFormat(binary: start) { throw CustomerFileError(name, format.description) }
    let encoding: EncodingDetector
    do throws(CustomerFileError) {
      encoding = try EncodingDetector(file, name: name)
    } catch {
      // Its remedy is a setting of the campaign file, which is about another file.
      let line = error.problems.lazy.compactMap(\.line).first
      throw CustomerFileError(
        name, line: line, "how this text is encoded cannot be told; save the table as “CSV UTF-8” or as .xlsx")
    }
    return TextSource(file, name: name, encoding: encoding, end: try TableEnd(file, name: name, encoding: encoding))
  }
}
