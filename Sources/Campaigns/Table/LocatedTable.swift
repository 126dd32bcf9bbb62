/// A table whose header was looked for: the header, or the line that comes nearest to one; the reader behind it; and how
/// the rows are made.
struct LocatedTable {
  let finding: HeaderFinder.Finding
  /// The header's line; an empty record when the table is blank.
  let header: TableRecord
  /// Behind the header.
  let reader: TableReader
  /// The number of cells that most of the first rows have; the header's when there are none.
  let usualCells: Int
  private(set) var notices: [TableNotice] = []

  private static let looked = 100

  /// A table that a workbook was read into.
  init(_ table: TableReader, finder: HeaderFinder) {
    let finding = finder.search(table)
    let reader = finding.line?.reader ?? TableReader()
    self.init(finding, reader, Rows(reader, header: finding.line?.record.count ?? 0))
  }

  /// A table that is text, in the dialect that was found for it. Its rows may have a delimiter of their own, which is
  /// returned, and backslashes as databases write them.
  static func text(
    _ source: TextSource, _ dialect: CSVDialect
  ) throws(CustomerFileError) -> (table: LocatedTable, delimiter: UInt8) {
    let (table, delimiter) = plain(source, dialect)
    guard table.finding.isHeader, let line = table.finding.line else { return (table, delimiter) }
    let place = TextSource.Place(offset: line.reader.offset, line: line.reader.line)
    let escapes = try BackslashEscapes(
      in: source, delimiter: delimiter, from: place, cells: [table.header.count, table.usualCells])
    guard escapes.areUsed else { return (table, delimiter) }
    var escaped = source
    escaped.hasEscapes = true
    var (other, found) = plain(escaped, dialect)
    other.notices.append(.backslashes(line: escapes.first?.line, text: escapes.first?.text ?? ""))
    return (other, found)
  }

  private static func plain(_ source: TextSource, _ dialect: CSVDialect) -> (table: LocatedTable, delimiter: UInt8) {
    let finding = dialect.finding
    guard let line = finding.line else {
      return (LocatedTable(finding, TableReader(), Rows(TableReader(), header: 0)), dialect.delimiter)
    }
    let place = TextSource.Place(offset: line.reader.offset, line: line.reader.line)
    func rows(_ delimiter: UInt8) -> Rows {
      Rows(TableReader(source.reader(delimiter, at: place, reach: reach)), header: line.record.count)
    }
    var delimiter = dialect.delimiter
    var found = rows(delimiter)
    if finding.isHeader, found.areUndivided,
      let other = CSVDialect.all.first(where: { $0 != dialect.delimiter && rows($0).have(line.record.count) })
    {
      delimiter = other
      found = rows(other)
    }
    var table = LocatedTable(finding, TableReader(source.reader(delimiter, at: place)), found)
    if delimiter != dialect.delimiter { table.notices.append(.rowDelimiter(CSVDialect.character(delimiter))) }
    return (table, delimiter)
  }

  private static let reach = 1_048_576

  private init(_ finding: HeaderFinder.Finding, _ reader: TableReader, _ rows: Rows) {
    self.finding = finding
    header = finding.line?.record ?? TableRecord()
    self.reader = reader
    usualCells = rows.usual ?? header.count
    guard finding.isHeader else { return }
    if let first = finding.above.first(where: { !$0.isRule }) {
      let cells = (0..<first.count).map { first.text($0).trimmingBlanks() }.filter { !$0.isEmpty }
      notices.append(.titleRows(headerLine: header.line, first: cells.joined(separator: " ")))
    }
    if header.wasWrapped || rows.wrapped > rows.count / 2 { notices.append(.quotedLines) }
    let titled = (0..<header.count).last { !header.isBlank($0) }.map { $0 + 1 } ?? 0
    if usualCells < titled { notices.append(.shortRows(cells: usualCells, header: titled)) }
    if usualCells > header.count, rows.surplusIsBlank {
      notices.append(.longRows(cells: usualCells, header: header.count))
    }
  }

  /// What the first rows are like.
  private struct Rows {
    var count = 0
    var wrapped = 0
    var surplusIsBlank = true
    private var counts: [Int: Int] = [:]

    /// The number of cells that most have; among equals the largest. A line without a delimiter is a note.
    var usual: Int? {
      let divided = counts.filter { $0.key > 1 }
      return (divided.isEmpty ? counts : divided).max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    }

    /// True when hardly any row has a cell beyond the first.
    var areUndivided: Bool { count > 0 && counts[1, default: 0] * 10 >= count * 9 }

    func have(_ cells: Int) -> Bool { count > 0 && counts[cells, default: 0] * 10 >= count * 8 }

    init(_ reader: TableReader, header: Int) {
      var reader = reader
      var record = TableRecord()
      // Faults are reported when the rows are really read.
      while count < LocatedTable.looked, (try? reader.next(into: &record)) == true {
        guard !record.isBlank else { continue }
        count += 1
        counts[record.count, default: 0] += 1
        if record.wasWrapped { wrapped += 1 }
        for field in header..<max(header, record.count) where !record.isBlank(field) { surplusIsBlank = false }
      }
    }
  }
}
