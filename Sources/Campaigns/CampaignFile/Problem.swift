import Files

/// One problem with a file of the campaign: where it is, what it is and what to do about it.
///
/// Its description is one line, such as `campaign.yaml:12:5: unknown key "relay", did you mean "relays"?`. It never
/// holds a password: values are quoted only where they cannot be one.
public struct Problem: Sendable, Hashable, CustomStringConvertible {
  /// The file's name, or its path where the name alone would not tell which file is meant.
  public var file: String
  /// The line, counted from 1; nil when the problem is with the file as a whole.
  public var line: Int?
  /// The column, counted from 1, in Unicode scalars.
  public var column: Int?
  public var message: String

  public init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  public var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if line != nil, let column { place += ":\(column)" }
    return "\(place): \(message)"
  }
}

extension [Problem] {
  /// One line per problem, in the order of the file, each once.
  func inOrder() -> [Problem] {
    var seen = Set<Problem>()
    return filter { seen.insert($0).inserted }.enumerated()
      .sorted { left, right in
        (left.element.line ?? 0, left.element.column ?? 0, left.offset)
          < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
      }
      .map(\.element)
  }

  var lines: String { map(\.description).joined(separator: "\n") }
}

extension FileError {
  /// The reason why a file of the campaign cannot be read: a clause that follows the file's name.
  var clause: String {
    switch cause {
    case _ where isMissing: "there is no such file"
    case _ where isNotPermitted: "this file may not be read; check its owner and mode with \"ls -l\""
    case .notRegular: "this is not a regular file"
    default: "this file cannot be read: \(cause)"
    }
  }
}
