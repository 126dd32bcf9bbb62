/// One word of a fault plan, or one text in quotation marks.
struct FaultToken: Sendable, Hashable {
  /// Without quotation marks.
  let text: String
  /// Counted from 1, in characters of the line.
  let column: Int
  let isQuoted: Bool
}

/// One rule of a fault plan, cut into words.
struct FaultRuleText: Sendable, Hashable {
  /// At least one.
  var tokens: [FaultToken] = []
  /// Counted from 1.
  let line: Int
  /// The rule as it was written, without spaces around it.
  var text = ""
  /// A quotation mark that nothing closes: its column.
  var openQuote: Int?
  /// The column behind the rule, where a missing word would stand.
  var endColumn = 1

  /// Cuts a plan into rules. Commas and line ends divide them, `#` starts a comment that lasts to the end of its line; in
  /// quotation marks both are characters like others. Rules without words are left out.
  static func rules(of plan: String) -> [FaultRuleText] {
    var rules: [FaultRuleText] = []
    for (index, line) in plan.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      var rest = line[...]
      while true {
        let rule = take(from: &rest, of: line, number: index + 1)
        if !rule.tokens.isEmpty { rules.append(rule) }
        guard rest.first == "," else { break }
        rest.removeFirst()
      }
    }
    return rules
  }

  /// Takes one rule off the front of `rest`; what is left begins with a comma, or is a comment or nothing.
  private static func take(from rest: inout Substring, of line: Substring, number: Int) -> FaultRuleText {
    var rule = FaultRuleText(line: number)
    var start: Substring.Index?
    while let character = rest.first, character != ",", character != "#" {
      if character.isWhitespace {
        rest.removeFirst()
        continue
      }
      start = start ?? rest.startIndex
      let column = line.distance(from: line.startIndex, to: rest.startIndex) + 1
      if character == "\"" {
        let quoted = rest.dropFirst()
        let inner = quoted.prefix { $0 != "\"" }
        if inner.endIndex == quoted.endIndex { rule.openQuote = column }
        rule.tokens.append(FaultToken(text: String(inner), column: column, isQuoted: true))
        rest = line[inner.endIndex...].dropFirst()
      } else {
        let word = rest.prefix { !$0.isWhitespace && $0 != "," && $0 != "#" && $0 != "\"" }
        rule.tokens.append(FaultToken(text: String(word), column: column, isQuoted: false))
        rest = line[word.endIndex...]
      }
      rule.text = start.map { String(line[$0..<rest.startIndex]) } ?? ""
      rule.endColumn = line.distance(from: line.startIndex, to: rest.startIndex) + 1
    }
    return rule
  }
}
