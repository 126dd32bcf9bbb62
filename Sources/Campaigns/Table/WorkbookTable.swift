import Files
import Mail
import Spreadsheets

/// The sheet of a workbook, staged so that its rows can be read again.
///
/// Fails with a ``CustomerFileError``: a workbook that cannot be read, or one of a kind that is not read.
struct WorkbookTable {
  let table: StagedTable
  let form: TableForm
  let notices: [TableNotice]
  /// The digest of the file's unchanged bytes.
  let digest: SHA256Digest
  /// What to say first when the sheet is not the customers': nil when there is no other.
  let wrongSheet: Problem?

  /// Nil when the file is no workbook but perhaps text.
  ///
  /// - Parameter name: The file, for errors.
  init?(_ file: RandomAccessFile, name: String, _ source: CustomerSource) throws(CustomerFileError) {
    do {
      guard let workbook = try Workbook(file) else { return nil }
      digest = try Self.digest(of: file)
      var rows = try StagedTable.Writer(name: name)
      let sheet = try workbook.read(sheet: source.sheet) { row in
        try rows.add(line: row.number, row.bytes, ends: row.ends)
      }
      table = try rows.finish()
      form = .spreadsheet(workbook.kind == .xlsx ? .xlsx : .ods, sheet: sheet.name)
      let others = sheet.passedSheets + sheet.otherSheets
      wrongSheet =
        others.isEmpty
        ? nil
        : Problem(
          file: name,
          message: "sheet \(QuotedText(sheet.name)) was read, and there \(others.count == 1 ? "is" : "are") also "
            + "\(TableNotice.named(others)); if the customers are on another one, name it as customers.sheet in "
            + "campaign.yaml")
      notices = Self.notices(of: sheet) + (source.encoding == nil ? [] : [.unusedSetting("customers.encoding")])
    } catch let error as CustomerFileError {
      throw error
    } catch let error as FileError {
      throw CustomerFileError(name, error.clause)
    } catch {
      throw CustomerFileError(name, "\(error)")
    }
  }

  private static func notices(of sheet: SheetSummary) -> [TableNotice] {
    var notices: [TableNotice] = []
    if !sheet.passedSheets.isEmpty { notices.append(.hiddenSheets(sheet.passedSheets, read: sheet.name)) }
    if !sheet.otherSheets.isEmpty { notices.append(.otherSheets(sheet.otherSheets, read: sheet.name)) }
    if sheet.hiddenRows > 0 { notices.append(.hiddenRows(count: sheet.hiddenRows)) }
    if sheet.filteredRows > 0 { notices.append(.filteredRows(count: sheet.filteredRows)) }
    if !sheet.hiddenColumns.isEmpty { notices.append(.hiddenColumns(sheet.hiddenColumns)) }
    if sheet.formulasWithoutResult > 0 {
      notices.append(
        .formulasWithoutResult(count: sheet.formulasWithoutResult, first: sheet.firstFormulaWithoutResult))
    }
    return notices
  }

  private static func digest(of file: RandomAccessFile) throws(FileError) -> SHA256Digest {
    var hash = SHA256Stream()
    var buffer: [UInt8] = []
    var offset = 0
    repeat {
      try file.read(131_072, at: offset, into: &buffer)
      hash.update(buffer)
      offset += buffer.count
    } while !buffer.isEmpty
    return hash.finish()
  }
}
