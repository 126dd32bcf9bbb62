public import Campaigns

/// The pace of a campaign in words, as `check` shows what it has understood.
extension [RateLimit] {
  /// `at most 300 an hour, 5,000 a day (by the clock of Europe/Berlin, from 00:00)`.
  public var words: String { isEmpty ? "no limits" : "at most " + map(\.words).joined(separator: ", ") }
}

extension RateLimit {
  /// `5,000 a day (by the clock of Europe/Berlin, from 00:00)`.
  public var words: String {
    let seconds = Int(window.components.seconds)
    let units = [(86_400, "a day", "days"), (3600, "an hour", "hours"), (60, "a minute", "minutes")]
    let unit = units.first { seconds % $0.0 == 0 } ?? (1, "a second", "seconds")
    let number = seconds / unit.0
    let rate = "\(count.grouped) \(number == 1 ? unit.1 : "in \(number) \(unit.2)")"
    guard let start else { return rate }
    let time = "\(start.minutes / 60 < 10 ? "0" : "")\(start.minutes / 60):"
    let minutes = "\(start.minutes % 60 < 10 ? "0" : "")\(start.minutes % 60)"
    return "\(rate) (by the clock of \(start.zone.name), from \(seconds == 3600 ? "minute " : time)\(minutes))"
  }
}

extension Relay {
  /// What of its limits is said beside their numbers; empty when nothing is.
  public var paceWords: String {
    var words = limits.words
    if count == .attempts { words += ", counting attempts" }
    if spread { words += ", evenly spaced" }
    if let perConnection { words += ", \(perConnection.grouped) over one connection" }
    return words
  }
}

extension Campaign {
  /// The destinations and the hours, a line each; empty when the file names none.
  public var paceLines: [String] {
    var lines: [String] = []
    if !destinations.isEmpty {
      let shown = destinations.prefix(5).map { "\($0.destination) \($0.words)" }.joined(separator: "; ")
      let more = destinations.count > 5 ? "; and \(destinations.count - 5) more" : ""
      lines.append("Destinations: \(shown)\(more)")
    }
    if let hours {
      let night = hours.until <= hours.from ? ", past midnight" : ""
      lines.append("Letters leave at \(hours) only\(night)")
    }
    return lines
  }
}

extension SendingOrder {
  /// `Letters leave spread over the receiving domains; contacts that are affected mailboxes last`
  public var words: String {
    let order =
      switch by {
      case .spread: "spread over the receiving domains"
      case .file: "in the order of the customer file"
      case .column(let name): "by the column “\(name)”, the lowest first"
      }
    return "Letters leave \(order)"
      + (affectedContacts.map { "; contacts that are affected mailboxes \($0.rawValue)" } ?? "")
  }

  public var document: SendingOrderDocument { SendingOrderDocument(self) }
}

/// `order` of `check --json`.
public struct SendingOrderDocument: Sendable, Encodable {
  private let order: SendingOrder

  init(_ order: SendingOrder) { self.order = order }

  private enum Key: String, CodingKey { case by, column, affected }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    var column: String?
    switch order.by {
    case .spread: try container.encode("spread", forKey: .by)
    case .file: try container.encode("file", forKey: .by)
    case .column(let name):
      column = name
      try container.encode("column", forKey: .by)
    }
    try container.encode(column, forKey: .column)
    try container.encode(order.affectedContacts?.rawValue, forKey: .affected)
  }
}

extension DestinationRule {
  fileprivate var words: String {
    var words: [String] = limits.isEmpty ? [] : [limits.words + (count == .attempts ? ", counting attempts" : "")]
    if let connections { words.append(connections == 1 ? "over 1 connection" : "over \(connections) connections") }
    return words.joined(separator: ", ")
  }
}

extension PaceWarning {
  var message: OperatorMessage {
    switch self {
    case .limitWithoutUse(let scope, let limit, let other):
      "limits of \(scope): \(limit) is never reached, because \(other) is reached before; are the two swapped?"
    case .ruleWithoutUse(let rule, let earlier):
      """
      destinations: the rule for \(rule) never counts, because \(earlier) stands before it and the first that fits counts; \
      move it up
      """
    }
  }
}

extension Int {
  /// `5,000`.
  fileprivate var grouped: String {
    let digits = Array(String(self))
    return String(
      digits.indices.reversed().reduce(into: "") { text, index in
        if !text.isEmpty, (digits.count - 1 - index) % 3 == 0 { text.append(",") }
        text.append(digits[index])
      }.reversed())
  }
}
