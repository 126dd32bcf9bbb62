/// A row that somebody has to look at, as it is in the file: it is rejected, or there are remarks on it.
public struct NotedRow: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable { case rejected, warned }

  public var line: Int
  public var kind: Kind
  /// Why it is rejected, in one text, then the remarks.
  public var reasons: [String]
  /// All cells of the row, unchanged; there may be more or fewer than the header has.
  public var cells: [String]
}

extension CustomerBook {
  /// Calls `body` for each such row, in the order of the file. Reads the file once, with one row in memory. Fails with a
  /// ``CustomerFileError``, and with what `body` throws.
  public func visitNotedRows(_ body: (NotedRow) throws -> Void) throws {
    let parser = RowParser(file: file, segments: segments)
    var reasons = rejected.reader()
    var reader = file.reader()
    var record = TableRecord()
    while try reader.next(into: &record) {
      let rejection = try reasons.row(ofLine: record.line)
      let remarks = parser.parse(record).remarks.map(\.description)
      guard rejection != nil || !remarks.isEmpty, !(rejection == nil && record.isBlank) else { continue }
      try body(
        NotedRow(
          line: record.line, kind: rejection == nil ? .warned : .rejected,
          reasons: [rejection?.reason].compactMap { $0 } + remarks, cells: (0..<record.count).map(record.text)))
    }
    try file.checkUnchanged()
  }
}
