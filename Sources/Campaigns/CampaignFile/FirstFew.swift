extension Collection {
  /// The first `limit` elements as text, and one line more that says how many there are besides: `and 7 more`.
  package func firstFew(
    _ limit: Int, _ text: (Element) -> String, more: (Int) -> String
  ) -> [String] {
    prefix(limit).map(text) + (count > limit ? [more(count - limit)] : [])
  }
}

extension Collection<String> {
  /// The first `limit` of them in a sentence: `a, b, c and 4 more`.
  package func firstFewJoined(_ limit: Int) -> String {
    prefix(limit).joined(separator: ", ") + (count > limit ? " and \(count - limit) more" : "")
  }
}
