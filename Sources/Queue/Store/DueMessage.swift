public import Foundation
public import Mail

/// A message that may be claimed now.
public struct DueMessage: Sendable, Hashable {
  public var message: Int64
  public var fence: Int64
  public var attempts: Int
  public var turn: DueTurn
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
    message: Int64, fence: Int64, attempts: Int, turn: DueTurn, recipient: EmailAddress, messageID: MessageID,
    relay: String?, firstAttemptAt: Date?, customer: String, letter: String, payload: Data
  ) {
    self.message = message
    self.fence = fence
    self.attempts = attempts
    self.turn = turn
    self.recipient = recipient
    self.messageID = messageID
    self.relay = relay
    self.firstAttemptAt = firstAttemptAt
    self.customer = customer
    self.letter = letter
    self.payload = payload
  }

  /// Where a page that ends with this message goes on.
  public var cursor: DueCursor { DueCursor(turn: turn, message: message) }
}

/// Why a message is due, in the order in which due messages leave.
public enum DueTurn: Sendable, Hashable, Comparable {
  /// It was never tried: by the letter's ``PlannedMessage/priority``.
  case untried(priority: Int)
  /// It was uncertain, and is to be sent again by the operator's or the policy's word.
  case again
  /// It was deferred, and this moment has come.
  case deferred(until: Date)
}

/// A place in the list of due messages: those of one turn are in the order of the plan.
public struct DueCursor: Sendable, Hashable, Comparable {
  public var turn: DueTurn
  public var message: Int64

  public init(turn: DueTurn, message: Int64) {
    self.turn = turn
    self.message = message
  }

  public static func < (left: DueCursor, right: DueCursor) -> Bool {
    (left.turn, left.message) < (right.turn, right.message)
  }
}
