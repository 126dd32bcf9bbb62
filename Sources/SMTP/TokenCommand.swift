import CCommand
import Campaigns
import Foundation

/// Runs the program of `token_command` and takes the access token that it prints.
///
/// No shell is involved. The program runs in the campaign's folder with this process's environment, without input, without
/// this process's open files and in a process group of its own, which is ended when its time is over or when the task is
/// cancelled. Only its output can hold the token; what it says on standard error is told with everything hidden that looks
/// like a secret. Fails with ``TokenTrouble``.
struct TokenCommand {
  let words: [String]
  let folder: URL
  let limit: Duration
  let uptime: Uptime

  /// A token that would not fit into a line of AUTH (RFC 4954 §4) is none.
  private static let largestOutput = 16 * 1024
  /// What is kept of standard error: enough for the sentence that matters, from its end.
  private static let largestErrors = 4 * 1024

  private var program: String { words.first ?? "" }

  func run() throws(TokenTrouble) -> String {
    let child = try start()
    defer { child.close() }
    var output: [UInt8] = []
    var errors: [UInt8] = []
    let deadline = uptime() + limit
    while true {
      let hasEnded = child.hasEnded()
      child.read(child.output, into: &output)
      child.read(child.errors, into: &errors)
      if errors.count > Self.largestErrors {
        // Not from the middle of a word: the rest of a secret would not look like one.
        errors = Array(errors.suffix(Self.largestErrors).drop { $0 > 0x20 })
      }
      guard output.count <= Self.largestOutput else { throw trouble("prints more than a token", output, errors) }
      // What it has left behind may hold the pipes open; it has said what it had to say.
      if hasEnded { break }
      if Task.isCancelled { throw .cancelled }
      guard uptime() < deadline else {
        throw trouble("has not ended within \(limit.words)", output, errors, mayPass: true)
      }
      child.wait()
    }
    if let end = child.end { throw trouble(end, output, errors, mayPass: true) }
    return try token(output, errors)
  }

  private func token(_ output: [UInt8], _ errors: [UInt8]) throws(TokenTrouble) -> String {
    guard let text = String(validating: output, as: UTF8.self) else {
      throw trouble("prints bytes that are no text", output, errors)
    }
    let lines = text.split(whereSeparator: \.isNewline).map { SecretEdge.trim(String($0)).text }.filter { !$0.isEmpty }
    guard let line = lines.first else { throw trouble("prints nothing", output, errors) }
    if line.hasPrefix("{") {
      throw trouble("prints JSON; it has to print the access token alone", output, errors)
    }
    guard lines.count == 1 else {
      throw trouble("prints \(lines.count) lines; it has to print the access token alone", output, errors)
    }
    guard TokenSource.isToken(line) else {
      throw trouble("prints something that is no access token", output, errors)
    }
    return line
  }

  /// - Parameter mayPass: A token service that cannot be reached now may be there again soon.
  private func trouble(
    _ what: String, _ output: [UInt8] = [], _ errors: [UInt8] = [], mayPass: Bool = false
  ) -> TokenTrouble {
    var said = String(decoding: errors, as: UTF8.self)
    for word in String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace) where word.count > 3 {
      said = said.replacing(word, with: SecretWords.placeholder)
    }
    said = SecretWords.hidden(in: said)
    return .command(
      "token_command (\(program)) \(what)" + (said.isEmpty ? "" : "; it says: “\(said)”"), mayPass: mayPass)
  }

  /// The path of `program`; nil when there is none that may be run.
  static func find(_ program: String, folder: URL) -> String? {
    let paths =
      program.contains("/")
      ? [URL(filePath: program, relativeTo: URL(filePath: folder.path, directoryHint: .isDirectory)).path]
      : (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
    return paths.first { path in
      var status = stat()
      return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
  }

  private func start() throws(TokenTrouble) -> Child {
    guard let path = Self.find(program, folder: folder) else {
      throw trouble("is not there, or may not be run")
    }
    do {
      return try Child(path: path, words: words, folder: folder.path)
    } catch {
      throw trouble("cannot be started: \(String(cString: strerror(error.code)))", mayPass: true)
    }
  }
}

/// A process with two pipes, until ``close()``.
private final class Child {
  struct Failed: Error { let code: Int32 }

  let output: Int32
  let errors: Int32
  private let process: pid_t
  private var status: Int32?

  init(path: String, words: [String], folder: String) throws(Failed) {
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var (process, output, errors): (pid_t, Int32, Int32) = (0, -1, -1)
    let code = ccommand_start(path, &arguments, folder, &process, &output, &errors)
    guard code == 0 else { throw Failed(code: code) }
    self.process = process
    self.output = output
    self.errors = errors
  }

  func hasEnded() -> Bool {
    if status != nil { return true }
    var found: Int32 = 0
    guard waitpid(process, &found, WNOHANG) == process else { return false }
    status = found
    return true
  }

  /// What is there to be read, and nothing more.
  func read(_ descriptor: Int32, into bytes: inout [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= 64 * 1024 {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      bytes += buffer[..<count]
    }
  }

  /// Until it says something, or for a moment: its end is looked for again and again.
  func wait() {
    var entries = [output, errors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // A pipe that is closed would be ready for ever.
    if poll(&entries, 2, 50) > 0, entries.allSatisfy({ Int32($0.revents) & POLLIN == 0 }) { usleep(20_000) }
  }

  /// How it ended, if not well.
  var end: String? {
    guard let status else { return nil }
    let signal = status & 0x7F
    if signal != 0 { return "was ended by signal \(signal)" }
    let code = status >> 8 & 0xFF
    return code == 0 ? nil : "ended with exit status \(code)"
  }

  func close() {
    if status == nil {
      kill(-process, SIGKILL)
      kill(process, SIGKILL)
      var found: Int32 = 0
      waitpid(process, &found, 0)
    }
    Foundation.close(output)
    Foundation.close(errors)
  }
}

/// Hides what looks like a secret in the words of a program: long runs of the characters that tokens are made of, and what
/// stands behind a word for a secret. In doubt it hides.
enum SecretWords {
  static let placeholder = "(hidden)"
  private static let longest = 400

  static func hidden(in text: String) -> String {
    var shown = text.replacing(/(?i)\b(bearer|basic)\s+\S+/) { "\($0.output.1) \(placeholder)" }
    shown = shown.replacing(
      /(?i)((?:token|secret|passwo?r?d|passphrase|pwd|assertion|authorization|api_?key|cookie)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|\S+)/
    ) { "\($0.output.1)\(placeholder)" }
    shown = shown.replacing(/[A-Za-z0-9._~+=-]{20,}/) { isPlainName($0.output) ? String($0.output) : placeholder }
    let printable = shown.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}" ? " " : scalar
    }
    var line = String.UnicodeScalarView()
    line.append(contentsOf: printable)
    let words = String(line).split(separator: " ").joined(separator: " ")
    return words.count > longest ? "…" + words.suffix(longest) : words
  }

  /// A host or file name in small letters: no token has so few kinds of characters.
  private static func isPlainName(_ word: Substring) -> Bool {
    word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F }
  }
}
