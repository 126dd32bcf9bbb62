/// The words of one rule, read one after the other, with the errors for those that are missing or wrong.
struct FaultRuleWords {
  private let rule: FaultRuleText
  private let number: Int
  private var rest: ArraySlice<FaultToken>

  init(_ rule: FaultRuleText, number: Int) {
    self.rule = rule
    self.number = number
    rest = rule.tokens[...]
  }

  /// The first word: one of the language, in small letters.
  mutating func fault() throws(FaultPlanError) -> String {
    let token = try next("a fault")
    let word = token.text.lowercased()
    guard !token.isQuoted, FaultForms.words.contains(word) else { throw error(.unknownWord(token.text), token) }
    return word
  }

  mutating func next(_ what: String) throws(FaultPlanError) -> FaultToken {
    guard let token = rest.popFirst() else { throw missing(what) }
    return token
  }

  /// Whether the next word is that; then it is taken.
  mutating func take(_ word: String) -> Bool {
    guard let token = rest.first, !token.isQuoted, token.text.lowercased() == word else { return false }
    rest.removeFirst()
    return true
  }

  mutating func require(_ word: String, _ what: String) throws(FaultPlanError) {
    if take(word) { return }
    let token = try next(what)
    throw error(.badChoice(token.text, of: [word]), token)
  }

  /// A number that no share, address or domain begins with, or nothing at all.
  var nextIsTime: Bool {
    guard let text = rest.first?.text else { return false }
    return text.first.map { $0.isASCII && $0.isNumber } == true && !text.hasSuffix("%")
      && !text.contains { $0 == "@" || $0 == "." }
  }

  /// `30s` or `30 s`.
  mutating func time(atMost limit: Duration, _ what: String) throws(FaultPlanError) -> Duration {
    let token = try next(what)
    var text = token.text
    if FaultValues.number(text) != nil, let unit = rest.first, !unit.isQuoted, FaultValues.isUnit(unit.text) {
      text += unit.text
      rest.removeFirst()
    }
    guard !token.isQuoted, let time = FaultValues.time(text, atMost: limit) else {
      throw error(limit <= .seconds(3600) ? .badDelay(text) : .badTime(text), token)
    }
    return time
  }

  mutating func rate() throws(FaultPlanError) -> SendingRate {
    let token = try next("how many in which time, such as 100/h,")
    guard !token.isQuoted, let rate = FaultValues.rate(token.text) else { throw error(.badRate(token.text), token) }
    return rate
  }

  mutating func count(of what: String, upTo limit: Int) throws(FaultPlanError) -> Int {
    let token = try next("a number of \(what)")
    guard !token.isQuoted, let count = FaultValues.number(token.text), (1...limit).contains(count) else {
      throw error(.badCount(token.text, of: what, limit: limit), token)
    }
    return count
  }

  mutating func choice(of words: [String]) throws(FaultPlanError) -> String {
    let token = try next(words.joined(separator: " or "))
    let word = token.text.lowercased()
    guard !token.isQuoted, words.contains(word) else { throw error(.badChoice(token.text, of: words), token) }
    return word
  }

  /// `at PHASE`; nil when there is no `at`.
  mutating func phase(of phases: [DialoguePhase]) throws(FaultPlanError) -> DialoguePhase? {
    take("at") ? try phase(among: phases) : nil
  }

  mutating func phase(among phases: [DialoguePhase]) throws(FaultPlanError) -> DialoguePhase {
    let name = try choice(of: phases.map(\.rawValue))
    // The choice is the name of one of them.
    return DialoguePhase(rawValue: name) ?? phases[0]
  }

  mutating func tries(usual: Int?) throws(FaultPlanError) -> Int? {
    guard let token = rest.first, token.isQuoted || token.text.lowercased() != "with" else { return usual }
    rest.removeFirst()
    if !token.isQuoted, token.text.lowercased() == "always" { return nil }
    guard !token.isQuoted, let tries = FaultValues.number(token.text), (1...1000).contains(tries) else {
      throw error(.badTries(token.text), token)
    }
    return tries
  }

  /// `with CODE [STATUS] ["TEXT" …]`; nil when there is no `with`.
  mutating func reply() throws(FaultPlanError) -> FaultReply? {
    guard take("with") else { return nil }
    let token = try next("the reply: a code, such as 550,")
    guard !token.isQuoted, let code = FaultValues.code(token.text) else { throw error(.badCode(token.text), token) }
    var reply = FaultReply(code)
    if let status = rest.first, !status.isQuoted {
      guard FaultValues.isStatus(status.text) else { throw error(.badStatus(status.text), status) }
      reply.status = status.text
      rest.removeFirst()
    }
    while let line = rest.first, line.isQuoted {
      if line.column == rule.openQuote { throw error(.openQuote, line) }
      guard FaultValues.isReplyLine(line.text) else { throw error(.badReplyText(line.text), line) }
      reply.lines.append(line.text)
      rest.removeFirst()
    }
    return reply
  }

  /// Throws when the fault was given before.
  func requireFirst(_ isFirst: Bool) throws(FaultPlanError) {
    if !isFirst { throw error(.repeated(rule.tokens[0].text.lowercased()), rule.tokens[0]) }
  }

  func requireEnd() throws(FaultPlanError) {
    if let surplus = rest.first { throw error(.surplus(surplus.text), surplus) }
  }

  private func missing(_ what: String) -> FaultPlanError { error(.missing(what), column: rule.endColumn) }

  func error(_ reason: FaultPlanError.Reason, _ token: FaultToken) -> FaultPlanError {
    error(reason, column: token.column)
  }

  private func error(_ reason: FaultPlanError.Reason, column: Int) -> FaultPlanError {
    let word = rule.tokens[0].text.lowercased()
    return FaultPlanError(
      reason: reason, rule: number, line: rule.line, column: column, text: rule.text, forms: FaultForms.forms(of: word))
  }
}
