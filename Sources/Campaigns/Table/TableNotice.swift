/// Something that was done to a table as a whole before its rows were read, and that the operator is told: what was left
/// out, and what was taken for something other than it is written as.
public enum TableNotice: Sendable, Hashable, CustomStringConvertible {
  /// Lines above the header that are no part of the table.
  case titleRows(count: Int)

  public var description: String {
    switch self {
    case .titleRows(let count):
      count == 1
        ? "the first line is a title and is left out" : "the first \(count) lines are titles and are left out"
    }
  }
}
