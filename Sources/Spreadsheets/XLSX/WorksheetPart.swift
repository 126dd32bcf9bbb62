/// A sheet of an .xlsx workbook (ECMA-376 part 1, 18.3), handed over row by row as it is parsed.
///
/// Rows and cells may say where they are or follow the one before; cells may come in any order, and the dimension that a
/// sheet claims for itself is not looked at, since programs write it wrongly.
struct WorksheetPart: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case sheetPr = 1
    case cols, col, sheetData, row, c, v, f, `is`, t, rPh, autoFilter, filterColumn
    case r, s, hidden, ht, min, max, ref, filterMode
    var text: String { self == .is ? "is" : "\(self)" }
  }

  private enum Reading { case nothing, value, inline }

  private let body: (SheetRow) throws -> Void
  private var reader: CellReader
  private var cells = RowCells()
  private var isData = false
  private var row = 0
  private var column = 0
  private var isHidden = false
  // The cell that is read.
  private var kind = CellReader.Kind.number
  private var style = 0
  private var reading = Reading.nothing
  private var isPronunciation = false
  private var hasValue = false
  private var hasFormula = false
  private var value: [UInt8] = []
  private var shown: [UInt8] = []
  // What is told of the sheet.
  private var hiddenColumns = HiddenColumns()
  /// Hidden rows that hold something, as ranges.
  private var hiddenRows: [ClosedRange<Int>] = []
  private var filter = FilterRange()
  private let tables: [ClosedRange<Int>]
  private var isFiltered = false
  private var withoutResult = 0
  private var firstWithoutResult = ""

  init(_ reader: CellReader, tables: [ClosedRange<Int>], _ body: @escaping (SheetRow) throws -> Void) {
    self.reader = reader
    self.tables = tables
    self.body = body
  }

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) throws {
    switch element {
    case .c where isData: try startCell(attributes)
    case .v: if reading == .nothing { (reading, hasValue) = (.value, true) }
    case .f: hasFormula = true
    case .row where isData: try startRow(attributes)
    case .t: if !isPronunciation, reading == .nothing { (reading, hasValue) = (.inline, true) }
    case .rPh: isPronunciation = true
    case .sheetData: isData = true
    case .sheetPr: isFiltered = attributes.flag(.filterMode)
    case .col:
      if let first = attributes.number(.min), let last = attributes.number(.max), first >= 1, last >= first,
        attributes.flag(.hidden)
      {
        hiddenColumns.add(first - 1...last - 1)
      }
    case .autoFilter: filter.begin(attributes.text(.ref))
    case .filterColumn: filter.condition()
    default: break
    }
  }

  mutating func text(_ bytes: ArraySlice<UInt8>) {
    if reading != .nothing, value.count < SheetRow.longestText * 2 { value += bytes }
  }

  mutating func end(_ element: Name?) throws {
    switch element {
    case .c where isData: try endCell()
    case .v, .t: reading = .nothing
    case .rPh: isPronunciation = false
    case .row where isData: try endRow()
    case .sheetData: isData = false
    default: break
    }
  }

  private mutating func startRow(_ attributes: XMLAttributes<Name>) throws {
    if let reference = attributes[.r] {
      guard let number = Int(digits: reference), number > 0 else {
        throw WorkbookError.badReference(String(decoding: reference.prefix(100), as: UTF8.self), row: row + 1)
      }
      row = number
    } else {
      row += 1
    }
    guard row <= SheetRow.lastRow else { throw WorkbookError.tooManyRows(row) }
    isHidden = attributes.flag(.hidden) || attributes.text(.ht) == "0"
    column = -1
    cells.begin()
  }

  private mutating func startCell(_ attributes: XMLAttributes<Name>) throws {
    if let reference = attributes[.r] {
      guard let place = CellPlace.column(of: reference) else {
        throw WorkbookError.badReference(String(decoding: reference.prefix(100), as: UTF8.self), row: row)
      }
      column = place
    } else {
      column += 1
    }
    guard column < SheetRow.lastColumn else { throw WorkbookError.tooManyColumns(row: row) }
    kind = CellReader.kind(attributes[.t])
    style = attributes.number(.s) ?? 0
    (hasValue, hasFormula, reading) = (false, false, .nothing)
    value.removeAll(keepingCapacity: true)
  }

  private mutating func endCell() throws {
    reading = .nothing
    // Programs write an empty result where they have none; a text may really be empty.
    guard hasValue, !hasFormula || kind == .text || !value.trimmed.isEmpty else {
      if hasFormula {
        withoutResult += 1
        if withoutResult == 1 { firstWithoutResult = CellPlace(column: column, row: row).description }
      }
      return
    }
    guard !value.isEmpty else { return }
    shown.removeAll(keepingCapacity: true)
    guard try reader.read(kind, style: style, value, into: &shown) else {
      throw WorkbookError.textMissing(cell: CellPlace(column: column, row: row).description)
    }
    cells.add(shown[...], column: column)
  }

  private mutating func endRow() throws {
    guard let found = try cells.finish(number: row) else { return }
    if isHidden { noteHidden() }
    hiddenColumns.note(found)
    try body(found)
  }

  private mutating func noteHidden() {
    if let last = hiddenRows.last, last.upperBound + 1 == row {
      hiddenRows[hiddenRows.count - 1] = last.lowerBound...row
    } else {
      hiddenRows.append(row...row)
    }
  }

  /// - Parameter summary: Gets what was found besides the rows.
  func finish(_ summary: inout SheetSummary) {
    // A filter of which nothing is known but that it is there hides all.
    var filtered = FilterRange.merged(filter.rows + tables)
    if filtered.isEmpty, isFiltered { filtered = [1...SheetRow.lastRow] }
    for rows in hiddenRows {
      let inside = filtered.reduce(0) { $0 + ($1.overlaps(rows) ? $1.clamped(to: rows).count : 0) }
      summary.filteredRows += inside
      summary.hiddenRows += rows.count - inside
    }
    summary.hiddenColumns = hiddenColumns.letters
    summary.formulasWithoutResult = withoutResult
    summary.firstFormulaWithoutResult = firstWithoutResult
  }
}
