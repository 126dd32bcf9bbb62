import Files
import Foundation
import Operations

/// Output for the operator: results on standard output, everything else on standard error, both through
/// ``PrintStream``.
enum Console {
  /// Returns false when nobody reads the output any more, or it cannot be written.
  @discardableResult
  static func print(_ text: String, terminator: String = "\n") -> Bool {
    PrintStream.output.write(text + terminator)
  }

  /// On a terminal the live line is cleared first.
  static func error(_ text: String) {
    let errors = PrintStream.errors
    errors.write(text + "\n", after: errors.isTerminal && outputIsTerminal ? .clearLine : nil)
  }

  /// Shows the live line in place of the one before; a line of its own where there is no terminal. Left out while the
  /// terminal takes nothing more: whatever waits for a display, a delivery does not.
  static func progress(_ line: String) {
    guard PrintStream.output.hasRoom else { return }
    guard outputIsTerminal else {
      Console.print(line)
      return
    }
    // A line that wraps could not be cleared.
    let shown = VisibleText.line(line).prefix(PrintStream.output.columns.map { $0 - 1 } ?? .max)
    PrintStream.output.write(String(shown), after: .clearLine)
  }

  /// Ends the live line, so that what follows starts on a line of its own.
  static func endProgress() {
    if outputIsTerminal { PrintStream.output.write("", after: .clearLine) }
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
