import Foundation
import TestSupport

/// What a command showed on a terminal of its own, as a person saw it; see `Judges/terminal.py`.
struct ShownTerminal: Decodable {
  enum Action {
    case resize(columns: Int)
    case signal(Int32)
    case type(String)

    fileprivate var fields: [String: Any] {
      switch self {
      case .resize(let columns): ["do": "resize", "columns": columns, "rows": 30]
      case .signal(let number): ["do": "signal", "signal": Int(number)]
      case .type(let text): ["do": "type", "text": text]
      }
    }
  }

  let status: Int32
  /// Every screen that was different from the one before.
  let frames: [[String]]
  let last: [String]
  let raw: String
  /// Control sequences that no terminal of the test knows.
  let unknown: [String]
  /// Actions whose moment did not come.
  let left: Int

  /// - Parameter actions: what is done once a text is on the screen, and so many seconds later.
  static func run(
    _ words: [String], columns: Int = 80, environment: [String: String] = [:],
    actions: [(when: String, after: Double, Action)] = []
  ) async throws -> ShownTerminal {
    var all = ChildProcess.plainEnvironment
    all["TERM"] = "xterm"
    all.merge(environment) { $1 }
    let steps = actions.map { when, after, action in
      action.fields.merging(["when": when, "after": after]) { $1 }
    }
    let script = PackageRoot.file("Tests/Command/Judges/terminal.py").path
    let json = String(decoding: try JSONSerialization.data(withJSONObject: steps), as: UTF8.self)
    let outcome = try await ChildProcess.run(
      "python3", [script, "\(columns)", "30", json, try EilbriefProcess.executable().path] + words, environment: all)
    guard outcome.status == 0 else { throw HarnessError("terminal.py: \(outcome.errors)") }
    return try JSONDecoder().decode(ShownTerminal.self, from: Data(outcome.output.utf8))
  }

  /// The lines of the last screen with a bar; none when it was left clean.
  static func bars(in screen: [String]) -> [String] {
    screen.filter { $0.wholeMatch(of: /[█▓▒░#x~.]{8,}/) != nil }
  }
}
