public import Foundation
public import Mail
public import Receipts

/// A mailbox of the frozen plan whose password is to be changed.
public struct AffectedMailbox: Sendable, Hashable {
  /// The customer's id.
  public var customer: String
  /// The address's ``EmailAddress/key``.
  public var mailbox: String

  public init(customer: String, mailbox: EmailAddress) {
    self.customer = customer
    self.mailbox = mailbox.key
  }
}

/// A row of an export: a mailbox and when its password was changed, or when it was closed.
public struct MailboxTime: Sendable, Hashable {
  /// The address's ``EmailAddress/key``.
  public var mailbox: String
  /// Nil for a mailbox that is closed and of which nobody says since when.
  public var at: Date?

  public init(mailbox: String, at: Date?) {
    self.mailbox = mailbox
    // As the store keeps it.
    self.at = at.map { Milliseconds($0).date }
  }
}

/// A mailbox of the frozen plan, with what the exports have said of it.
public struct MailboxRecord: Sendable, Hashable {
  /// The customer's id.
  public var customer: String
  /// The address's ``EmailAddress/key``.
  public var mailbox: String
  /// When its password was changed last; nil where no export says so.
  public var changedAt: Date?
  public var isLocked: Bool
  /// Since when it is closed, where an export says so.
  public var lockedAt: Date?

  public init(customer: String, mailbox: String, changedAt: Date? = nil, isLocked: Bool = false, lockedAt: Date? = nil)
  {
    self.customer = customer
    self.mailbox = mailbox
    self.changedAt = changedAt
    self.isLocked = isLocked
    self.lockedAt = lockedAt
  }

  /// Nobody can log in with the old password.
  public var isSafe: Bool { changedAt != nil || isLocked }

  /// Takes what an export says; the newest time wins. Returns false for what says nothing new.
  package mutating func take(_ change: MailboxChange, at: Date?) -> Bool {
    switch change {
    case .changed:
      guard let at, at > changedAt ?? .distantPast else { return false }
      changedAt = at
    case .locked:
      guard !isLocked || at ?? .distantPast > lockedAt ?? .distantPast else { return false }
      isLocked = true
      lockedAt = at
    }
    return true
  }
}

/// The mailboxes of a campaign that exports were read of.
public struct MailboxBook: Sendable, Hashable {
  /// When an export was read last, by what it was of: at least one.
  public var readAt: [MailboxChange: Date]
  /// In the order of the plan.
  public var mailboxes: [MailboxRecord]

  public init(readAt: [MailboxChange: Date], mailboxes: [MailboxRecord]) {
    self.readAt = readAt
    self.mailboxes = mailboxes
  }

  /// Customers all of whose mailboxes are changed or closed.
  public var safeCustomers: Set<String> {
    Set(mailboxes.map(\.customer)).subtracting(mailboxes.filter { !$0.isSafe }.map(\.customer))
  }
}

/// Who has changed the password: the part of a store that is about mailboxes. Delivery does not need it.
///
/// Any process may record it, also while another one delivers (``StoreAccess/control``): what is said of a mailbox and its
/// receipt `changed` or `locked` are one transaction.
public protocol MailboxStore: Sendable {
  /// Records that an export was read and what it says, each mailbox with its receipt, in one transaction. What is known
  /// already, or older than what is known, adds nothing. Returns the mailboxes of which something new was said.
  ///
  /// - Parameters:
  ///   - times: Each mailbox once, with its newest time; one that is not among `affected` changes nothing.
  ///   - affected: All mailboxes of the frozen plan whose password is to be changed; kept at the first time.
  func record(
    _ change: MailboxChange, _ times: [MailboxTime], of affected: [AffectedMailbox], in campaign: Int64, at now: Date
  ) async throws -> [MailboxRecord]

  /// The mailboxes as the exports have them; nil where none was ever read.
  func mailboxes(in campaign: Int64) async throws -> MailboxBook?
}
