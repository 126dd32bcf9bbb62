import Campaigns
public import Delivery
import Foundation
import Mail
public import Queue
public import Receipts

/// Letters that were not accepted for one reason: the same state, class and words, whatever is different in every reply.
public struct ReasonGroup: Sendable, Hashable {
  public var count: Int
  public let state: MessageState
  /// What the replies say; nil when no reply came, or the reason is ours.
  public let `class`: ReplyClass?
  /// Of the last reply; nil when no reply came, or the reason is ours.
  public let code: Int?
  /// Whom they concern.
  public let scope: ReplyScope?
  /// The words of the first, with what is different in every reply taken out: `550 5.1.1 <address>: no such user`.
  public let words: String
  /// One of the customers.
  public let customer: String

  init(
    count: Int = 1, state: MessageState, class: ReplyClass?, code: Int? = nil, scope: ReplyScope?, words: String,
    customer: String
  ) {
    self.count = count
    self.state = state
    self.words = words
    self.customer = customer
    self.class = `class`
    self.code = code
    self.scope = scope
  }
}

/// Groups the letters that were not accepted by their reasons.
///
/// Memory is bounded: once there are ``mostKinds``, letters with new words are counted by state and class alone.
public struct ReasonGroups: Sendable {
  private struct Kind: Hashable {
    var state: MessageState
    var code: Int?
    var `class`: ReplyClass?
    /// Empty for words that are counted together.
    var words: [String]
  }

  private struct Said: Hashable {
    var phase: String?
    var code: Int
    var words: [String]
    var statuses: [String]
  }

  /// Kinds of words that are told apart.
  public static let mostKinds = 1000

  private var groups: [Kind: ReasonGroup] = [:]
  private var meanings: [Said: Classification] = [:]

  public init() {}

  public var isEmpty: Bool { groups.isEmpty }

  /// The groups, the most frequent first.
  public var sorted: [ReasonGroup] {
    groups.values.sorted { ($1.count, $0.state.rawValue, $0.words) < ($0.count, $1.state.rawValue, $1.words) }
  }

  public mutating func add(_ message: UnacceptedMessage) {
    let isUntried = message.state == .expired && message.relay == nil
    let text = message.exclusion?.text ?? message.reply ?? (isUntried ? "never sent: the deadline had passed" : "")
    let code = message.exclusion == nil ? message.code : nil
    let read = ReplyComparison.words(of: text, code: code)
    let words = ReplyPattern.key(read, about: message)
    let meaning = code.map { self.meaning(message, $0, text, read) }
    var kind = Kind(state: message.state, code: code, class: meaning?.class, words: words)
    if groups[kind] == nil, groups.count >= Self.mostKinds { kind.words = [] }
    if groups[kind] != nil {
      groups[kind]?.count += 1
    } else {
      let isMixed = kind.words.isEmpty && !words.isEmpty
      groups[kind] = ReasonGroup(
        state: message.state, class: meaning?.class, code: code, scope: meaning?.scope,
        words: isMixed ? "" : ReplyPattern.shown(text, code: code, about: message), customer: message.customer)
    }
  }

  /// The same words mean the same: most letters are told one of a few things.
  private mutating func meaning(
    _ message: UnacceptedMessage, _ code: Int, _ text: String, _ read: (words: [String], statuses: [String])
  ) -> Classification {
    let said = Said(phase: message.phase, code: code, words: read.words, statuses: read.statuses)
    if let known = meanings[said] { return known }
    let meaning = ReplyClassifier.classify(
      Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text),
      at: message.phase.flatMap(Phase.init(rawValue:)))
    if meanings.count < Self.mostKinds { meanings[said] = meaning }
    return meaning
  }
}

/// A reply without what is different in every reply: addresses, hosts, ids, numbers.
enum ReplyPattern {
  /// The words by which replies are one kind: without ids, and without the customer's own.
  static func key(_ read: (words: [String], statuses: [String]), about message: UnacceptedMessage) -> [String] {
    let own = own(message)
    return read.statuses + read.words.filter { word in !own.contains(word) && !word.contains { $0.isNumber } }
  }

  /// What the customer's address and id are made of, as words.
  private static func own(_ message: UnacceptedMessage) -> Set<String> {
    let local = message.recipient.prefix(upTo: message.recipient.lastIndex(of: "@") ?? message.recipient.endIndex)
    let texts = [String(local), message.customer]
    return Set(texts.flatMap { ReplyComparison.words(of: $0, code: nil).words }).subtracting(common)
  }

  /// Words of many replies that are local parts too: they stay.
  private static let common: Set<String> = [
    "account", "address", "domain", "email", "host", "mail", "mailbox", "message", "policy", "recipient", "sender",
    "server",
    "service", "spam", "support", "system", "user",
  ]

  /// The words for people, at most 200 characters.
  static func shown(_ text: String, code: Int?, about message: UnacceptedMessage) -> String {
    let recipient = try? EmailAddress(message.recipient)
    let customer = recipient.map { RedactedCustomer(recipient: $0, hidesDomain: true, id: message.customer) }
    let hidden = AddressRedaction.text(text, about: customer)
    var parts = code.map { [String($0)] } ?? []
    for (index, part) in hidden.split(whereSeparator: \.isWhitespace).enumerated() {
      // A continuation line repeats code and status.
      parts.append(index == 0 && EnhancedStatus(prefixOf: part) != nil ? String(part) : masked(part))
    }
    let line = parts.joined(separator: " ")
    return line.count > 200 ? line.prefix(199) + "…" : line
  }

  private static func masked(_ part: Substring) -> String {
    guard part.contains(where: \.isNumber) else { return String(part) }
    let marks: Set<Character> = ["(", ")", "[", "]", "<", ">", ",", ".", ":", ";", "!", "?", "\"", "'", "=", "#"]
    let front = part.prefix { marks.contains($0) }
    var core = part.dropFirst(front.count)
    var back = ""
    while let last = core.last, marks.contains(last) {
      back = String(last) + back
      core = core.dropLast()
    }
    // A status, or a name such as SMTPUTF8.
    if EnhancedStatus(prefixOf: core) != nil || core.contains(/^\p{L}{2,}\d{1,2}$/) { return String(part) }
    let mask =
      core.contains("://") ? "<link>" : core.allSatisfy { $0.isNumber || ".,-/:".contains($0) } ? "<number>" : "<id>"
    return front + mask + back
  }
}
