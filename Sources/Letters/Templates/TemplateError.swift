/// What is wrong with the letter templates of a campaign: everything that was found, not only the first fault.
///
/// A user mistake, never a fault of the program. The description has one line a fault:
/// `FILE:LINE:COLUMN: what is wrong and what to do`, without line and column where a whole file or folder is meant.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  public struct Fault: Sendable, Hashable, CustomStringConvertible {
    /// The path as the operator can open it; bundled templates begin with `bundled:`.
    public let file: String
    /// Counted from 1; nil when the whole file is meant.
    public let line: Int?
    /// Counted from 1, in characters (Unicode scalars); nil when the whole line or file is meant.
    public let column: Int?
    public let message: String

    public var description: String {
      ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": " + message
    }
  }

  /// At least one; by file, then by line.
  public let faults: [Fault]

  init(_ faults: [Fault]) { self.faults = faults }

  init(file: String, message: String) {
    self.init([Fault(file: file, line: nil, column: nil, message: message)])
  }

  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
