import Files
import Foundation
import Operations
import Synchronization

/// Output for the operator: results on standard output, everything else on standard error, both through
/// ``PrintStream``.
enum Console {
  /// Returns false when nobody reads the output any more, or it cannot be written.
  @discardableResult
  static func print(_ text: String, terminator: String = "\n") -> Bool {
    region.above { PrintStream.output.write(text + terminator) }
  }

  static func error(_ text: String) { _ = region.above { PrintStream.errors.write(text + "\n") } }

  /// The live view, and the step of a command: on standard error, below everything else that is printed.
  static let region = TerminalRegion(
    on: .errors,
    TerminalLook(isTerminal: PrintStream.errors.isTerminal, environment: ProcessInfo.processInfo.environment))

  /// A document is being written onto the terminal: it shows by itself how far it is.
  static var isDocument: Bool { documents.load(ordering: .relaxed) }
  private static let documents = Atomic(false)

  /// Writes a piece of a document to standard output.
  static func write(document bytes: [UInt8], structure: Set<Unicode.Scalar>) -> Bool {
    if PrintStream.output.isTerminal, !documents.exchange(true, ordering: .relaxed) { region.erase() }
    return PrintStream.output.write(document: bytes, structure: structure)
  }

  static var outputIsTerminal: Bool { PrintStream.output.isTerminal }
  static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// The reason why a part of the output was lost; nil when none was.
  static var loss: FileError? { PrintStream.output.loss ?? PrintStream.errors.loss }
}

/// Asks the operator before something that cannot be taken back.
enum Question {
  /// Returns when the answer is `word`; fails with exit 75 when it is not, with exit 64 where nobody can answer.
  static func confirm(_ question: String, word: String = "yes") throws {
    guard Console.inputIsTerminal else {
      throw OperatorError(.usage, "standard input is not a terminal, so nobody can answer: add --yes.")
    }
    try ask(question, word: word) { $0.lowercased() }
  }

  /// The same question where the answer is a campaign's name, compared with its capitals.
  static func confirm(_ question: String, name: String) throws {
    guard Console.inputIsTerminal else {
      throw OperatorError(.usage, "standard input is not a terminal, so nobody can answer: add --confirm \(name).")
    }
    try ask(question, word: name) { $0 }
  }

  private static func ask(_ question: String, word: String, _ read: (String) -> String) throws {
    guard Console.print("\(question) Type “\(word)” to go on: ", terminator: "") else {
      throw OperatorError(
        Console.loss == nil ? .stopped : .cannotWrite, "the question cannot be shown; nothing was done.")
    }
    guard readLine().map(read) == word else { throw OperatorError(.stopped, "not confirmed; nothing was done.") }
  }
}
