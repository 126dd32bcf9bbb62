public import Foundation
public import Mail

/// An attempt whose outcome nobody knows: the subject of a search in a relay's log.
public struct UncertainAttempt: Sendable, Hashable {
  /// The message's number in the spool.
  public var message: Int64
  public var messageID: MessageID
  public var sender: EmailAddress
  public var recipient: EmailAddress
  /// Another letter of the campaign goes to the same address, so the address does not tell which one was taken.
  public var sharesRecipient: Bool
  /// The name the campaign file gives the relay.
  public var relay: String
  /// Attempts so far, this one included.
  public var attempts: Int
  /// When it was claimed, and the moment after which nothing of it was on the wire any longer; by our clock.
  public var begin: Date
  public var end: Date

  public init(
    message: Int64, messageID: MessageID, sender: EmailAddress, recipient: EmailAddress, sharesRecipient: Bool,
    relay: String, attempts: Int, begin: Date, end: Date
  ) {
    self.message = message
    self.messageID = messageID
    self.sender = sender
    self.recipient = recipient
    self.sharesRecipient = sharesRecipient
    self.relay = relay
    self.attempts = attempts
    self.begin = begin
    self.end = max(begin, end)
  }
}

/// A letter the same relay did accept, with its reply: it shows whether a log is that relay's, and whole; and the log's
/// clock is compared by it.
public struct AcceptedLetter: Sendable, Hashable {
  public var messageID: MessageID
  public var recipient: EmailAddress
  public var relay: String
  /// When its reply was read, by our clock.
  public var at: Date

  public init(messageID: MessageID, recipient: EmailAddress, relay: String, at: Date) {
    self.messageID = messageID
    self.recipient = recipient
    self.relay = relay
    self.at = at
  }
}
