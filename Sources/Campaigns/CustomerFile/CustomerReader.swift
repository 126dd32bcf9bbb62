/// Gives the customers of a ``CustomerBook`` one after the other.
public struct CustomerReader {
  private let file: CustomerFile
  private let index: RowIndex
  private var reader: CustomerRowReader
  private var position: Int
  private var waiting: ArraySlice<Customer> = []

  init(file: CustomerFile, index: RowIndex, segments: [String: Segment], from position: Int = 0) {
    self.file = file
    self.index = index
    reader = CustomerRowReader(file, segments: segments)
    self.position = position
  }

  /// The next customer; nil at the end. Throws when the file cannot be read, or is not the one that was checked.
  public mutating func next() throws(CustomerFileError) -> Customer? {
    while waiting.isEmpty {
      while position < index.count, index[position].has(.follows) { position += 1 }
      guard position < index.count else {
        try file.checkUnchanged()
        return nil
      }
      let chain = index.chain(from: position)
      position += 1
      if chain.allSatisfy({ index[$0].has(.rejected) }) { continue }
      for group in try reader.groups(chain, of: index) where !group.rows.isEmpty {
        var customer = try customer(group)
        customer.need.hasAffectedContact = index[chain[0]].has(.affectedContact)
        waiting.append(customer)
      }
    }
    return waiting.popFirst()
  }

  private func customer(_ group: CustomerRowReader.Group) throws(CustomerFileError) -> Customer {
    let merged = CustomerMerge(group.rows, language: file.language)
    // The survey compares by hashes, which two different rows may share.
    guard merged.contradictions.isEmpty else {
      throw CustomerFileError(
        file.name, line: merged.customer.lines.first,
        "the rows of customer \(QuotedText(group.id)) contradict each other: "
          + merged.contradictions.joined(separator: "; "))
    }
    return merged.customer
  }
}

/// Reads the rows of one customer, wherever they are in the file.
struct CustomerRowReader {
  /// The rows with one id: the good ones and the others.
  struct Group {
    var id: String
    var rows: [CustomerRow] = []
    var positions: [Int] = []
    var rejectedLines: [Int] = []
  }

  private let parser: RowParser
  private var reader: TableReader
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
