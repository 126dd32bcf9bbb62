/// Notices a row that was used although it is only the beginning of one: a line end inside a value without quotes makes
/// two short rows of one, of which the first may look whole.
struct BrokenRows {
  struct Row {
    var position: Int
    var line: Int
    var id: String
    var cells: Int
    var lastIsText: Bool
  }

  /// The number of cells of a whole row.
  private let whole: Int
  private let most: Int
  private let texts: Set<Int>
  /// The last row, when it was used.
  private var last: Row?

  init(_ file: CustomerFile) {
    whole = min(file.usualCells, file.header.count)
    most = max(file.usualCells, file.header.count)
    texts = Set(
      [.company, .salutation, .title, .firstName, .lastName, .phone, .program].compactMap {
        (field: CustomerSource.Field) in file.columns[field]
      })
  }

  mutating func note(_ record: TableRecord, _ result: RowParser.Result, _ position: Int) {
    guard let row = result.row, record.count <= whole else { return forget() }
    let column = record.count - 1
    last = Row(
      position: position, line: record.line, id: row.id, cells: record.count,
      lastIsText: texts.contains(column) && !record.isBlank(column))
  }

  mutating func forget() { last = nil }

  /// The row before, when an unusable record may be the rest of it: together they have no more cells than one row, and
  /// the first has fewer than others have, or the second is a single cell behind one that is text.
  func previous(of record: TableRecord) -> Row? {
    guard let last, last.cells + record.count - 1 <= most else { return nil }
    return last.cells < whole || (record.count == 1 && last.lastIsText) ? last : nil
  }
}
