/// Reads the records of a table one after the other, from text or from a table that was staged.
struct TableReader {
  // At most one of them is there; as optionals they are changed in place.
  private var csv: CSVReader?
  private var staged: StagedTable.Reader?

  /// A table without rows.
  init() {}
  init(_ reader: CSVReader) { csv = reader }
  init(_ reader: StagedTable.Reader) { staged = reader }

  /// The offset at which the next record begins.
  var offset: Int { csv?.offset ?? staged?.offset ?? 0 }

  /// The line end of the record that was read last; nil at the end of the file, and of a staged table.
  var lineEnd: CSVForm.LineEnd? { csv?.lineEnd }

  /// The line in which the next record begins. Of a staged table it is known only once the record is read.
  var line: Int { csv?.line ?? staged?.line ?? 1 }

  /// Goes to the record that begins at `offset` in `line`.
  mutating func seek(_ offset: Int, line: Int) {
    csv?.seek(offset, line: line)
    staged?.seek(offset)
  }

  /// Reads the next record into `record`; false at the end of the table. An empty line is a record of one empty field.
  mutating func next(into record: inout TableRecord) throws(CustomerFileError) -> Bool {
    var more = try csv?.next(into: &record)
    if more == nil { more = try staged?.next(into: &record) }
    guard more == true else { return false }
    record.dropMark()
    if record.hasEqualsSign { record.unwrapTexts() }
    return true
  }
}
