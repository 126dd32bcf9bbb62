/// Different recipients in a row who were put off with the same words.
///
/// Pure value. Three of them, and it is the relay that speaks of itself.
struct RepeatedWords: Sendable {
  private var words: SaidWords?
  private var messages: Set<Int64> = []
  private var domains: Set<String> = []
  /// Those of them that were tried for the first time.
  private var untried: [JudgedLetter] = []
  /// The same of rows that were long enough: they wait because of the relay.
  private var waiting: [JudgedLetter] = []

  static let length = 3

  /// All were at one domain.
  var isOneDomain: Bool { domains.count == 1 }

  /// Counts one more; true when the words are the relay's.
  mutating func isRepeated(by letter: JudgedLetter, isFirstAttempt: Bool, domain: String, _ reply: Reply) -> Bool {
    let words = SaidWords(reply)
    if words != self.words { end() }
    self.words = words
    messages.insert(letter.message)
    domains.insert(domain)
    if isFirstAttempt { untried.append(letter) }
    guard messages.count >= Self.length else { return false }
    waiting += untried
    untried = []
    return true
  }

  /// Gives the letters out that wait because of the relay, each once.
  mutating func takeWaiting() -> [JudgedLetter] {
    defer { waiting = [] }
    return waiting
  }

  mutating func end() {
    words = nil
    messages = []
    domains = []
    untried = []
  }
}
