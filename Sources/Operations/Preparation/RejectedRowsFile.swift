import Campaigns
import Foundation
import Reports

/// The file of `check --rejected`: the rejected and the warned rows with their reasons, to be corrected; CSV, or a
/// workbook where the name ends in `.xlsx`.
///
/// It appears whole or not at all (``ReportFile``). An earlier one, which may have been corrected, is replaced by force alone. Fails with the
/// kind `cannotWrite`, and with `usage` when a workbook cannot hold the rows.
public struct RejectedRowsFile {
  private let path: String
  private let file: ReportFile

  /// Before anything is checked: a file that may not be written is said at once.
  public init(_ path: String, force: Bool, of location: CampaignLocation, _ dependencies: Dependencies) throws {
    self.path = path
    file = try ReportFile(path, force: force, of: location, dependencies)
  }

  /// Returns what was written and what to do with it.
  public func write(_ report: CheckReport) throws -> OperatorMessage {
    let book = report.book
    var counts: [NotedRow.Kind: Int] = [:]
    do {
      if path.lowercased().hasSuffix(".xlsx") {
        let header = RejectedRowsTable.columns + book.file.header
        try Workbook { add in
          counts = [:]
          try add(header)
          try book.visitNotedRows { row in
            counts[row.kind, default: 0] += 1
            try add(RejectedRowsTable.fields(of: row))
          }
        }.write { _ = try file.write($0, structure: []) }
      } else {
        let csv = SafeCSV(delimiter: .semicolon)
        try write("\u{FEFF}" + csv.rawLine(RejectedRowsTable.columns + book.file.header))
        try book.visitNotedRows { row in
          counts[row.kind, default: 0] += 1
          try write(csv.rawLine(RejectedRowsTable.fields(of: row)))
        }
      }
    } catch let limit as Workbook.Limit {
      throw OperatorError(.usage, "--rejected \(path): \(limit.text); name a file that ends in .csv.")
    }
    try file.finish()
    let (rejected, warned) = (counts[.rejected] ?? 0, counts[.warned] ?? 0)
    guard rejected + warned > 0 else {
      return "\(path) has no row: none is rejected, and none has a warning of its own."
    }
    return """
      \(path) has \(pluralized(rejected, "rejected row")) and \(pluralized(warned, "row")) with warnings. Correct them in \
      \(book.file.name), in the lines that the first column names, and check again.
      """
  }

  private func write(_ text: String) throws { _ = try file.write(Array(text.utf8), structure: []) }
}

extension Workbook.Limit {
  fileprivate var text: String {
    switch self {
    case .rows: "a workbook cannot hold so many rows"
    case .columns(let row): "row \(row) has more cells than a workbook has columns"
    case .cell(let row): "row \(row) has a text that is too long for a cell"
    case .changed: "the customer file was changed while it was read"
    }
  }
}
