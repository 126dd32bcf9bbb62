public import Foundation

/// The words of a command, compared as a whole with a file of `Tests/Command/Golden`.
///
/// What differs from run to run is replaced before: paths and ports that the test names, times and spans, and hashes. With
/// `EILBRIEF_RECORD=1` in the environment the file is written anew, and that is a difference: no run that records passes.
public struct GoldenOutput: Sendable {
  public let file: URL
  private let replacements: [(text: String, name: String)]

  /// - Parameter replacements: What stands in the file for a text that the test knows, as `QUEUE` for a folder.
  public init(_ name: String, replacing replacements: [String: String] = [:]) {
    file = PackageRoot.file("Tests/Command/Golden/\(name).txt")
    // A text that holds another one goes first.
    self.replacements = replacements.map { ($0.key, $0.value) }.sorted { $0.text.count > $1.text.count }
  }

  /// The first line that is not as recorded; nil when all are.
  public func difference(from output: String) throws -> String? {
    let found = normalised(output)
    if ProcessInfo.processInfo.environment["EILBRIEF_RECORD"] == "1" {
      try Data(found.utf8).write(to: file)
      return "\(file.lastPathComponent) was recorded anew: run the tests without EILBRIEF_RECORD"
    }
    // Decoded byte by byte: reading a file as text takes its byte-order mark away.
    return difference(between: found, and: String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  public func difference(between found: String, and recorded: String) -> String? {
    guard found != recorded else { return nil }
    let (new, old) = (Self.lines(found), Self.lines(recorded))
    let line = zip(new, old).enumerated().first { $1.0 != $1.1 }?.offset ?? min(new.count, old.count)
    func show(_ lines: [Substring]) -> String { line < lines.count ? "“\(lines[line])”" : "the end" }
    return """
      \(file.lastPathComponent):\(line + 1): \(show(new)) instead of \(show(old)); EILBRIEF_RECORD=1 records the new \
      words. All of them:
      \(found)
      """
  }

  public func normalised(_ output: String) -> String {
    var text = output
    for (old, name) in replacements { text = text.replacing(old, with: name) }
    return
      text
      .replacing(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( ?[+-]\d\d:\d\d|Z| UTC)?/, with: "TIME")
      .replacing(/\b(in|ago|after) \d+ (s|min|h|d)( \d+ (min|h))?/, with: { "\($0.output.1) SPAN" })
      .replacing(/\b[0-9a-f]{64}\b/, with: "HASH")
      .replacing(/\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b/, with: "HASH")
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
