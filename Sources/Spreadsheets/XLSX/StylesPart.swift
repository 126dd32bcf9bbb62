/// How the cells of a workbook show their numbers (ECMA-376 part 1, 18.8): the format of each cell style.
struct StylesPart: XMLHandler {
  enum Name: UInt8, XMLName {
    static let list = listed
    case numFmts = 1
    case numFmt, numFmtId, formatCode, cellXfs, xf
    var text: String { "\(self)" }
  }

  /// By the number of the style, as cells name it.
  private(set) var formats: [NumberFormat] = []
  private var custom: [Int: NumberFormat] = [:]
  private var isFormats = false
  private var isStyles = false

  func format(_ style: Int) -> NumberFormat { style < formats.count ? formats[style] : .general }

  mutating func start(_ element: Name?, _ attributes: XMLAttributes<Name>) throws {
    switch element {
    case .numFmts: isFormats = true
    case .numFmt where isFormats:
      guard let id = attributes.number(.numFmtId), let code = attributes[.formatCode] else { return }
      guard custom.count < 10_000 else { throw WorkbookError.tooManyStyles }
      custom[id] = NumberFormat(String(decoding: code.prefix(255), as: UTF8.self))
    case .cellXfs: isStyles = true
    case .xf where isStyles:
      guard formats.count < 100_000 else { throw WorkbookError.tooManyStyles }
      let id = attributes.number(.numFmtId) ?? 0
      formats.append(custom[id] ?? NumberFormat.builtIn(id))
    default: break
    }
  }

  mutating func end(_ element: Name?) {
    if element == .numFmts { isFormats = false }
    if element == .cellXfs { isStyles = false }
  }
}
