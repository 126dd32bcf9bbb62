import Foundation
import Operations

/// Output for the operator: results on standard output, everything else on standard error.
enum Console {
  /// Returns false when nobody reads the output any more.
  @discardableResult
  static func print(_ text: String, terminator: String = "\n") -> Bool {
    write(text + terminator, to: .standardOutput)
  }

  /// On a terminal the live line is cleared first.
  static func error(_ text: String) {
    let start = isatty(STDERR_FILENO) == 1 && outputIsTerminal ? "\r\u{1B}[K" : ""
    write(start + text + "\n", to: .standardError)
  }

  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// A reader that went away (a closed pipe) ends the output, not the delivery.
  @discardableResult
  private static func write(_ text: String, to handle: FileHandle) -> Bool {
    (try? handle.write(contentsOf: Data(text.utf8))) != nil
  }
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
    Console.print("\(question) Type “\(word)” to go on: ", terminator: "")
    guard readLine().map(read) == word else { throw OperatorError(.stopped, "not confirmed; nothing was done.") }
  }
}
