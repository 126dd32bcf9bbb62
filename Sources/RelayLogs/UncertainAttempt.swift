public import Foundation
public import Mail

/// An attempt whose outcome nobody knows: the subject of a search in a relay's log.
public struct UncertainAttempt: Sendable, Hashable {
  /// The message's number in the spool.
  public var message: Int64
  public var messageID: MessageID
  public var sender: EmailAddress
  public var recipient: EmailAddress
  /// The name the campaign file gives the relay.
  public var relay: String
  /// Attempts so far, this one included.
  public var attempts: Int
  /// When the first of them was claimed.
  public var first: Date
  /// When this one was claimed, and the moment after which nothing of it was on the wire any longer; by our clock.
  public var begin: Date
  public var end: Date

  public init(
    message: Int64, messageID: MessageID, sender: EmailAddress, recipient: EmailAddress, relay: String, attempts: Int,
    first: Date, begin: Date, end: Date
  ) {
    self.message = message
    self.messageID = messageID
    self.sender = sender
    self.recipient = recipient
    self.relay = relay
    self.attempts = attempts
    self.first = min(first, begin)
    self.begin = begin
    self.end = max(begin, end)
  }
}

/// A letter of the same campaign that the same relay did accept, with its reply: it shows whether a log is that relay's,
/// and whole; whose sessions are ours; and the log's clock is compared by it.
public struct AcceptedLetter: Sendable, Hashable {
  public var messageID: MessageID
  /// Nil: that of the attempts.
  public var sender: EmailAddress?
  public var recipient: EmailAddress
  public var relay: String
  /// When its reply was read, by our clock.
  public var at: Date
  /// The reply, which may name the number that the relay's log knows the letter by.
  public var reply: String

  public init(
    messageID: MessageID, sender: EmailAddress? = nil, recipient: EmailAddress, relay: String, at: Date, reply: String
  ) {
    self.messageID = messageID
    self.sender = sender
    self.recipient = recipient
    self.relay = relay
    self.at = at
    self.reply = reply
  }

  /// Whether the reply names this number, as a word.
  func names(_ number: [UInt8]) -> Bool { RelayReply.names(number, reply) }
}

/// A letter of any campaign of the spool that was attempted: a line without a Message-ID that names its recipient may be
/// its own.
public struct AttemptedLetter: Sendable, Hashable {
  public var messageID: MessageID
  public var recipient: EmailAddress
  /// From its first claim until its outcome was known, by our clock.
  public var from: Date
  public var to: Date
  /// The reply of the relay that accepted it in its only attempt; nil for all others.
  public var reply: String?

  public init(messageID: MessageID, recipient: EmailAddress, from: Date, to: Date, reply: String?) {
    self.messageID = messageID
    self.recipient = recipient
    self.from = from
    self.to = max(from, to)
    self.reply = reply
  }
}

/// The number of a message in the reply that accepts it: `Ok: queued as DA120FC6033` (Postfix), `OK id=1xVvKN-00001Q-2h`
/// (Exim), `6702a5c2 Message accepted for delivery` (OpenSMTPD).
enum RelayReply {
  static func names(_ number: [UInt8], _ reply: String) -> Bool {
    !number.isEmpty
      && reply.utf8.split(whereSeparator: { !isPart($0) }).contains { $0.elementsEqual(number) }
  }

  /// Whether it is a reply of OpenSMTPD, which always names the message.
  static func isOpenSMTPD(_ reply: String) -> Bool {
    guard let end = reply.range(of: " Message accepted for delivery")?.lowerBound else { return false }
    let word = reply[..<end].split(separator: " ").last.map { Array($0.utf8)[...] }
    return word?.isHex(8) ?? false
  }

  private static func isPart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
  }
}
