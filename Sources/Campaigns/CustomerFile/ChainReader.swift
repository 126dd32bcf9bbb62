/// Reads the rows of one customer again, wherever in the file they stand.
struct ChainReader {
  /// Rows with one id: those that are good, and those that are not.
  struct Group {
    var id: String
    var rows: [CustomerRow] = []
    var positions: [Int] = []
    var rejectedLines: [Int] = []
  }

  private let parser: RowParser
  private var reader: RecordReader
  private var record = TableRecord()

  init(_ file: CustomerFile, segments: [String: Segment]) {
    parser = RowParser(file: file, segments: segments)
    reader = file.reader()
  }

  mutating func row(_ position: Int, of index: RowIndex) throws(CustomerFileError) -> RowParser.Result {
    let entry = index[position]
    reader.seek(entry.offset, line: Int(entry.line))
    guard try reader.next(into: &record) else { return RowParser.Result() }
    return parser.parse(record)
  }

  /// The rows of a chain by id, in order of first appearance. There is more than one group only when two ids have the
  /// same hash.
  mutating func groups(_ chain: [Int], of index: RowIndex) throws(CustomerFileError) -> [Group] {
    var groups: [Group] = []
    for position in chain {
      let result = try row(position, of: index)
      guard let id = result.id, HashIndex.hash(id) == index[position].idHash else {
        throw CustomerFileError(parser.file.name, "the file was changed while it was read; start again")
      }
      let place = groups.firstIndex { $0.id == id } ?? groups.count
      if place == groups.count { groups.append(Group(id: id)) }
      if let row = result.row, !index[position].has(.rejected) {
        groups[place].rows.append(row)
        groups[place].positions.append(position)
      } else {
        groups[place].rejectedLines.append(Int(index[position].line))
      }
    }
    return groups
  }
}
