public import Files

/// A workbook, .xlsx (ECMA-376, transitional and strict) or .ods (OpenDocument 1.2), whose sheet is read row by row as the
/// cells are shown. Nothing is calculated, no macro is run, and nothing outside of the file is looked at.
///
///     if let workbook = try Workbook(file) {
///       let sheet = try workbook.read(sheet: nil) { row in take(row.number, row.text(0)) }
///     }
///
/// Memory holds one row, some blocks of the shared texts, and no more than a few bytes for each of these. Fails with a
/// ``WorkbookError``, for hostile files in time that is proportional to their size.
public struct Workbook {
  public enum Kind: String, Sendable { case xlsx, ods }

  public let kind: Kind
  private let archive: ZipArchive

  /// Nil when the file is neither a workbook nor anything else that is known not to be text, by its first bytes.
  public init?(_ file: RandomAccessFile) throws(WorkbookError) {
    var start: [UInt8] = []
    do throws(FileError) {
      try file.read(8, at: 0, into: &start)
    } catch {
      throw .cannotRead(error)
    }
    if CompoundFile.isOne(start) { throw try CompoundFile.refusal(file) }
    // "PK" and what stands at the beginning of an archive, of an empty one, and of one in several pieces.
    guard [[3, 4], [5, 6], [7, 8]].contains(where: { start.starts(with: [0x50, 0x4B] + $0) }) else { return nil }
    archive = try ZipArchive(file)
    kind = try Self.kind(of: archive)
  }

  private static func kind(of archive: ZipArchive) throws(WorkbookError) -> Kind {
    do {
      if archive.has("mimetype") {
        let type = String(decoding: try archive.contents(of: "mimetype", atMost: 1024), as: UTF8.self)
        if type.hasPrefix("application/vnd.oasis.opendocument.spreadsheet") { return .ods }
        if type.hasPrefix("application/vnd.oasis.opendocument") { throw WorkbookError.foreign(.otherOpenDocument) }
      }
      if let part = try XLSXPackage.workbookPart(in: archive) {
        guard !part.hasSuffix(".bin") else { throw WorkbookError.foreign(.xlsb) }
        return .xlsx
      }
    } catch let error as WorkbookError {
      throw error
    } catch {
      throw .damagedArchive(entry: nil)
    }
    throw .foreign(foreign(archive))
  }

  private static func foreign(_ archive: ZipArchive) -> WorkbookError.Foreign {
    if archive.has("xl/workbook.bin") { return .xlsb }
    if archive.hasEntry(below: "index/document.iwa") || archive.has("index.zip") { return .numbers }
    if archive.hasEntry(below: "word/") { return .word }
    if archive.hasEntry(below: "ppt/") { return .presentation }
    return .otherArchive
  }

  /// Reads a sheet from its first row to its last one and hands over every row that is not blank.
  ///
  /// - Parameter name: The sheet's name, in any case unless two differ only in it; nil for the first that is not hidden.
  public func read(sheet name: String?, _ body: (SheetRow) throws -> Void) throws -> SheetSummary {
    let counted = { [budget = archive.budget] (row: SheetRow) in
      try budget.spend(row.bytes.count + WorkBudget.element * row.ends.count)
      try body(row)
    }
    return switch kind {
    case .xlsx: try XLSXPackage(archive).read(sheet: name, counted)
    case .ods: try ODSDocument(archive).read(sheet: name, counted)
    }
  }
}

/// What a sheet is besides its rows.
public struct SheetSummary: Sendable, Hashable {
  public var name: String
  /// Rows with cells that are not shown, and of these the ones that a filter hides are in ``filteredRows`` instead.
  public var hiddenRows = 0
  public var filteredRows = 0
  /// The letters of hidden columns with cells, at most ten.
  public var hiddenColumns: [String] = []
  /// Hidden sheets that stand before the one that was read, when none was named.
  public var passedSheets: [String] = []
  /// Other visible sheets with cells, when none was named.
  public var otherSheets: [String] = []
  /// Formulas whose result is not in the file, and the first of them.
  public var formulasWithoutResult = 0
  public var firstFormulaWithoutResult = ""
}

/// A sheet of a workbook before one is chosen.
struct SheetEntry {
  var name: String
  var isHidden: Bool

  /// The place of the sheet to read among `sheets`.
  static func choose(_ name: String?, among sheets: [SheetEntry]) throws(WorkbookError) -> Int {
    guard !sheets.isEmpty else { throw .noSheet }
    guard let name else {
      guard let first = sheets.firstIndex(where: { !$0.isHidden }) else { throw .allSheetsHidden(sheets.map(\.name)) }
      return first
    }
    if let exact = sheets.firstIndex(where: { $0.name == name }) { return exact }
    let key = { (name: String) in name.lowercased().filter { !$0.isWhitespace } }
    let alike = sheets.indices.filter { key(sheets[$0].name) == key(name) }
    guard alike.count == 1 else { throw .unknownSheet(name, sheets: sheets.map(\.name)) }
    return alike[0]
  }
}

/// Columns that are hidden, and which of them hold something.
struct HiddenColumns {
  private var ranges: [ClosedRange<Int>] = []
  private var found: Set<Int> = []

  mutating func add(_ columns: ClosedRange<Int>) { if ranges.count < SheetRow.lastColumn { ranges.append(columns) } }

  @inline(__always)
  mutating func note(_ row: SheetRow) {
    if ranges.isEmpty || found.count >= 10 { return }
    look(row)
  }

  private mutating func look(_ row: SheetRow) {
    for range in ranges.prefix(100) {
      for column in range.clamped(to: 0...SheetRow.lastColumn) {
        guard column < row.ends.count else { break }
        if row.ends[column] > (column == 0 ? 0 : row.ends[column - 1]) { found.insert(column) }
      }
    }
  }

  var letters: [String] { found.sorted().prefix(10).map(CellPlace.letters) }
}

/// A compound file (MS-CFB), in which old Office programs keep documents, and new ones those with a password.
enum CompoundFile {
  static func isOne(_ start: [UInt8]) -> Bool {
    start.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) || start.starts(with: [0x09, 0x08, 0x10, 0, 0, 6, 5, 0])
  }

  /// What it is, by the names in its directory.
  static func refusal(_ file: RandomAccessFile) throws(WorkbookError) -> WorkbookError {
    var header: [UInt8] = []
    var directory: [UInt8] = []
    do throws(FileError) {
      try file.read(512, at: 0, into: &header)
      guard header.count == 512, header[0] == 0xD0 else { return .foreign(.xls) }
      let size = header[30] == 12 ? 4096 : 512
      let sector = Int(header[48]) | Int(header[49]) << 8 | Int(header[50]) << 16 | Int(header[51]) << 24
      try file.read(4096, at: (sector + 1) * size, into: &directory)
    } catch {
      throw .cannotRead(error)
    }
    func holds(_ name: String) -> Bool { directory.contains(Array(name.utf8.flatMap { [$0, 0] })) }
    if holds("EncryptedPackage") { return .encrypted }
    if holds("WordDocument") { return .foreign(.word) }
    if holds("PowerPoint") { return .foreign(.presentation) }
    return holds("Workbook") || holds("Book") ? .foreign(.xls) : .foreign(.otherCompound)
  }
}
