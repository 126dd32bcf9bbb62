import Foundation
import TestSupport

/// One promise weakened on purpose: a patch of the sources, `Tests/Reliability/Controls/NAME.patch`.
///
/// Before the patch stand four lines: `Promise:` and `Weakened:`, a sentence each, `Judge:`, the trial that must notice it
/// (as ``MutationJudge`` reads it), and `Finding:`, words of what it must find. A file without them is an error.
public struct Mutation: Sendable, Hashable {
  public var name: String
  public var promise: String
  public var weakened: String
  public var judge: MutationJudge
  public var finding: String
  let file: URL

  init(file: URL) throws {
    self.file = file
    name = file.deletingPathExtension().lastPathComponent
    let head = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").prefix { !$0.hasPrefix("---") }
    func line(_ word: String) throws -> String {
      let found = head.filter { $0.hasPrefix("\(word): ") }.map { String($0.dropFirst(word.count + 2)) }
      guard found.count == 1 else { throw HarnessError("\(file.lastPathComponent) needs one line “\(word): …”") }
      return found[0]
    }
    promise = try line("Promise")
    weakened = try line("Weakened")
    finding = try line("Finding")
    let words = try line("Judge")
    guard let judge = MutationJudge(words) else {
      throw HarnessError("\(file.lastPathComponent): “\(words)” is no judge")
    }
    self.judge = judge
  }

  /// All of them, by name.
  public static func all() throws -> [Mutation] {
    let folder = MutatedPackage.root.appendingPathComponent("Tests/Reliability/Controls")
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "patch" }.map(Mutation.init(file:)).sorted { $0.name < $1.name }
  }
}
