import Campaigns

/// The names a template may use, and the kind of value of each.
///
/// This is the only list of them: templates are checked against it before anything is rendered, and the values of a
/// letter have exactly this shape. `docs/configuration/templates.md` explains them to operators.
indirect enum LetterVariables: Sendable {
  /// A text, printed by `{{name}}`; `{{#name}}` asks whether there is one.
  case text
  /// Yes or no, for `{{#name}}` and `{{^name}}` only.
  case flag
  /// A list: `{{#name}}` is repeated for each item; inside, the item's own names come first.
  case list(LetterVariables)
  case record([String: LetterVariables])

  static let all = Self.record(letter)

  /// The names of the template `call-script`: those of letters without the code, which is on a letter, and without what
  /// only a letter knows, and in addition those that a caller needs.
  static let callScript: Self = {
    var names = letter
    for name in ["code", "instructed_mailboxes", "gets_instructions"] { names[name] = nil }
    for name in ["phone", "contact_address", "contact_person"] { names[name] = .text }
    for name in ["has_mailboxes", "letter_may_come"] { names[name] = .flag }
    names["causes"] = .list(
      .record(CallCause.flags.reduce(into: ["detail": .text, "letter": .text, "may_come": .flag]) { $0[$1] = .flag }))
    return .record(names)
  }()

  private static let letter: [String: Self] = [
    "greeting": .text, "language": .text, "date": .text, "deadline": .text, "notice_url": .text,
    "code": .text, "customer_id": .text, "company": .text, "title": .text, "first_name": .text, "last_name": .text,
    "incident": .record([
      "what": .text, "happened": .text, "discovered": .text, "data": .list(.text), "consequences": .text,
      "measures": .text,
      "authority": .record(["name": .text, "filed": .text, "reference": .text]),
    ]),
    "sender": .record(["name": .text, "email": .text]),
    "contact": .record(["name": .text, "phone": .text, "email": .text]),
    "gets_instructions": .flag, "is_called": .flag, "has_other_mailboxes": .flag,
    "instructed_mailboxes": .list(.record(["address": .text])),
    "called_mailboxes": .list(.record(["address": .text, "reason": .text])),
    "other_mailboxes": .list(.record(["address": .text, "reason": .text])),
    "mailbox_count": .text, "several_mailboxes": .flag, "has_imap": .flag, "has_pop3": .flag,
    "annexes": .list(Annexes.item),
    "mailboxes": .list(
      .record([
        "number": .text, "address": .text, "protocol": .text, "is_imap": .flag, "is_pop3": .flag,
        "incoming": server, "outgoing": server, "programs": .list(Annexes.item),
      ])),
  ]

  private static let server = Self.record(["host": .text, "port": .text, "encryption": .text])

  /// The number of lists inside each other: mailboxes, their programs, and what these have.
  private static let deepestLists = 3

  /// The fault of `tag`, as a clause for the operator; nil when it is correct.
  ///
  /// - Parameter root: ``all``, or another list of names at the top.
  static func fault(of tag: TemplateTag, in root: LetterVariables = all) -> String? {
    var scopes = [root]
    var lists: [String] = []
    for section in tag.enclosing where !section.inverted {
      switch find(section.name, in: scopes) {
      case .list(let item):
        scopes.append(item)
        lists.append(section.name)
      case .record, .text: find(section.name, in: scopes).map { scopes.append($0) }
      case .flag: break
      // The section's own tag is already reported; nothing inside it can be checked.
      case nil: return nil
      }
    }
    guard let found = find(tag.name, in: scopes) else {
      if tag.name == "." {
        return "{{.}} stands for the item of a list or the value of a section, and there is none around it"
      }
      if let list = list(holding: tag.name, in: root) {
        return "{{\(tag.name)}} belongs to one item; write {{#\(list)}} … {{/\(list)}} around the text of an item"
      }
      return "there is no variable {{\(tag.name)}}" + suggestion(for: tag.name, in: scopes)
    }
    switch (tag.kind, found) {
    case (.section, .list) where lists.contains(tag.name) || lists.count == deepestLists:
      // Each list multiplies the text by the number of its items.
      return lists.contains(tag.name)
        ? "the list {{#\(tag.name)}} stands inside itself; end it before it begins again"
        : "this is the \(deepestLists + 1)th list inside another; write it outside of them"
    case (.variable, .flag):
      return "{{\(tag.name)}} is yes or no; write {{#\(tag.name)}} … {{/\(tag.name)}} around the text it decides on"
    case (.variable, .list):
      return "{{\(tag.name)}} is a list; write {{#\(tag.name)}} … {{/\(tag.name)}} around the text of one item"
    case (.variable, .record(let members)):
      return "{{\(tag.name)}} has parts; write "
        + members.keys.sorted().map { "{{\(tag.name)\(tag.name == "." ? "" : ".")\($0)}}" }.joined(separator: ", ")
    case (.variable, .text), (.section, _), (.inverted, _): return nil
    }
  }

  /// Looks a name up as swift-mustache does: its first part from the innermost scope outwards, the other parts below
  /// the value found.
  private static func find(_ name: String, in scopes: [LetterVariables]) -> LetterVariables? {
    if name == "." { return scopes.count > 1 ? scopes.last : nil }
    let parts = name.split(separator: ".").map(String.init)
    guard let first = parts.first, let start = scopes.reversed().lazy.compactMap({ $0.member(first) }).first
    else { return nil }
    var found = start
    for part in parts.dropFirst() {
      guard let next = found.member(part) else { return nil }
      found = next
    }
    return found
  }

  private func member(_ name: String) -> LetterVariables? {
    if case .record(let members) = self { members[name] } else { nil }
  }

  /// The top-level list whose items have `name`; of several lists, the one with the shortest name.
  private static func list(holding name: String, in root: LetterVariables) -> String? {
    guard case .record(let members) = root else { return nil }
    return members.sorted { ($0.key.utf8.count, $0.key) < ($1.key.utf8.count, $1.key) }.first { member in
      if case .list(let item) = member.value { find(name, in: [root, item]) != nil } else { false }
    }?.key
  }

  private static func suggestion(for name: String, in scopes: [LetterVariables]) -> String {
    guard name.utf8.count <= 100 else { return "" }
    let known = Set(scopes.flatMap { $0.names(prefix: "") }).sorted()
    let typed = Array(name.unicodeScalars)
    let limit = max(2, name.utf8.count / 3)
    let near = known.filter { abs($0.utf8.count - typed.count) <= limit }
      .map { (name: $0, distance: NearestName.distance(typed, Array($0.unicodeScalars))) }
      .filter { $0.distance <= limit }
    let nearest = near.map(\.distance).min()
    let best = near.filter { $0.distance == nearest }.prefix(2).map { "{{\($0.name)}}" }
    if !best.isEmpty { return "; did you mean \(best.joined(separator: " or "))?" }
    let last = name.split(separator: ".").last.map(String.init) ?? name
    let sameEnd = known.filter { $0.hasSuffix("." + last) }.map { "{{\($0)}}" }
    if !sameEnd.isEmpty { return "; did you mean \(sameEnd.joined(separator: " or "))?" }
    return "; known here: \(known.joined(separator: ", "))"
  }

  private func names(prefix: String) -> [String] {
    guard case .record(let members) = self else { return [] }
    return members.flatMap { name, member in
      if case .record = member { member.names(prefix: "\(prefix)\(name).") } else { ["\(prefix)\(name)"] }
    }
  }
}
