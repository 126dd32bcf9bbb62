/// What the relay is told apart from the message: one sender, one recipient (RFC 5321 §2.3.1).
///
/// There is never more than one recipient, so no customer can learn of another.
public struct Envelope: Sendable, Hashable {
  public let sender: EmailAddress
  public let recipient: EmailAddress

  public init(sender: EmailAddress, recipient: EmailAddress) {
    self.sender = sender
    self.recipient = recipient
  }

  /// SMTPUTF8 (RFC 6531) is needed when a local part is not ASCII; domains always travel as A-labels.
  public var needsSMTPUTF8: Bool { !sender.isASCII || !recipient.isASCII }
}
