/// A sheet of an .ods file (OpenDocument 1.2 part 1, 9), handed over row by row as it is parsed: the texts that the cells
/// show.
///
/// Of these, dates and times are taken from their values, as ISO 8601; so is a number that is shown with an exponent, or with its thousands apart.
/// Empty rows and cells that are repeated cost nothing.
struct ODSSheet: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case spreadsheet = 1
    case table, column, row, cell, coveredCell, p, s, tab, lineBreak, annotation, note, rubyText
    case rowsRepeated, columnsRepeated, visibility, valueType, value, dateValue, timeValue, stringValue, formula, c

    var text: String {
      switch self {
      case .column: "table-column"
      case .row: "table-row"
      case .cell: "table-cell"
      case .coveredCell: "covered-table-cell"
      case .lineBreak: "line-break"
      case .rubyText: "ruby-text"
      case .rowsRepeated: "number-rows-repeated"
      case .columnsRepeated: "number-columns-repeated"
      case .valueType: "value-type"
      case .dateValue: "date-value"
      case .timeValue: "time-value"
      case .stringValue: "string-value"
      default: "\(self)"
      }
    }
  }

  /// Rows of one customer: more of them are no table.
  private static let mostRepeated = 10_000

  private let number: Int
  private let body: (SheetRow) throws -> Void
  private var isInside = false
  /// The number of the table that is read, counted from 0.
  private var table = -1
  private var depth = 0
  /// The depth of the table that is read, while it is.
  private var tableDepth: Int?
  /// The depth at which elements are left out until it ends.
  private var left: Int?
  private var cells = RowCells()
  private var row = 1
  private var rowRepeated = 1
  private var visibility = Visibility.shown
  private var column = 0
  private var columnsOfSheet = 0
  private var cell: ODSCell?
  /// The depth of the cell, and of the paragraph in it.
  private var cellDepth = 0
  private var paragraphDepth: Int?

  private enum Visibility { case shown, hidden, filtered }
  private var hiddenColumns = HiddenColumns()
  private var hiddenRows = 0
  private var filteredRows = 0
  private var withoutResult = 0
  private var firstWithoutResult = ""

  init(number: Int, _ body: @escaping (SheetRow) throws -> Void) {
    self.number = number
    self.body = body
  }

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) throws {
    depth += 1
    guard left == nil else { return }
    if cell != nil {
      startInCell(element, attributes)
      return
    }
    switch element {
    case .spreadsheet: isInside = true
    case .table where isInside && tableDepth == nil:
      table += 1
      if table == number { tableDepth = depth } else { left = depth }
    case _ where tableDepth == nil: break
    // A table in a shape.
    case .table: left = depth
    case .column:
      let count = max(1, attributes.number(.columnsRepeated) ?? 1)
      if let shown = attributes.text(.visibility), shown != "visible" {
        hiddenColumns.add(columnsOfSheet...columnsOfSheet + count - 1)
      }
      columnsOfSheet = min(columnsOfSheet + count, SheetRow.lastColumn * 2)
    case .row: startRow(attributes)
    case .cell, .coveredCell:
      cell = ODSCell(attributes, isCovered: element == .coveredCell)
      cellDepth = depth
    // Shapes, comments on the table, and what else is no row.
    default: break
    }
  }

  private mutating func startRow(_ attributes: XMLAttributes<Name>) {
    rowRepeated = max(1, attributes.number(.rowsRepeated) ?? 1)
    switch attributes.text(.visibility) {
    case "collapse": visibility = .hidden
    case "filter": visibility = .filtered
    default: visibility = .shown
    }
    column = 0
    cells.begin()
  }

  private mutating func startInCell(_ element: Name?, _ attributes: XMLAttributes<Name>) {
    guard paragraphDepth != nil else {
      // Only its own paragraphs are shown: not those of comments, shapes and tables in it.
      if element == .p {
        paragraphDepth = depth
        cell?.startParagraph()
      } else {
        left = depth
      }
      return
    }
    switch element {
    case .s: cell?.add(blanks: attributes.number(.c) ?? 1)
    case .tab: cell?.add(UInt8(ascii: "\t"))
    case .lineBreak: cell?.add(UInt8(ascii: "\n"))
    case .annotation, .note, .rubyText, .table, .p: left = depth
    default: break
    }
  }

  mutating func text(_ bytes: ArraySlice<UInt8>) {
    if paragraphDepth != nil, left == nil { cell?.add(bytes) }
  }

  mutating func end(_ element: Name?) throws {
    defer { depth -= 1 }
    if let left {
      if left == depth { self.left = nil }
    } else if let paragraph = paragraphDepth {
      if paragraph == depth { paragraphDepth = nil }
    } else if cell != nil {
      if cellDepth == depth { try endCell() }
    } else if element == .row, tableDepth != nil {
      try endRow()
    } else if tableDepth == depth {
      tableDepth = nil
    }
  }

  private mutating func endCell() throws {
    guard let cell else { return }
    self.cell = nil
    let shown = cell.shown
    if shown.isEmpty {
      if cell.lacksResult {
        withoutResult += 1
        if withoutResult == 1 { firstWithoutResult = CellPlace(column: column, row: row).description }
      }
      column = min(column + cell.repeated, Int(Int32.max))
      return
    }
    guard column + cell.repeated <= SheetRow.lastColumn else { throw WorkbookError.tooManyColumns(row: row) }
    for _ in 0..<cell.repeated {
      cells.add(shown[...], column: column)
      column += 1
    }
  }

  private mutating func endRow() throws {
    defer { row = min(row + rowRepeated, Int(Int32.max)) }
    guard var found = try cells.finish(number: row) else { return }
    guard rowRepeated <= Self.mostRepeated else { throw WorkbookError.repeatedRow(row, count: rowRepeated) }
    hiddenColumns.note(found)
    for repetition in 0..<rowRepeated {
      found.number = row + repetition
      guard found.number <= SheetRow.lastRow else { throw WorkbookError.tooManyRows(found.number) }
      switch visibility {
      case .shown: break
      case .hidden: hiddenRows += 1
      case .filtered: filteredRows += 1
      }
      try body(found)
    }
  }

  func finish(_ summary: inout SheetSummary) {
    summary.hiddenRows = hiddenRows
    summary.filteredRows = filteredRows
    summary.hiddenColumns = hiddenColumns.letters
    summary.formulasWithoutResult = withoutResult
    summary.firstFormulaWithoutResult = firstWithoutResult
  }
}
