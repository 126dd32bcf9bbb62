/// The words of a reply by which replies are compared: see ``ReplyWords``.
public enum ReplyComparison {
  /// The words, with `addr`, `num` and the like for what is different in every reply, and the enhanced status codes.
  ///
  /// - Parameter code: the reply's code, which continuation lines repeat in the text.
  public static func words(of text: String, code: Int?) -> (words: [String], statuses: [String]) {
    let words = ReplyWords(text, code: code)
    return (words.words, words.statuses.map(\.description))
  }
}
