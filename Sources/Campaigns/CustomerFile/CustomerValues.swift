import Files
public import Mail

extension CustomerFile {
  /// A digest of what the file says, however it is saved: of the columns that fields are read from, in the order of
  /// ``CustomerSource/Field``, row by row, each cell in normal form C and without white space around it. Line ends,
  /// encoding, delimiter, quoting, the order and number of the other columns, empty rows and cells that are missing at
  /// the end of a row do not count, nor does the column that letters are ordered by: once a plan is frozen, nobody asks
  /// for it. Whether a row is rejected does count: one that was put right is another row, though its cells are the same.
  ///
  /// Reads the file once, with one row in memory.
  ///
  /// - Parameter hasNoRejectedRows: It is known that no row is rejected; then none has to be parsed for it.
  public func valuesDigest(
    segments: [String: Segment], hasNoRejectedRows: Bool = false
  ) throws(CustomerFileError) -> SHA256Digest {
    var hash = CanonicalHash("eilbrief customers 1")
    let parser = RowParser(file: self, segments: segments)
    let places = CustomerSource.Field.allCases.compactMap { columns[$0] }
    var reader = reader()
    var record = TableRecord()
    let step = StepProgress.begin(.readingRows)
    defer { step.end() }
    while try reader.next(into: &record) {
      step.advance()
      if record.isEmpty { continue }
      for place in places { hash.add(record.value(place)) }
      // A row with a surplus cell is another row than the one without it.
      hash.add(max(0, record.lastFilled - header.count + 1))
      // Sums and notes, which are left out, have no address.
      let isRejected =
        !hasNoRejectedRows && record.bytes.contains(UInt8(ascii: "@")) && parser.parse(record).row == nil
      hash.add(isRejected ? 1 : 0)
    }
    try checkUnchanged()
    return hash.finish()
  }
}

extension TableRecord {
  /// The cell in normal form C and without white space around it; empty where the row has no such cell.
  func value(_ field: Int) -> String {
    guard field < count, !range(field).isEmpty else { return "" }
    return text(field).precomposed.trimmingBlanks()
  }

  /// True when no cell holds anything, in quotes or not.
  fileprivate var isEmpty: Bool { lastFilled < 0 }

  /// The last cell that holds something; -1 when none does.
  fileprivate var lastFilled: Int {
    // Nearly always one of the last.
    (0..<count).last { !value($0).isEmpty } ?? -1
  }
}
