/// Something that was done to a table as a whole before its rows were read, and that the operator is told: what was left
/// out, and what was taken for something other than it is written as.
public enum TableNotice: Sendable, Hashable, CustomStringConvertible {
  /// Lines above the header that are no part of the table.
  case titleRows(count: Int)
  /// The words of the file are rather those of another encoding than the one that is named.
  case encodingDoubted(named: TextEncoding, likely: TextEncoding, line: Int, text: String, likelyText: String)

  public var description: String {
    switch self {
    case .titleRows(let count):
      count == 1
        ? "the first line is a title and is left out" : "the first \(count) lines are titles and are left out"
    case .encodingDoubted(let named, let likely, let line, let text, let likelyText):
      "the file is read as \(named.rawValue), as customers.encoding says, but looks like \(likely.rawValue): line \(line) is "
        + "read as \(QuotedText(text)) and would be \(QuotedText(likelyText))"
    }
  }
}
