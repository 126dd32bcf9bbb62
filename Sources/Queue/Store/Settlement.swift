public import Foundation
public import Mail
public import Receipts

/// An uncertain message with everything needed to settle it.
public struct UncertainMessage: Sendable, Hashable {
  public var message: Int64
  /// The fence it was read with: a later attempt raises it.
  public var fence: Int64
  /// The customer's id.
  public var customer: String
  public var letter: String
  public var recipient: EmailAddress
  public var messageID: MessageID
  public var relay: String
  public var attempts: Int
  /// When the last attempt was claimed.
  public var attemptedAt: Date
  /// When it became uncertain: after a crash, when the next process found it.
  public var changedAt: Date

  public init(
    message: Int64, fence: Int64, customer: String, letter: String, recipient: EmailAddress, messageID: MessageID,
    relay: String, attempts: Int, attemptedAt: Date, changedAt: Date
  ) {
    self.message = message
    self.fence = fence
    self.customer = customer
    self.letter = letter
    self.recipient = recipient
    self.messageID = messageID
    self.relay = relay
    self.attempts = attempts
    self.attemptedAt = attemptedAt
    self.changedAt = changedAt
  }
}

/// How one message is settled, and on what evidence.
public struct Settlement: Sendable, Hashable {
  public var message: Int64
  /// The fence the message was read with.
  public var fence: Int64
  public var resolution: Resolution
  /// The evidence for the receipt; addresses in it are hidden there, the message's own Message-ID is not.
  public var evidence: String

  public init(message: Int64, fence: Int64, resolution: Resolution, evidence: String) {
    self.message = message
    self.fence = fence
    self.resolution = resolution
    self.evidence = evidence
  }
}
