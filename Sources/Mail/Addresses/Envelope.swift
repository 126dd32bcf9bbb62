/// The data given to the relay in addition to the message: one sender, one recipient (RFC 5321 §2.3.1).
///
/// There is never more than one recipient, so no customer can learn of another.
public struct Envelope: Sendable, Hashable {
  public let sender: EmailAddress
  public let recipient: EmailAddress
  /// SMTPUTF8 (RFC 6531) is needed when the local part of an address is not ASCII, in the envelope or in the message's
  /// headers; domains always travel as A-labels.
  public let needsSMTPUTF8: Bool
  /// What a relay that offers DSN (RFC 3461) repeats in its reports about the message: letters and digits. Nil: it is not
  /// asked for reports in any other way than by accepting the message.
  public let envelopeID: String?

  /// - Parameter hasInternationalHeaders: True when the message names another address whose local part is not ASCII, as
  ///   in Reply-To.
  public init(
    sender: EmailAddress, recipient: EmailAddress, hasInternationalHeaders: Bool = false, envelopeID: String? = nil
  ) {
    self.sender = sender
    self.recipient = recipient
    needsSMTPUTF8 = hasInternationalHeaders || !sender.isASCII || !recipient.isASCII
    self.envelopeID = envelopeID
  }
}
