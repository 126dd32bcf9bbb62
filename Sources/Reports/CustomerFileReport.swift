public import Campaigns

/// The customer file in a document of `check --json`.
public struct CustomerFileReport: Encodable {
  public var name: String
  /// `csv`, `xlsx` or `ods`.
  public var format: String
  /// Null for a workbook, as are the three after it.
  @OrNull public var encoding: String?
  @OrNull public var byteOrderMark: Bool?
  @OrNull public var delimiter: String?
  @OrNull public var lineEnd: String?
  /// The sheet of a workbook.
  @OrNull public var sheet: String?
  /// Rows with letters beyond ASCII, to see that the encoding was found.
  public var samples: [Sample]

  public init(_ book: CustomerBook) {
    name = book.file.name
    samples = book.samples.map { Sample(line: $0.line, text: $0.text) }
    switch book.file.form {
    case .csv(let form):
      format = "csv"
      encoding = form.encoding.rawValue
      byteOrderMark = form.hasByteOrderMark
      delimiter = form.delimiterName
      lineEnd = form.lineEnd.rawValue
    case .spreadsheet(let kind, let sheet):
      format = kind.rawValue
      self.sheet = sheet
    }
  }

  enum CodingKeys: String, CodingKey {
    case name, format, encoding, delimiter, sheet, samples
    case byteOrderMark = "byte_order_mark"
    case lineEnd = "line_end"
  }
}

public struct Sample: Encodable {
  public var line: Int
  public var text: String
}
