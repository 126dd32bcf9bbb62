/// The order in which letters of one kind leave: `order` of a campaign file.
public struct SendingOrder: Sendable, Hashable {
  public enum By: Sendable, Hashable {
    /// Receiving domains take turns.
    case spread
    /// As in the customer file.
    case file
    /// By the cells of this column, the lowest first (numbers as numbers); empty ones last.
    case column(String)
  }
  /// Where the customers go whose contact address is itself one of the affected mailboxes.
  public enum Place: String, Sendable, CaseIterable { case first, last }

  public var by: By
  /// Nil: in the order of the others.
  public var affectedContacts: Place?

  public init(by: By = .spread, affectedContacts: Place? = nil) {
    self.by = by
    self.affectedContacts = affectedContacts
  }
}

/// `order:` of a campaign file: `spread`, `file`, or a group of `by` or `column`, and `affected`.
enum OrderSection {
  private enum By: String, CaseIterable { case spread, file }

  static func read(_ value: YAMLValue) -> SendingOrder? {
    let example = "{column: Priorität, affected: first}"
    let forms = "spread, file, or a group of keys, as in \(example)"
    guard value.isGroup else {
      guard let text = value.text() else { return nil }
      if let by = By(rawValue: text) { return SendingOrder(by: by == .file ? .file : .spread) }
      value.report("\"\(value.path)\" cannot be \(QuotedText(text)); it is one of: \(forms)")
      return nil
    }
    guard let section = YAMLSection(value, keys: ["by", "column", "affected"], example: example) else { return nil }
    // A wrong value was reported, and a file with a problem gives no campaign.
    let by = section.optional("by").flatMap { $0.choice(By.self) }
    let column = section.optional("column").flatMap { $0.text() }
    let affected = section.optional("affected").flatMap { $0.choice(SendingOrder.Place.self) }
    if section.has("by"), let second = section.optional("column") {
      second.report("\"\(second.path)\" and \"by\" both give the order; keep one of them")
    }
    if !["by", "column", "affected"].contains(where: section.has) {
      value.report("\"\(value.path)\" is empty; write \(forms)")
    }
    let order = column.map(SendingOrder.By.column) ?? (by == .file ? .file : .spread)
    return SendingOrder(by: order, affectedContacts: affected)
  }
}
