/// One rule: when a reply fits, what it means. Rules are data; ``ReplyRules`` has them all.
///
/// Every condition that is given must hold. Words are phrases in the notation of ``WordPhrase``.
struct ReplyRule: Sendable {
  /// Stable, kebab-case: it is printed by `explain` and may be searched for.
  let id: String
  /// Where such a reply was read: a document, or an address without scheme.
  let source: String
  let phases: Set<Phase>
  let replies: Severity
  let codes: Set<Int>
  let statuses: [StatusPattern]
  /// At least one of each group must be among the reply's words.
  let words: [[WordPhrase]]
  /// None of these may be.
  let unless: [WordPhrase]
  let meaning: Meaning

  /// Which replies a rule is for.
  enum Severity: Sendable {
    case any
    /// 4xx.
    case transient
    /// 5xx, and replies whose code is missing.
    case permanent
  }

  /// - Parameters:
  ///   - any: at least one of them.
  ///   - and: at least one of them too.
  init(
    _ id: String, from source: String, at phases: Set<Phase> = [], _ replies: Severity = .any, codes: Set<Int> = [],
    status: [StatusPattern] = [], any: [WordPhrase] = [], and: [WordPhrase] = [], unless: [WordPhrase] = [],
    _ meaning: Meaning
  ) {
    self.id = id
    self.source = source
    self.phases = phases
    self.replies = replies
    self.codes = codes
    statuses = status
    words = [any, and].filter { !$0.isEmpty }
    self.unless = unless
    self.meaning = meaning
  }
}

/// Class and scope of a rule, and the treatment for 4xx and for 5xx.
struct Meaning: Sendable {
  let `class`: ReplyClass
  let scope: ReplyScope
  let transient: Treatment
  let permanent: Treatment

  init(_ class: ReplyClass, _ scope: ReplyScope, _ transient: Treatment, _ permanent: Treatment) {
    self.class = `class`
    self.scope = scope
    self.transient = transient
    self.permanent = permanent
  }

  init(_ class: ReplyClass, _ scope: ReplyScope, _ treatment: Treatment) {
    self.init(`class`, scope, treatment, treatment)
  }
}

/// Enhanced status codes of any class (RFC 3463): `"7.1"`, `"7.20-24"`, `"4.*"`.
struct StatusPattern: Sendable, ExpressibleByStringLiteral {
  let subject: Int
  let details: ClosedRange<Int>

  init(stringLiteral text: String) {
    let parts = text.split(separator: ".")
    let bounds = parts[1].split(separator: "-").compactMap { Int($0) }
    subject = Int(parts[0])!
    details = parts[1] == "*" ? 0...999 : bounds[0]...bounds[bounds.count - 1]
  }

  func matches(_ status: EnhancedStatus) -> Bool {
    status.subject == subject && details.contains(status.detail)
  }
}

/// A phrase of normalised words (``ReplyWords``), one slot after the other: `over|above quota` (either word),
/// `block*` (a word that begins so), `user ... unknown` (with up to four words between), `@holder unknown` (a word of a
/// set, see ``WordSets``).
package struct WordPhrase: Sendable, ExpressibleByStringLiteral {
  let slots: [Slot]

  struct Slot: Sendable {
    /// Up to four words may stand before this slot.
    let afterGap: Bool
    let words: Set<String>
    let beginnings: [String]

    func matches(_ word: String) -> Bool {
      words.contains(word) || beginnings.contains { word.hasPrefix($0) }
    }
  }

  static let gap = 4

  package init(stringLiteral text: String) {
    var slots: [Slot] = []
    var afterGap = false
    for part in text.split(separator: " ") {
      if part == "..." {
        afterGap = true
        continue
      }
      let choices = part.split(separator: "|").flatMap { choice in
        choice.hasPrefix("@") ? WordSets.words(of: choice.dropFirst()) : [choice]
      }
      slots.append(
        Slot(
          afterGap: afterGap, words: Set(choices.filter { !$0.hasSuffix("*") }.map(String.init)),
          beginnings: choices.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }))
      afterGap = false
    }
    self.slots = slots
  }

  /// Whether the phrase begins at `start`. The work is bounded by the phrase, whatever the words are.
  func matches(_ words: [String], at start: Int) -> Bool { matches(words, start, 0) }

  private func matches(_ words: [String], _ position: Int, _ slot: Int) -> Bool {
    guard slot < slots.count else { return true }
    let last = slots[slot].afterGap ? position + Self.gap : position
    var position = position
    while position <= last, position < words.count {
      if slots[slot].matches(words[position]), matches(words, position + 1, slot + 1) { return true }
      position += 1
    }
    return false
  }
}
