import Files

/// Whether the cells of a text are written as databases write them: `\N` for no value, `\n` for a line end in a cell, and a
/// backslash before what would end the cell (MySQL's `OUTFILE`, `COPY` of PostgreSQL and Redshift).
///
/// It is certain where a cell is `\N`, where the line `\.` ends a table with tabs, and where more rows have the table's number
/// of cells when backslashes are read so. Anywhere else a backslash is text.
struct BackslashEscapes {
  let areUsed: Bool
  /// The first cell that reads otherwise than it is written, beside `\N`.
  private(set) var first: (line: Int, text: String)?

  private static let backslash = UInt8(ascii: "\\")

  /// Looks at the whole text where there is a backslash in it.
  ///
  /// - Parameters:
  ///   - place: Behind the header.
  ///   - cells: The numbers of cells that a whole row may have.
  init(
    in source: TextSource, delimiter: UInt8, from place: TextSource.Place, cells: Set<Int>
  ) throws(CustomerFileError) {
    areUsed = try Self.isAnywhere(source) && Self.areUsed(source, delimiter, place, cells)
    guard areUsed else { return }
    var escaped = source
    escaped.hasEscapes = true
    var written = source.reader(delimiter, at: place)
    var read = escaped.reader(delimiter, at: place)
    var (before, after) = (TableRecord(), TableRecord())
    // Until the first such cell the records are the same.
    while first == nil, (try? written.next(into: &before)) == true, (try? read.next(into: &after)) == true {
      guard before.bytes.contains(Self.backslash) else { continue }
      for field in 0..<after.count where before.text(field) != after.text(field) && !after.range(field).isEmpty {
        first = first ?? (after.line, after.text(field))
      }
    }
  }

  private static func isAnywhere(_ source: TextSource) throws(CustomerFileError) -> Bool {
    var isFound = false
    try FileBytes(file: source.file, name: source.name).visit { (piece, _, _) in
      if !isFound { isFound = piece.contains(backslash) }
    }
    return isFound
  }

  private static func areUsed(
    _ source: TextSource, _ delimiter: UInt8, _ place: TextSource.Place, _ cells: Set<Int>
  ) -> Bool {
    var record = TableRecord()
    /// The rows that are whole, by their cells; nil once a cell has shown what the backslashes are.
    func whole(_ source: TextSource) -> [Int: Int]? {
      var reader = source.reader(delimiter, at: place)
      var count: [Int: Int] = [:]
      // A fault that ends the table is reported when the rows are really read.
      while (try? reader.next(into: &record)) == true {
        if record.fault == nil, cells.contains(record.count) { count[record.count, default: 0] += 1 }
        if !source.hasEscapes, record.bytes.contains(backslash), isSign(record, delimiter) { return nil }
      }
      return count
    }
    guard let written = whole(source) else { return true }
    var escaped = source
    escaped.hasEscapes = true
    let read = whole(escaped) ?? [:]
    return cells.contains { read[$0, default: 0] > written[$0, default: 0] }
  }

  private static func isSign(_ record: TableRecord, _ delimiter: UInt8) -> Bool {
    // In quotes and commas `COPY` writes no backslashes.
    record.isEndOfCopy && delimiter == UInt8(ascii: "\t")
      || (0..<record.count).contains { record.bytes[record.range($0)].elementsEqual(#"\N"#.utf8) }
  }
}

extension TableRecord {
  /// The line with which `COPY` ends.
  var isEndOfCopy: Bool { count == 1 && bytes.elementsEqual(#"\."#.utf8) }
}
