public import Campaigns

/// The rows of a customer file that somebody has to look at, as a table to be corrected: three columns that say where the
/// row is and what is wrong with it, then the columns of the file with every cell as it is there.
///
/// The table is a customer file itself: its own columns have names that no field is read from, so that a corrected copy
/// can be read in the place of the original.
public enum RejectedRowsTable {
  /// The columns before those of the customer file.
  public static let columns = ["eilbrief: line", "eilbrief: kind", "eilbrief: reason"]

  public static func fields(of row: NotedRow) -> [String] {
    ["\(row.line)", row.kind.rawValue, row.reasons.joined(separator: "; ")] + row.cells
  }

  /// True for the beginning of such a table, as CSV or as a workbook.
  public static func isBegin(_ bytes: some Sequence<UInt8>) -> Bool {
    let start = Array(bytes)
    return start.starts(with: SafeCSV(delimiter: .semicolon).rawHeader(columns).utf8) || Workbook.isOurs(start)
  }
}

extension SafeCSV {
  /// A line with cells of a customer file, to be read as a customer file again: the cells stay as they are, telephone
  /// numbers with their `+` too. Only what a spreadsheet would run gets an apostrophe: it begins with `=`, `@` or another
  /// such sign, and is neither a number with a sign nor a text in `="…"`.
  public func rawLine(_ cells: [String]) -> String {
    cells.map { cell in Self.isHarmless(cell) ? quoted(cell) : field(cell) }
      .joined(separator: String(delimiter.character)) + "\r\n"
  }

  /// The byte-order mark and the first names of a header line, as ``rawLine(_:)`` has them.
  func rawHeader(_ names: [String]) -> String {
    "\u{FEFF}" + names.map { quoted($0) }.joined(separator: String(delimiter.character))
  }

  private static func isHarmless(_ cell: String) -> Bool {
    let bytes = Array(cell.utf8)
    guard let first = bytes.first else { return true }
    if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      return bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) || " ()/.-".utf8.contains($0) }
    }
    let inner = bytes.dropFirst(2).dropLast()
    return bytes.count >= 3 && bytes.starts(with: "=\"".utf8) && bytes.last == UInt8(ascii: "\"")
      && !inner.contains(UInt8(ascii: "\""))
  }
}
