import Operations

/// Asks the operator before something that cannot be taken back.
enum Question {
  /// Returns when the answer is `word`; fails with exit 75 when it is not, with exit 64 where nobody can answer.
  static func confirm(_ question: String, word: String = "yes") throws {
    guard Console.inputIsTerminal else {
      throw OperatorError(.usage, "standard input is not a terminal, so nobody can answer: add --yes.")
    }
    try ask(question, word: word) { $0.lowercased() }
  }

  /// The same, where the answer is a campaign's name, capitals and all.
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
