/// One row of a sheet as it is shown: the texts of its cells in UTF-8, from the first column to the last one that holds
/// something.
public struct SheetRow: Sendable {
  /// The last row and column of a sheet (ECMA-376 and Excel; LibreOffice has the same).
  static let lastRow = 1_048_576
  static let lastColumn = 16_384
  /// A text and a row are cut off here. Whoever takes less than that, as every reader does, sees that they are too long.
  static let longestText = 65_537
  static let longestRow = 1_048_577

  /// The number of the row on the sheet, counted from 1.
  public var number: Int
  /// All texts, one directly after the other.
  public private(set) var bytes: [UInt8] = []
  /// The offsets in `bytes` at which the cells end.
  public private(set) var ends: [Int] = []

  init(number: Int) { self.number = number }

  public var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D } }

  public func text(_ column: Int) -> String {
    String(decoding: bytes[(column == 0 ? 0 : ends[column - 1])..<ends[column]], as: UTF8.self)
  }

  fileprivate mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  fileprivate mutating func append(_ text: ArraySlice<UInt8>, column: Int) {
    while ends.count < column { ends.append(bytes.count) }
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
  }
}

/// Makes a row of its cells in whatever order they come.
struct RowCells {
  private var row = SheetRow(number: 0)
  private var text: [UInt8] = []
  private var cells: [(column: Int, range: Range<Int>)] = []
  private var isInOrder = true

  mutating func begin() {
    text.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
    isInOrder = true
  }

  /// - Parameter column: Counted from 0. Empty cells need not be added.
  mutating func add(_ cell: ArraySlice<UInt8>, column: Int) {
    guard !cell.isEmpty else { return }
    let start = text.count
    let room = min(SheetRow.longestText, SheetRow.longestRow - start)
    text += cell.prefix(room)
    if let last = cells.last, last.column >= column { isInOrder = false }
    cells.append((column, start..<text.count))
  }

  /// The row; nil when nothing is in it. Two cells in one place are an error.
  mutating func finish(number: Int) throws(WorkbookError) -> SheetRow? {
    guard !cells.isEmpty else { return nil }
    if !isInOrder { cells.sort { $0.column < $1.column } }
    row.clear()
    row.number = number
    var previous = -1
    for (column, range) in cells {
      guard column > previous else { throw .twoCells(CellPlace(column: column, row: number).description) }
      row.append(text[range], column: column)
      previous = column
    }
    return row.isBlank ? nil : row
  }
}

/// A place on a sheet as it is written: `B5`.
struct CellPlace: CustomStringConvertible {
  /// Counted from 0.
  var column: Int
  var row: Int

  var description: String { Self.letters(column) + String(row) }

  static func letters(_ column: Int) -> String {
    var rest = column + 1
    var letters: [UInt8] = []
    while rest > 0 {
      letters.append(UInt8(65 + (rest - 1) % 26))
      rest = (rest - 1) / 26
    }
    return String(decoding: letters.reversed(), as: UTF8.self)
  }

  /// The column of a reference, counted from 0, with `$` and in either case; nil when it is none.
  static func column(of reference: ArraySlice<UInt8>) -> Int? {
    var column = 0
    var digits = 0
    for byte in reference {
      switch byte {
      case UInt8(ascii: "$"): continue
      case 0x41...0x5A where digits == 0: column = column * 26 + Int(byte - 0x40)
      case 0x61...0x7A where digits == 0: column = column * 26 + Int(byte - 0x60)
      case 0x30...0x39 where column > 0: digits += 1
      default: return nil
      }
      if column > SheetRow.lastColumn { return nil }
    }
    return column > 0 && digits > 0 ? column - 1 : nil
  }

  /// The number of the row of a reference, counted from 1.
  static func row(of reference: some Sequence<UInt8>) -> Int? {
    let digits = reference.filter { $0 >= 0x30 && $0 <= 0x39 }
    return Int(digits: digits[...])
  }
}
