/// The sheets of an .ods file (OpenDocument 1.2), all of which are in one part.
struct ODSDocument {
  private let archive: ZipArchive

  init(_ archive: ZipArchive) throws {
    self.archive = archive
    let manifest = "META-INF/manifest.xml"
    guard archive.has(manifest) else { return }
    var encryption = EncryptionMark()
    try archive.parse(manifest, &encryption)
    if encryption.isDone { throw WorkbookError.encrypted }
  }

  func read(sheet name: String?, _ body: (SheetRow) throws -> Void) throws -> SheetSummary {
    let part = "content.xml"
    var list = ODSSheetList()
    try archive.parse(part, &list)
    let chosen = try SheetEntry.choose(name, among: list.sheets.map(\.entry))
    var summary = SheetSummary(name: list.sheets[chosen].entry.name)
    try withoutActuallyEscaping(body) { body in
      var sheet = ODSSheet(number: chosen, body)
      try archive.parse(part, &sheet)
      sheet.finish(&summary)
    }
    if name == nil {
      summary.passedSheets = list.sheets[..<chosen].map(\.entry.name)
      for sheet in list.sheets[(chosen + 1)...] where !sheet.entry.isHidden && sheet.hasText {
        if summary.otherSheets.count < 20 { summary.otherSheets.append(sheet.entry.name) }
      }
    }
    return summary
  }
}

/// Looks for a part that is encrypted (OpenDocument 1.2 part 3, 4.4).
private struct EncryptionMark: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case encryptionData = 1
    var text: String { "encryption-data" }
  }

  private(set) var isDone = false
  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) { if element != nil { isDone = true } }
  mutating func end(_ element: Name?) {}
}

/// The sheets of a document, which of them are hidden, and which hold text.
struct ODSSheetList: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case style = 1
    case tableProperties, display, name, styleName, spreadsheet, table, links, p
    var text: String {
      switch self {
      case .tableProperties: "table-properties"
      case .styleName: "style-name"
      case .links: "dde-links"
      default: "\(self)"
      }
    }
  }

  private(set) var sheets: [(entry: SheetEntry, hasText: Bool)] = []
  private var style = ""
  private var hiding: Set<String> = []
  private var isInside = false
  private var depth = 0

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) throws {
    switch element {
    case .style: style = attributes.text(.name) ?? ""
    case .tableProperties:
      if attributes.text(.display) == "false", hiding.count < 10_000 { hiding.insert(style) }
    case .spreadsheet: isInside = true
    // Copies of tables elsewhere, behind all sheets.
    case .links: isInside = false
    case .table where isInside:
      depth += 1
      guard depth == 1 else { return }
      guard sheets.count < 10_000 else { throw WorkbookError.unpacksTooFar }
      let isHidden = attributes.text(.styleName).map(hiding.contains) ?? false
      sheets.append((SheetEntry(name: attributes.text(.name) ?? "", isHidden: isHidden), false))
    case .p: if depth == 1 { sheets[sheets.count - 1].hasText = true }
    default: break
    }
  }

  mutating func end(_ element: Name?) { if element == .table, depth > 0 { depth -= 1 } }
}
