/// Reads the records of a table one after the other, from text or from a table that was staged.
struct TableReader {
  // Exactly one of them is there; as optionals they are changed in place.
  private var csv: CSVReader?
  private var staged: StagedTable.Reader?

  init(_ reader: CSVReader) { csv = reader }
  init(_ reader: StagedTable.Reader) { staged = reader }

  /// The offset at which the next record begins.
  var offset: Int { csv?.offset ?? staged?.offset ?? 0 }

  /// The line in which the next record begins. Of a staged table it is known only once the record is read.
  var line: Int { csv?.line ?? staged?.line ?? 1 }

  /// Goes to the record that begins at `offset` in `line`.
  mutating func seek(_ offset: Int, line: Int) {
    csv?.seek(offset, line: line)
    staged?.seek(offset)
  }

  /// Reads the next record into `record`; false at the end of the table. An empty line is a record of one empty field.
  mutating func next(into record: inout TableRecord) throws(CustomerFileError) -> Bool {
    if let more = try csv?.next(into: &record) { return more }
    return try staged?.next(into: &record) ?? false
  }
}
