import Foundation

/// The parts of an .xlsx file, found by their relationships (ECMA-376 part 2): where a program puts them, and what it calls
/// them, is its own affair.
struct XLSXPackage {
  private let archive: ZipArchive
  private let part: String

  init(_ archive: ZipArchive) throws {
    guard let part = try Self.workbookPart(in: archive) else { throw WorkbookError.partMissing("xl/workbook.xml") }
    self.archive = archive
    self.part = part
  }

  /// The name of the workbook's part; nil when there is none.
  static func workbookPart(in archive: ZipArchive) throws -> String? {
    let usual = "xl/workbook.xml"
    guard archive.has("_rels/.rels") else { return archive.has(usual) ? usual : nil }
    var relations = Relations(folder: "")
    try archive.parse("_rels/.rels", &relations)
    let found = relations.targets(of: "officeDocument").first { target in
      !["word/", "ppt/", "visio/"].contains { target.lowercased().hasPrefix($0) }
    }
    if let found, archive.has(found) { return found }
    return archive.has(usual) ? usual : nil
  }

  private func relations(of part: String) throws -> Relations {
    let parts = part.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    var relations = Relations(folder: folder)
    let name = (folder.isEmpty ? "" : folder + "/") + "_rels/\(parts.last ?? "").rels"
    if archive.has(name) { try archive.parse(name, &relations) }
    return relations
  }

  func read(sheet name: String?, _ body: (SheetRow) throws -> Void) throws -> SheetSummary {
    let relations = try relations(of: part)
    var workbook = WorkbookPart()
    try archive.parse(part, &workbook)
    // Sheets of charts, dialogs and old macros have no cells.
    let sheets = workbook.sheets.compactMap { sheet -> (entry: SheetEntry, part: String)? in
      guard let relation = relations.byID[sheet.relation], relation.kind == "worksheet" else { return nil }
      return (sheet.entry, relation.target)
    }
    let chosen = try SheetEntry.choose(name, among: sheets.map(\.entry))
    var styles = StylesPart()
    if let part = relations.targets(of: "styles").first, archive.has(part) { try archive.parse(part, &styles) }
    var texts = SharedTexts()
    if let part = relations.targets(of: "sharedStrings").first, archive.has(part) { try archive.parse(part, &texts) }
    try texts.store.finish()

    var summary = SheetSummary(name: sheets[chosen].entry.name)
    try withoutActuallyEscaping(body) { body in
      var sheet = WorksheetPart(
        CellReader(styles: styles, texts: texts.store, isFrom1904: workbook.isFrom1904, budget: archive.budget),
        tables: try filteredTables(of: sheets[chosen].part), body)
      try archive.parse(sheets[chosen].part, &sheet)
      sheet.finish(&summary)
    }
    if name == nil {
      summary.passedSheets = sheets[..<chosen].map(\.entry.name)
      for sheet in sheets[(chosen + 1)...].prefix(20) where !sheet.entry.isHidden {
        var look = FirstCell()
        if archive.has(sheet.part) { try archive.parse(sheet.part, &look) }
        if look.isDone { summary.otherSheets.append(sheet.entry.name) }
      }
    }
    return summary
  }

  /// The rows that tables on the sheet filter.
  private func filteredTables(of sheet: String) throws -> [ClosedRange<Int>] {
    var filtered: [ClosedRange<Int>] = []
    for part in try relations(of: sheet).targets(of: "table").prefix(50) where archive.has(part) {
      var table = TablePart()
      try archive.parse(part, &table)
      filtered += table.filter.rows
    }
    return filtered
  }
}

/// The relationships of one part.
struct Relations: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case relationship = 1
    case id, type, target, mode
    var text: String {
      switch self {
      case .relationship: "Relationship"
      case .id: "Id"
      case .type: "Type"
      case .target: "Target"
      case .mode: "TargetMode"
      }
    }
  }

  /// The part's folder, from which targets begin.
  let folder: String
  private(set) var byID: [String: (kind: String, target: String)] = [:]
  private var order: [String] = []

  init(folder: String) { self.folder = folder }

  /// - Parameter kind: The last part of the relationship's type, which is the same in strict and transitional files.
  func targets(of kind: String) -> [String] { order.compactMap { byID[$0] }.filter { $0.kind == kind }.map(\.target) }

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) {
    guard element == .relationship, let id = attributes.text(.id), let target = attributes.text(.target),
      let type = attributes.text(.type), attributes.text(.mode) != "External"
    else { return }
    let kind = String(type.split(separator: "/").last ?? "")
    byID[id] = (kind, resolve(target))
    order.append(id)
  }

  mutating func end(_ element: Name?) {}

  private func resolve(_ target: String) -> String {
    let target = (target.removingPercentEncoding ?? target).replacing("\\", with: "/")
    var parts = target.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
    for part in target.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
    }
    return parts.joined(separator: "/")
  }
}

/// The list of sheets (ECMA-376 part 1, 18.2).
struct WorkbookPart: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case sheets = 1
    case sheet, name, id, state, workbookPr, date1904
    var text: String { "\(self)" }
  }

  private(set) var sheets: [(entry: SheetEntry, relation: String)] = []
  private(set) var isFrom1904 = false
  private var isInside = false

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) throws {
    switch element {
    case .sheets: isInside = true
    case .sheet where isInside:
      guard sheets.count < 10_000 else { throw WorkbookError.unpacksTooFar }
      let state = attributes.text(.state)
      sheets.append(
        (
          SheetEntry(name: attributes.text(.name) ?? "", isHidden: state == "hidden" || state == "veryHidden"),
          attributes.text(.id) ?? ""
        ))
    case .workbookPr: isFrom1904 = attributes.flag(.date1904)
    default: break
    }
  }

  mutating func end(_ element: Name?) { if element == .sheets { isInside = false } }
}

/// Looks only for a cell that holds something.
struct FirstCell: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case v = 1
    case t
    var text: String { "\(self)" }
  }

  private(set) var isDone = false
  private var isInside = false

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) { isInside = element != nil }
  mutating func end(_ element: Name?) { isInside = false }
  mutating func text(_ bytes: ArraySlice<UInt8>) { if isInside { isDone = true } }
}

/// The rows in which an autofilter hides some (18.3.1.2): those of a range that has a condition.
struct FilterRange {
  private var range: ClosedRange<Int>?
  private(set) var rows: [ClosedRange<Int>] = []

  mutating func begin(_ reference: String?) {
    let corners = (reference ?? "").split(separator: ":").compactMap { CellPlace.row(of: $0.utf8) }
    range = corners.count == 2 ? min(corners[0], corners[1])...max(corners[0], corners[1]) : nil
  }

  mutating func condition() {
    guard let range, rows.count < 100 else { return }
    rows.append(range)
    self.range = nil
  }

  /// The same rows in ranges that do not overlap.
  static func merged(_ ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
    ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
      if let last = merged.last, last.upperBound >= range.lowerBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
  }
}

/// A table on a sheet (18.5).
struct TablePart: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case autoFilter = 1
    case filterColumn, ref
    var text: String { "\(self)" }
  }

  private(set) var filter = FilterRange()

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) {
    switch element {
    case .autoFilter: filter.begin(attributes.text(.ref))
    case .filterColumn: filter.condition()
    default: break
    }
  }

  mutating func end(_ element: Name?) {}
}
