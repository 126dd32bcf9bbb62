@testable import Spreadsheets

/// The parts of a workbook without the archive around them, which would hide every change behind its compression and its
/// checksums: up to three, with a byte 1 between them. They are styles, shared texts and a sheet of an .xlsx file; a single
/// part is a sheet of an .ods file, a workbook's list of sheets, and relationships.
struct WorkbookParts: FuzzTarget {
  func run(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: 1, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
    let budget = WorkBudget(fileSize: bytes.count)
    if parts.count == 1 {
      var list = ODSSheetList()
      parse(parts[0], &list, budget)
      for number in 0..<2 {
        var sheet = ODSSheet(number: number, Self.look)
        parse(parts[0], &sheet, budget)
        var summary = SheetSummary(name: "")
        sheet.finish(&summary)
      }
      var workbook = WorkbookPart()
      parse(parts[0], &workbook, budget)
      var relations = Relations(folder: "xl")
      parse(parts[0], &relations, budget)
      _ = relations.targets(of: "worksheet")
    } else {
      var styles = StylesPart()
      parse(parts[0], &styles, budget)
      var texts = SharedTexts()
      if parts.count == 3 { parse(parts[1], &texts, budget) }
      try? texts.store.finish()
      let reader = CellReader(styles: styles, texts: texts.store, isFrom1904: bytes.count % 2 == 0)
      var sheet = WorksheetPart(reader, tables: [], Self.look)
      parse(parts[parts.count - 1], &sheet, budget)
      var summary = SheetSummary(name: "")
      sheet.finish(&summary)
    }
  }

  private func parse<Handler: XMLHandler>(_ xml: [UInt8], _ handler: inout Handler, _ budget: WorkBudget) {
    do {
      var stream = try XMLStream<Handler>("part", budget)
      // In two pieces, so that words are cut as well.
      let middle = xml.count / 2
      for (piece, isLast) in [(xml[..<middle], false), (xml[middle...], false), ([], true)] where !handler.isDone {
        try stream.parse(Array(piece), isLast: isLast, &handler)
      }
    } catch {
      _ = "\(error)"
    }
  }

  private static func look(_ row: SheetRow) {
    precondition((1...SheetRow.lastRow).contains(row.number), "row \(row.number)")
    precondition(row.ends.count <= SheetRow.lastColumn && row.ends.last == row.bytes.count, "\(row.ends.count) cells")
    precondition(row.bytes.count <= SheetRow.longestRow && !row.isBlank, "\(row.bytes.count) bytes")
    precondition(zip(row.ends, row.ends.dropFirst()).allSatisfy { $0 <= $1 }, "ends \(row.ends.prefix(50))")
  }
}
