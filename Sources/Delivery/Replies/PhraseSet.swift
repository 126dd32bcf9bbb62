/// Phrases of one meaning: whether a text has one of them, in the notation of ``WordPhrase``.
package struct PhraseSet: Sendable, ExpressibleByArrayLiteral {
  private var byWord: [String: [WordPhrase]] = [:]
  private var byBeginning: [(beginning: String, phrase: WordPhrase)] = []

  package init(arrayLiteral phrases: WordPhrase...) {
    for phrase in phrases {
      for word in phrase.slots[0].words { byWord[word, default: []].append(phrase) }
      for beginning in phrase.slots[0].beginnings { byBeginning.append((beginning, phrase)) }
    }
  }

  /// In one pass over the words.
  package func isFound(in text: ReplyWords) -> Bool {
    let words = text.words
    return words.indices.contains { position in
      byWord[words[position]]?.contains { $0.matches(words, at: position) } == true
        || byBeginning.contains { words[position].hasPrefix($0.beginning) && $0.phrase.matches(words, at: position) }
    }
  }
}
