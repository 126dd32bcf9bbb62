import Delivery
import Files
import Foundation
import Receipts
public import Reports

/// Why letters are not accepted, as lines for people: the most frequent reasons, each with a customer as example.
///
/// ```
///   40  deferred   greylisting: a first letter is put off on purpose, such as customer 10007
///                  “451 4.7.1 Greylisted, try again later”
/// ```
public struct ReasonTexts: Sendable {
  /// The first line.
  static let title = "Why letters are not accepted:"

  private let groups: [ReasonGroup]

  /// - Parameter groups: the most frequent first.
  public init(_ groups: [ReasonGroup]) { self.groups = groups }

  /// The lines; empty when there is no group.
  ///
  /// - Parameter most: The kinds that are shown; how many more there are is the last line then.
  public func lines(most: Int = 10) -> [String] {
    guard !groups.isEmpty else { return [] }
    let shown = groups.prefix(most)
    let width = shown.map { DisplayWidth.of(String($0.count)) }.max() ?? 1
    let stateWidth = shown.map { DisplayWidth.of($0.state.rawValue) }.max() ?? 1
    var lines = [Self.title]
    for group in shown {
      let count = DisplayWidth.padded(String(group.count), to: width, right: true)
      let front = "  \(count)  \(DisplayWidth.padded(group.state.rawValue, to: stateWidth))  "
      let words = group.words.isEmpty ? "" : "“\(group.words)”"
      if let says = Self.says(group) {
        lines.append("\(front)\(says), such as customer \(group.customer)")
        if !words.isEmpty { lines.append(DisplayWidth.padded("", to: DisplayWidth.of(front)) + words) }
      } else {
        lines.append("\(front)\(words.isEmpty ? "other words" : words), such as customer \(group.customer)")
      }
    }
    if groups.count > most {
      let rest = groups.dropFirst(most)
      lines.append(
        "  … and \(pluralized(rest.count, "more kind")), \(pluralized(rest.map(\.count).reduce(0, +), "letter"))")
    }
    return lines
  }

  /// How many kinds are left out of ``lines(most:)``.
  public func leavesOut(most: Int = 10) -> Bool { groups.count > most }

  /// What the replies of a group say; nil when no reply came.
  static func says(_ group: ReasonGroup) -> String? {
    group.class.map { ExplanationTexts(.english).says($0) }
  }
}

/// A group of letters with one reason, as a row of `report reasons`.
struct ReasonRow: Encodable {
  private let group: ReasonGroup

  init(_ group: ReasonGroup) { self.group = group }

  private enum Key: String, CodingKey, CaseIterable { case count, state, `class`, meaning, scope, words, customer }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(group.count, forKey: .count)
    try container.encode(group.state.rawValue, forKey: .state)
    try container.encode(group.class?.rawValue, forKey: .class)
    try container.encode(ReasonTexts.says(group), forKey: .meaning)
    try container.encode(group.scope?.rawValue, forKey: .scope)
    try container.encode(group.words, forKey: .words)
    try container.encode(group.customer, forKey: .customer)
  }

  static let header = Key.allCases.map(\.rawValue)

  var fields: [String] {
    [
      String(group.count), group.state.rawValue, group.class?.rawValue ?? "", ReasonTexts.says(group) ?? "",
      group.scope?.rawValue ?? "", group.words, group.customer,
    ]
  }
}
