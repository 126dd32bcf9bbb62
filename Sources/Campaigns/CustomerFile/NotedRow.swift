/// A row that somebody has to look at, as it is in the file: it is rejected, or there is a warning about it.
public struct NotedRow: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable { case rejected, warned }

  public var line: Int
  public var kind: Kind
  /// Why it is rejected, in one text, then the remarks and warnings.
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
    var warned = WarnedRows(self)
    while try reader.next(into: &record) {
      let rejection = try reasons.row(ofLine: record.line)
      let result = parser.parse(record)
      let isUsed = warned.isRow(record.line)
      // Sums and notes, which are left out, are nobody's to be corrected.
      guard rejection != nil || isUsed else { continue }
      let remarks = result.remarks.map(\.description) + (isUsed ? warned.warnings(ofLine: record.line, result) : [])
      guard rejection != nil || !remarks.isEmpty else { continue }
      try body(
        NotedRow(
          line: record.line, kind: rejection == nil ? .warned : .rejected,
          reasons: [rejection?.reason].compactMap { $0 } + remarks, cells: (0..<record.count).map(record.text)))
    }
    try file.checkUnchanged()
  }
}

/// The warnings about rows beside the remarks: those of a customer stand at the first of its rows.
private struct WarnedRows {
  private let index: RowIndex
  private var position = 0
  /// Of addresses in several rows, those that the book names.
  private var shared: [Int: [String]] = [:]

  init(_ book: CustomerBook) {
    index = book.index
    for warning in book.warnings {
      guard [.repeatedMailbox, .sharedMailbox, .sharedContact].contains(warning.kind) else { continue }
      for line in warning.lines { shared[line, default: []].append(warning.message) }
    }
  }

  /// True for a row of a customer, as long as it is not rejected. To be asked in the order of the file.
  mutating func isRow(_ line: Int) -> Bool {
    while position < index.count, index[position].line < line { position += 1 }
    return position < index.count && index[position].line == line
  }

  /// The warnings about the row that ``isRow(_:)`` was asked for last.
  func warnings(ofLine line: Int, _ result: RowParser.Result) -> [String] {
    var warnings = result.unknownPrograms.map {
      "the mail program \(QuotedText($0)) has no instructions of its own; the general text is for it"
    }
    warnings += index.warnings(of: position).map(\.text)
    return warnings + (shared[line] ?? [])
  }
}

extension CustomerWarning.Kind {
  /// The warning about one customer, at its row.
  fileprivate var text: String {
    switch self {
    case .contactAffected: "the letter goes to a mailbox that is affected itself, where an intruder may be reading"
    case .noContact: "the customer is called in place of a letter, for want of an e-mail address"
    default: "the customer is to be called and has no telephone number"
    }
  }
}
