/// Different recipients in a row who were put off with the same words.
///
/// Pure value. Three of them at two domains, and it is the relay that speaks of itself.
struct RepeatedWords: Sendable {
  private struct Words: Hashable {
    let code: Int
    let status: String
    let text: [String]
  }

  private var words: Words?
  private var messages: Set<Int64> = []
  private var domains: Set<String> = []

  static let length = 3

  /// Counts one more; true when the words are the relay's.
  mutating func isRepeated(by message: Int64, domain: String, _ reply: Reply) -> Bool {
    let words = Words(
      code: reply.code, status: reply.enhanced?.description ?? "",
      text: ReplyWords(reply.text, code: reply.code).words)
    if words != self.words { end() }
    self.words = words
    messages.insert(message)
    domains.insert(domain)
    return messages.count >= Self.length && domains.count >= 2
  }

  mutating func end() {
    words = nil
    messages = []
    domains = []
  }
}
