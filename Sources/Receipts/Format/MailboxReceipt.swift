public import Foundation
public import Mail

/// What an export of the mail server says of a mailbox. The words are the same in the database, the receipts, the JSON and
/// on the command line.
public enum MailboxChange: String, Sendable, Hashable, Codable, CaseIterable {
  /// Its password is another one.
  case changed
  /// The provider has closed it: nobody can log in.
  case locked

  package var event: ReceiptEvent {
    switch self {
    case .changed: .changed
    case .locked: .locked
    }
  }
}

/// What a receipt `changed` or `locked` says of a mailbox beside its customer.
public struct MailboxReceipt: Sendable, Hashable {
  /// Keyed hash of the mailbox's ``EmailAddress/key``.
  public var mailbox: SHA256Digest
  /// When the password was changed or the mailbox closed, by the mail server's export; the receipt's own `at` is when that
  /// was read. Nil in `locked` where the export has no time.
  public var at: Date?

  public init(mailbox: SHA256Digest, at: Date?) {
    self.mailbox = mailbox
    self.at = at
  }
}

extension StrictJSONWriter {
  package mutating func fields(_ mailbox: MailboxReceipt, of change: MailboxChange) {
    field("mailbox", hex: mailbox.mailbox.bytes)
    guard let at = mailbox.at else { return }
    switch change {
    case .changed: field("changed_at", at: Milliseconds(at))
    case .locked: field("locked_at", at: Milliseconds(at))
    }
  }
}
