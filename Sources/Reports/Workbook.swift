import Files

/// Writes a table as a workbook that spreadsheet programs open (Office Open XML, ECMA-376): one sheet, every cell a text
/// that is formatted as text, so that no number loses its zeros and nothing is a formula. The archive is a ZIP whose
/// files are stored as they are.
///
/// The rows are asked for twice, as the archive names the size of the sheet before it; memory does not grow with them.
public struct Workbook {
  /// The reason why a table does not fit into a workbook.
  public enum Limit: Error, Sendable, Hashable {
    /// More rows than the sheet of a spreadsheet program has.
    case rows
    /// More cells than a sheet has columns, in this row of the sheet.
    case columns(row: Int)
    /// A text longer than a cell may hold, in this row of the sheet.
    case cell(row: Int)
    /// The rows were others when they were asked for again.
    case changed
  }

  private static let mostRows = 1_048_576
  private static let mostColumns = 16_384
  private static let longestCell = 32_767
  private static let pieceSize = 65_536
  private static let application = "<Application>eilbrief</Application>"

  private let rows: (_ add: (_ cells: [String]) throws -> Void) throws -> Void

  /// - Parameter rows: Calls `add` for each row, the same ones each time.
  public init(rows: @escaping (_ add: (_ cells: [String]) throws -> Void) throws -> Void) { self.rows = rows }

  /// True for the beginning of a workbook that was written here.
  static func isOurs(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 3, 4])
      && String(decoding: bytes.prefix(1024), as: UTF8.self).contains(application)
  }

  /// Fails with a ``Limit``, and with what `rows` and `write` throw.
  public func write(to write: ([UInt8]) throws -> Void) throws {
    var archive = StoredArchive()
    for (name, text) in Self.parts { try archive.add(name, Array(text.utf8), to: write) }
    var measure = StoredArchive.Measure()
    try sheet { measure.add($0) }
    try archive.begin("xl/worksheets/sheet1.xml", measure, to: write)
    var written = StoredArchive.Measure()
    try sheet {
      written.add($0)
      try write($0)
    }
    guard written == measure else { throw Limit.changed }
    try archive.finish(to: write)
  }

  private func sheet(_ write: ([UInt8]) throws -> Void) throws {
    var pending = Array((Self.declaration + Self.sheetBegin).utf8)
    var number = 0
    try rows { cells in
      number += 1
      guard number <= Self.mostRows else { throw Limit.rows }
      guard cells.count <= Self.mostColumns else { throw Limit.columns(row: number) }
      pending += "<row r=\"\(number)\">".utf8
      for cell in cells {
        guard cell.utf16.count <= Self.longestCell else { throw Limit.cell(row: number) }
        // A cell without a reference follows the one before it.
        pending += (cell.isEmpty ? "<c s=\"1\"/>" : "<c s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">").utf8
        if !cell.isEmpty {
          Self.escape(cell, into: &pending)
          pending += "</t></is></c>".utf8
        }
      }
      pending += "</row>\n".utf8
      guard pending.count >= Self.pieceSize else { return }
      try write(pending)
      pending.removeAll(keepingCapacity: true)
    }
    try write(pending + Array(Self.sheetEnd.utf8))
  }

  /// Text of XML. What XML cannot hold is written as spreadsheet programs do, `_x000D_`, and a text that looks like that
  /// has its underscore written so.
  private static func escape(_ text: String, into bytes: inout [UInt8]) {
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
      let isLookalike = scalar == "_" && isNotation(rest)
      rest.removeFirst()
      switch scalar {
      case "&": bytes += "&amp;".utf8
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "\t", "\n": bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": bytes += notation(scalar).utf8
      default:
        if isLookalike {
          bytes += notation(scalar).utf8
        } else {
          bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
        }
      }
    }
  }

  private static func notation(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "_x" + String(repeating: "0", count: 4 - digits.count) + digits + "_"
  }

  private static func isNotation(_ text: Substring.UnicodeScalarView) -> Bool {
    let start = Array(text.prefix(7))
    return start.count == 7 && start[1] == "x" && start[6] == "_"
      && start[2..<6].allSatisfy { $0.properties.isASCIIHexDigit }
  }

  // MARK: Parts

  private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let package = "http://schemas.openxmlformats.org/package/2006"
  private static let sheetBegin = """
    <worksheet xmlns="\(main)"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" \
    activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>

    """
  private static let sheetEnd = "</sheetData></worksheet>\n"

  /// All but the sheet, the one that names the program first.
  private static let parts: [(String, String)] = [
    (
      "docProps/app.xml",
      """
      <Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">\(application)\
      </Properties>
      """
    ),
    (
      "[Content_Types].xml",
      """
      <Types xmlns="\(package)/content-types">\
      <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
      <Default Extension="xml" ContentType="application/xml"/>\
      <Override PartName="/docProps/app.xml" \
      ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>\
      <Override PartName="/xl/workbook.xml" \
      ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>\
      <Override PartName="/xl/styles.xml" \
      ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>\
      <Override PartName="/xl/worksheets/sheet1.xml" \
      ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
      """
    ),
    (
      "_rels/.rels",
      """
      <Relationships xmlns="\(package)/relationships">\
      <Relationship Id="rId1" Type="\(office)/officeDocument" Target="xl/workbook.xml"/>\
      <Relationship Id="rId2" Type="\(office)/extended-properties" Target="docProps/app.xml"/></Relationships>
      """
    ),
    (
      "xl/workbook.xml",
      """
      <workbook xmlns="\(main)" xmlns:r="\(office)"><sheets><sheet name="rows" sheetId="1" r:id="rId1"/></sheets>\
      </workbook>
      """
    ),
    (
      "xl/_rels/workbook.xml.rels",
      """
      <Relationships xmlns="\(package)/relationships">\
      <Relationship Id="rId1" Type="\(office)/worksheet" Target="worksheets/sheet1.xml"/>\
      <Relationship Id="rId2" Type="\(office)/styles" Target="styles.xml"/></Relationships>
      """
    ),
    // The second format is the built-in one for text, 49.
    (
      "xl/styles.xml",
      """
      <styleSheet xmlns="\(main)"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>\
      <fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
      </fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
      <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
      <cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
      <xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
      <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>
      """
    ),
  ].map { ($0.0, declaration + $0.1 + "\n") }
}

/// A ZIP archive (APPNOTE 6.3.3) whose files are stored as they are, written from its beginning to its end.
struct StoredArchive {
  /// Size and CRC-32 of a file.
  struct Measure: Equatable {
    private(set) var size = 0
    private var rest: UInt32 = .max
    var crc: UInt32 { ~rest }

    private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
      (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    mutating func add(_ bytes: [UInt8]) {
      size += bytes.count
      for byte in bytes { rest = Self.table[Int((rest ^ UInt32(byte)) & 0xFF)] ^ rest >> 8 }
    }
  }

  private var directory: [UInt8] = []
  private var count = 0
  private var offset = 0

  mutating func add(_ name: String, _ bytes: [UInt8], to write: ([UInt8]) throws -> Void) throws {
    var measure = Measure()
    measure.add(bytes)
    try begin(name, measure, to: write)
    try write(bytes)
  }

  /// The bytes of the file have to follow.
  mutating func begin(_ name: String, _ measure: Measure, to write: ([UInt8]) throws -> Void) throws {
    guard offset + measure.size < Int(UInt32.max) - 65_536 else { throw Workbook.Limit.rows }
    // Version 2.0, names in UTF-8, stored, 1 January 1980.
    var common: [UInt8] = []
    for number in [20, 0x0800, 0, 0, 0x21] { Self.add(number, bytes: 2, to: &common) }
    for number in [Int(measure.crc), measure.size, measure.size] { Self.add(number, bytes: 4, to: &common) }
    for number in [name.utf8.count, 0] { Self.add(number, bytes: 2, to: &common) }
    let local = [0x50, 0x4B, 3, 4] + common + Array(name.utf8)
    directory += [0x50, 0x4B, 1, 2, 20, 0] + common
    // No comment, first disk, no attributes.
    directory += [UInt8](repeating: 0, count: 10)
    Self.add(offset, bytes: 4, to: &directory)
    directory += name.utf8
    try write(local)
    count += 1
    offset += local.count + measure.size
  }

  func finish(to write: ([UInt8]) throws -> Void) throws {
    var end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    for _ in 0..<2 { Self.add(count, bytes: 2, to: &end) }
    for number in [directory.count, offset] { Self.add(number, bytes: 4, to: &end) }
    Self.add(0, bytes: 2, to: &end)
    try write(directory + end)
  }

  private static func add(_ number: Int, bytes: Int, to list: inout [UInt8]) {
    for place in 0..<bytes { list.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
  }
}
