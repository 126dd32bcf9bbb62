import Foundation
import TestSupport
import Testing

/// One way to get a campaign file wrong: what is changed in `good-campaign.yaml`, and the exact text an operator reads.
struct BadCampaign: Sendable, CustomTestStringConvertible {
  enum Change: Sendable {
    /// Texts of the good file that are there once.
    case replace(String, with: String)
    /// A line, without its indentation.
    case remove(line: String)
    /// Whole lines, after a line that is named without its indentation.
    case insert(String, after: String)
    case append(String)
    case whole(String)
    /// A text that is there in ISO 8859-1 while the rest is UTF-8.
    case latin1(String)
  }

  let name: String
  let changes: [Change]
  let expected: String
  var testDescription: String { name }

  init(_ name: String, _ changes: Change..., expected: String) {
    self.name = name
    self.changes = changes
    self.expected = expected
  }

  static let all = keys + sections + relays + pace + yaml

  /// The bytes of the file that every case begins with.
  static func good() throws -> [UInt8] {
    Array(try Data(contentsOf: PackageRoot.file("Tests/Unit/CampaignsTests/good-campaign.yaml")))
  }

  /// The bytes of the bad file. A change that finds nothing to change, or finds it twice, is an error.
  func bytes() throws -> [UInt8] {
    var text = String(decoding: try Self.good(), as: UTF8.self)
    var latin1: String?
    func replace(_ old: String, _ new: String) throws {
      let ranges = text.ranges(of: old)
      guard ranges.count == 1 else { throw HarnessError("\(name): the good file has \(ranges.count) times \(old)") }
      text.replaceSubrange(ranges[0], with: new)
    }
    func line(_ content: String) throws -> String {
      guard let line = text.split(separator: "\n").first(where: { $0.drop { $0 == " " } == content }) else {
        throw HarnessError("\(name): the good file has no line \(content)")
      }
      return line + "\n"
    }
    for change in changes {
      switch change {
      case .replace(let old, let new): try replace(old, new)
      case .remove(let content): try replace(try line(content), "")
      case .insert(let lines, let content): try replace(try line(content), try line(content) + lines + "\n")
      case .append(let lines): text += lines + "\n"
      case .whole(let other): text = other
      case .latin1(let part): latin1 = part
      }
    }
    guard let latin1 else { return Array(text.utf8) }
    let parts = text.components(separatedBy: latin1)
    guard parts.count == 2, let bytes = latin1.data(using: .isoLatin1) else {
      throw HarnessError("\(name): \(latin1) is not there once, or is not Latin")
    }
    return Array(parts[0].utf8) + Array(bytes) + Array(parts[1].utf8)
  }
}
