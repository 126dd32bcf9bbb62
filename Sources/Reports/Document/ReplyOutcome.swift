import Delivery
public import Receipts

/// Letters that were not accepted, with one meaning of the last reply.
public struct ReplyOutcome: Sendable, Hashable, Encodable {
  public var state: MessageState
  /// A class of `docs/replies.md`; nil where no reply came, or the reason is ours.
  @OrNull public var `class`: String?
  @OrNull public var code: Int?
  public var count: Int
  /// What the class says, in the document's language.
  @OrNull public var meaning: String?
  /// The words of one of them without addresses; never for the authority.
  @OrNull public var words: String?

  init(state: MessageState, class: String?, code: Int?, count: Int, meaning: String?, words: String?) {
    self.state = state
    self.class = `class`
    self.code = code
    self.count = count
    self.meaning = meaning
    self.words = words
  }

  private struct Key: Hashable {
    var state: MessageState
    var `class`: String?
    var code: Int?
  }

  /// One row for each state, class and code, the most frequent first.
  static func rows(
    _ groups: [ReasonGroup], for audience: CampaignDocument.Audience, _ meaning: (String) -> String?
  ) -> [ReplyOutcome] {
    var rows: [Key: ReplyOutcome] = [:]
    // The first of a key is the most frequent.
    for group in groups {
      let key = Key(state: group.state, class: group.class?.rawValue, code: group.code)
      if rows[key] == nil {
        let words = audience == .operator && !group.words.isEmpty ? group.words : nil
        rows[key] = ReplyOutcome(
          state: key.state, class: key.class, code: key.code, count: 0, meaning: key.class.flatMap(meaning),
          words: words)
      }
      rows[key]?.count += group.count
    }
    return rows.values.sorted { first, second in
      (first.count, second.state.rawValue, second.class ?? "", second.code ?? 0)
        > (second.count, first.state.rawValue, first.class ?? "", first.code ?? 0)
    }
  }
}
