public import Foundation
public import Queue
public import Receipts

/// Who has changed the password, in mailboxes; as `status --json` has it.
///
/// Each mailbox counts once: as changed, else as closed, else as one of a customer who was reached by telephone, else as
/// still to be changed.
public struct MailboxFigures: Sendable, Hashable, Encodable {
  /// Mailboxes of the plan whose password is to be changed: the sum of the next four.
  public private(set) var total = 0
  public private(set) var changed = 0
  public private(set) var locked = 0
  public private(set) var reached = 0
  public private(set) var open = 0
  /// When an export was read last, by what it was of.
  public let readAt: [MailboxChange: Date]

  /// - Parameter calls: The calls of the campaign by the customers' ids.
  public init(_ book: MailboxBook, calls: [String: CallHistory]) {
    readAt = book.readAt
    // A mailbox that two customers share is one; whoever of them was reached, somebody knows.
    var reachedMailboxes: Set<String> = []
    for mailbox in book.mailboxes where calls[mailbox.customer]?.told != nil {
      reachedMailboxes.insert(mailbox.mailbox)
    }
    var counted: Set<String> = []
    for mailbox in book.mailboxes where counted.insert(mailbox.mailbox).inserted {
      total += 1
      if mailbox.changedAt != nil {
        changed += 1
      } else if mailbox.isLocked {
        locked += 1
      } else if reachedMailboxes.contains(mailbox.mailbox) {
        reached += 1
      } else {
        open += 1
      }
    }
  }

  /// Nil where no export was ever read.
  public static func read(
    of record: CampaignRecord, in store: any CallStore & MailboxStore
  ) async throws -> MailboxFigures? {
    guard record.purge == nil, let book = try await store.mailboxes(in: record.id) else { return nil }
    return MailboxFigures(book, calls: try await store.calls(in: record.id))
  }

  /// The count of one kind; nil where no export of that kind was read, so that nobody knows.
  public func count(_ change: MailboxChange) -> Int? {
    guard readAt[change] != nil else { return nil }
    return change == .changed ? changed : locked
  }

  /// Every mailbox is changed or closed, or its customer was reached.
  public var isOver: Bool { open == 0 }

  private enum CodingKeys: String, CodingKey {
    case total, changed, locked, reached, open, over
    case changedReadAt = "changed_read_at"
    case lockedReadAt = "locked_read_at"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(total, forKey: .total)
    try container.encode(count(.changed), forKey: .changed)
    try container.encode(count(.locked), forKey: .locked)
    try container.encode(reached, forKey: .reached)
    try container.encode(open, forKey: .open)
    try container.encode(isOver, forKey: .over)
    try container.encode(readAt[.changed], forKey: .changedReadAt)
    try container.encode(readAt[.locked], forKey: .lockedReadAt)
  }
}
