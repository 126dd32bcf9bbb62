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
