/// What is wrong with a customer file as a whole, so that no row of it is used: at least one problem. Its description is
/// one line a problem.
public struct CustomerFileError: Error, Sendable, Hashable, CustomStringConvertible {
  public let problems: [Problem]
  public init(_ problems: [Problem]) { self.problems = problems }

  init(_ file: String, line: Int? = nil, _ message: String) {
    problems = [Problem(file: file, line: line, message: message)]
  }

  public var description: String { problems.lines }
}
