/// CSV (RFC 4180) that a spreadsheet can open without harm.
///
/// Fields that a spreadsheet would take for a formula (they start with `=`, `+`, `-`, `@`, one of these in full width, tab
/// or a line break) get an apostrophe in front. Lines end in CRLF. A byte-order mark comes first, without which Excel takes UTF-8 for cp1252.
public struct SafeCSV: Sendable {
  public enum Delimiter: String, Sendable, CaseIterable {
    /// The dialect that a German Excel opens in columns.
    case semicolon
    case comma
    case tab

    var character: Character {
      switch self {
      case .semicolon: ";"
      case .comma: ","
      case .tab: "\t"
      }
    }
  }

  public let delimiter: Delimiter
  public init(delimiter: Delimiter) { self.delimiter = delimiter }

  /// The byte-order mark and the header line.
  public func header(_ names: [String]) -> String { "\u{FEFF}" + line(names) }

  public func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: String(delimiter.character)) + "\r\n"
  }

  private static let formulaSigns: Set<Unicode.Scalar> = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"]
  /// Every delimiter among them, so that a file is read alike whichever is expected.
  private static let special: Set<Unicode.Scalar> = ["\"", "\r", "\n", ";", ",", "\t"]

  func field(_ value: String) -> String {
    if let first = value.unicodeScalars.first, Self.formulaSigns.contains(first) { return quoted("'" + value) }
    return quoted(value)
  }

  /// The value in quotation marks where it needs them.
  func quoted(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: Self.special.contains) else { return text }
    // Scalar by scalar: a quotation mark with a combining mark after it is another Character, but the same byte.
    var quoted = "\"".unicodeScalars
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    quoted.append("\"")
    return String(quoted)
  }
}
