import Files

/// The form in which a table came: what `check` shows of it.
public enum TableForm: Sendable, Hashable, CustomStringConvertible {
  case csv(CSVForm)
  /// A workbook and the name of the sheet that was read.
  case spreadsheet(SpreadsheetKind, sheet: String)

  public var description: String {
    switch self {
    case .csv(let form):
      "\(form.encoding.rawValue)\(form.hasByteOrderMark ? " with byte-order mark" : ""), \(form.delimiterName), "
        + form.lineEnd.rawValue
    case .spreadsheet(let kind, let sheet): "\(kind.rawValue), sheet “\(sheet)”"
    }
  }
}

/// The kinds of workbooks that are read.
public enum SpreadsheetKind: String, Sendable, Hashable, CaseIterable {
  case xlsx
  case ods
}

/// The form of a table that is text.
public struct CSVForm: Sendable, Hashable {
  public enum LineEnd: String, Sendable {
    case crlf = "CRLF"
    case lf = "LF"
    case cr = "CR"
    /// What a second translation of line ends makes of CR LF.
    case crcrlf = "CR CR LF"
  }

  public let encoding: TextEncoding
  public let hasByteOrderMark: Bool
  public let delimiter: Character
  /// True when the first line says `sep=`.
  public let hasSeparatorLine: Bool
  /// The line end of the header's line.
  public let lineEnd: LineEnd

  /// The delimiter in a word.
  public var delimiterName: String {
    switch delimiter {
    case ";": "semicolon"
    case ",": "comma"
    case "\t": "tab"
    case "|": "vertical bar"
    default: VisibleText.line(String(delimiter))
    }
  }
}
