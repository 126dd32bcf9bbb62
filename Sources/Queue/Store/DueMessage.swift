public import Foundation
public import Mail

/// A message that may be claimed now.
public struct DueMessage: Sendable, Hashable {
  public var message: Int64
  public var fence: Int64
  public var attempts: Int
  /// Order among the due ones. A queued message is always due: its time lies in the first second of 1970.
  public var dueAt: Date
  public var recipient: EmailAddress
  public var messageID: MessageID
  /// The relay of the last attempt: greylisting wants the same one again.
  public var relay: String?
  /// The moment of the first claim: the letter's Date on every attempt. Nil before it.
  public var firstAttemptAt: Date?
  public var customer: String
  public var letter: String
  public var payload: Data

  public init(
    message: Int64, fence: Int64, attempts: Int, dueAt: Date, recipient: EmailAddress, messageID: MessageID,
    relay: String?, firstAttemptAt: Date?, customer: String, letter: String, payload: Data
  ) {
    self.message = message
    self.fence = fence
    self.attempts = attempts
    self.dueAt = dueAt
    self.recipient = recipient
    self.messageID = messageID
    self.relay = relay
    self.firstAttemptAt = firstAttemptAt
    self.customer = customer
    self.letter = letter
    self.payload = payload
  }

  /// Where a page that ends with this message goes on.
  public var cursor: DueCursor { DueCursor(dueAt: dueAt, message: message) }
}

/// Where the last page of due messages ended.
public struct DueCursor: Sendable, Hashable {
  public var dueAt: Date
  public var message: Int64

  public init(dueAt: Date, message: Int64) {
    self.dueAt = dueAt
    self.message = message
  }
}
