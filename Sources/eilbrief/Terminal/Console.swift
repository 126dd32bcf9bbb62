import Foundation

/// What the operator sees: results on standard output, everything else on standard error.
enum Console {
  /// False when nobody reads any more.
  @discardableResult
  static func print(_ text: String, terminator: String = "\n") -> Bool {
    write(text + terminator, to: .standardOutput)
  }

  /// On a terminal the live line gives way.
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
