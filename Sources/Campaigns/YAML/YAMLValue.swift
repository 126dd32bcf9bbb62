import Files
import Foundation
import Mail
import Yams

/// One value of `campaign.yaml` on its way to a typed one, with its place and its name for messages.
///
/// Every method that turns it into something reports what is wrong and then gives nil; the reader continues, so that
/// the operator sees all problems at once. A scalar is the text as it is written: `0815` stays `0815` and `no` stays
/// `no`.
struct YAMLValue {
  let node: Node
  /// The path of keys, such as `sender.notice_url`.
  let path: String
  /// The place of the key that has this value; in a list, the place of the value itself.
  let parent: YAMLDocument.Place
  let context: YAMLContext

  var place: YAMLDocument.Place {
    node.mark.map { YAMLDocument.Place(line: $0.line, column: $0.column) } ?? parent
  }

  var isGroup: Bool { node.mapping != nil }

  func hasKey(_ key: String) -> Bool { node.mapping?[key] != nil }

  /// A scalar as it is written; nil for a list or a group.
  var word: String? { node.scalar?.string }

  func report(_ message: String) { context.report(message, at: place) }

  /// True when the value is one that can be read at all: no anchor, no alias, no tag.
  private var isPlainValue: Bool {
    if node.anchor != nil || node.alias != nil {
      report(YAMLDocument.noAliases)
      return false
    }
    // Without rules in the resolver, only a tag that somebody wrote differs from these.
    let tag = node.tag.rawValue
    guard ["tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"].contains(tag) else {
      report("the tag \(QuotedText(tag)) is not taken here; remove it, or put a text that begins with ! in quotes")
      return false
    }
    return true
  }

  /// The text of a scalar without white space around it; never empty and never a placeholder that waits to be filled
  /// in.
  func text() -> String? {
    guard isPlainValue else { return nil }
    guard let scalar = node.scalar else {
      report(
        node.mapping == nil
          ? "\"\(path)\" must be a single value, not a list; put a text that begins with [ or - in quotes"
          : "\"\(path)\" must be a single value, not a group of keys; put a text that holds \": \" or begins with { in quotes"
      )
      return nil
    }
    let text = scalar.string.trimmingBlanks()
    if text.isEmpty || (scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(text)) {
      report("\"\(path)\" is empty; write a value")
      return nil
    }
    if text.allSatisfy({ $0 == "…" }) || (text.count >= 3 && text.allSatisfy { $0 == "." }) {
      report("\"\(path)\" still holds the placeholder \(QuotedText(text)); fill it in")
      return nil
    }
    if let turning = text.firstTurningScalar {
      report("\"\(path)\" has \(VisibleText.notation(turning)), \(TextDirection.why)")
      return nil
    }
    if Mojibake(in: text) != nil || text.unicodeScalars.contains("\u{FFFD}") {
      report(
        "\"\(path)\" was saved with a wrong encoding: \(QuotedText(text)); write it again, and save the file as UTF-8")
      return nil
    }
    return text.precomposed
  }

  /// The members of a list that is not empty.
  func list(example: String) -> [YAMLValue]? {
    guard isPlainValue else { return nil }
    guard let sequence = node.sequence else {
      let isDash = word?.unicodeScalars.first.map { $0 == "-" || YAMLSource.isOddHyphen($0) } ?? false
      report(
        "\"\(path)\" must be a list, as in \(example)"
          + (isDash ? "; an entry on a line of its own begins with a hyphen and a blank: - …" : ""))
      return nil
    }
    guard !sequence.isEmpty else {
      report("\"\(path)\" is empty; it needs at least one entry, as in \(example)")
      return nil
    }
    return sequence.map { member in
      let place = member.mark.map { YAMLDocument.Place(line: $0.line, column: $0.column) } ?? self.place
      return YAMLValue(node: member, path: path, parent: place, context: context)
    }
  }

  /// The keys and values of a group, in order; keys that are struck out or not text are reported and left out.
  func entries(example: String) -> [(key: YAMLValue, value: YAMLValue)]? {
    guard isPlainValue else { return nil }
    guard let mapping = node.mapping else {
      report(
        path.isEmpty
          ? "this is not a campaign file; it must begin with keys such as \(example)"
          : "\"\(path)\" must be a group of keys, as in \(example)")
      return nil
    }
    var struck: [String: Int] = [:]
    var found: [(YAMLValue, YAMLValue)] = []
    for (keyNode, valueNode) in mapping {
      let place = keyNode.mark.map { YAMLDocument.Place(line: $0.line, column: $0.column) } ?? self.place
      if let name = context.struckKeys[place] {
        if struck[name] == nil { struck[name] = place.line }
        continue
      }
      let key = YAMLValue(node: keyNode, path: path, parent: place, context: context)
      guard let scalar = keyNode.scalar, key.isPlainValue else {
        if keyNode.scalar == nil { key.report("a key must be a single word") }
        continue
      }
      let name = scalar.string
      if let line = struck[name] {
        key.report("duplicate key \(QuotedText(name)), first written in line \(line); keep one of them")
      }
      let valuePath = path.isEmpty ? name : "\(path).\(name)"
      found.append((key, YAMLValue(node: valueNode, path: valuePath, parent: place, context: context)))
    }
    return found
  }
}

/// The state shared by all values of one file: the file's name, its struck keys, and the problems found so far.
final class YAMLContext {
  let file: String
  let struckKeys: [YAMLDocument.Place: String]
  private(set) var problems: [Problem] = []
  /// Values of which everything is said: what is left of a text that was cut off need not be judged.
  private let settled: Set<YAMLDocument.Place>

  init(file: String, _ document: YAMLDocument) {
    self.file = file
    struckKeys = document.struckKeys
    settled = document.traps.settled
    for problem in document.traps.problems {
      problems.append(
        Problem(file: file, line: problem.place.line, column: problem.place.column, message: problem.message))
    }
  }

  /// Problems that are reported; of a file with more of them, the rest can wait.
  private static let most = 1000

  func report(_ message: String, at place: YAMLDocument.Place) {
    guard problems.count < Self.most, !settled.contains(place) else { return }
    problems.append(Problem(file: file, line: place.line, column: place.column, message: message))
  }
}

/// The typed values that occur in several places of `campaign.yaml`. Each reports what is wrong and then gives nil.
extension YAMLValue {
  func date() -> CalendarDate? {
    guard let text = text() else { return nil }
    if let date = CalendarDate(text) { return date }
    report("\"\(path)\" is not a date: \(QuotedText(text)); write year, month and day, as in 2026-11-20")
    return nil
  }

  func dateTime() -> LocalDateTime? {
    guard let text = text() else { return nil }
    if let moment = LocalDateTime(text) { return moment }
    if LocalDateTime(text + "Z") != nil {
      report(
        "\"\(path)\" lacks its offset from UTC: \(QuotedText(text)); write it behind the time, as in \(text)+01:00")
    } else {
      report(
        "\"\(path)\" is not a date with time and offset: \(QuotedText(text)); write it as in 2026-11-23T16:00:00+01:00")
    }
    return nil
  }

  func emailAddress() -> EmailAddress? {
    guard let text = text() else { return nil }
    do throws(AddressError) {
      return try EmailAddress(text)
    } catch {
      report(
        "\"\(path)\" is not an e-mail address: \(QuotedText(text)) \(error); write it as in office@provider.example")
      return nil
    }
  }

  func namedAddress() -> NamedAddress? {
    guard let text = text() else { return nil }
    do throws(AddressError) {
      return try NamedAddress(parsing: text)
    } catch {
      report(
        "\"\(path)\" is not an e-mail address: \(QuotedText(text)) \(error); "
          + "write it as in Name <office@provider.example>")
      return nil
    }
  }

  func duration() -> Duration? {
    guard let text = text() else { return nil }
    if let duration = RetrySchedule.duration(text) { return duration }
    report("\"\(path)\" is not a duration: \(QuotedText(text)); write a number with s, min, h or d, as in 30m or 4d")
    return nil
  }

  func number(in range: ClosedRange<Int>) -> Int? {
    guard let text = text() else { return nil }
    if let number = wholeNumber(text), range.contains(number) { return number }
    report(
      "\"\(path)\" must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(QuotedText(text))")
    return nil
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) -> Choice? {
    guard let text = text() else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let known = type.allCases.map(\.rawValue)
    let near = NearestName(among: known).suggestion(for: text).map { ", did you mean \"\($0)\"?" }
    report("\"\(path)\" cannot be \(QuotedText(text))" + (near ?? "; it is one of: \(known.joined(separator: ", "))"))
    return nil
  }

  /// A path, resolved against the campaign's folder when it is relative.
  func file(in folder: URL) -> URL? {
    guard let text = text() else { return nil }
    let path = text.hasPrefix("/") ? URL(filePath: text) : folder.appending(path: text)
    return path.standardizedFileURL
  }
}
