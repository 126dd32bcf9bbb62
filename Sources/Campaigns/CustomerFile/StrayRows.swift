/// Rejected rows that the index knows by no id, since they have another shape than the table, and still show one: those of
/// one id are one customer, together with the rejected rows that the index has under it.
///
/// Made with one look at each such row. A customer whose other rows are used keeps them: nobody knows whether what a row of
/// another shape shows is its id.
struct StrayRows {
  /// All rows of a customer that has such rows, by the first of them.
  private var groups: [Int: [Int]] = [:]
  /// Those of the others that the first ones bring.
  private var brought: Set<Int> = []

  init(_ book: CustomerBook, _ parser: RowParser) throws(CustomerFileError) {
    var byID: [UInt64: [Int]] = [:]
    var reader = book.file.reader()
    var record = TableRecord()
    for position in 0..<book.index.count where book.index[position].idHash == 0 && book.index[position].has(.rejected) {
      reader.seek(book.index[position].offset, line: Int(book.index[position].line))
      guard try reader.next(into: &record) else { continue }
      guard let id = ReadableRow(record, parser, parser.parse(record)).id else { continue }
      byID[HashIndex.hash(id), default: []].append(position)
    }
    guard !byID.isEmpty else { return }
    for position in 0..<book.index.count where !book.index[position].has(.follows) {
      guard byID[book.index[position].idHash] != nil else { continue }
      byID[book.index[position].idHash]? += book.index.chain(from: position).filter { book.index[$0].has(.rejected) }
    }
    for rows in byID.values where rows.count > 1 {
      let rows = rows.sorted()
      groups[rows[0]] = rows
      brought.formUnion(rows.dropFirst())
    }
  }

  /// A customer begins here, though the index has the row in another one's chain.
  func begins(at position: Int) -> Bool { groups[position] != nil }

  /// The rows of the customer that begins with this one; empty when an earlier row has brought it, nil where the index alone
  /// says which they are.
  func rows(at position: Int) -> [Int]? { groups[position] ?? (brought.contains(position) ? [] : nil) }
}
