public import Foundation
public import Mail
public import Queue

/// Makes the bytes of a message from what the queue holds: letter and MIME message.
///
/// Pure: the same message, date and encoding give the same bytes, so that a receipt's SHA-256 can be proved later.
public protocol MessageSource: Sendable {
  /// The same on every attempt: greylisting keys on it.
  var envelopeSender: EmailAddress { get }
  /// True when every message needs SMTPUTF8 (RFC 6531), whoever it goes to: the sender writes under an international
  /// address, or wants answers at one.
  var needsSMTPUTF8: Bool { get }
  /// False when the bytes are 7-bit whatever the relay allows, and must be announced so.
  var allowsEightBit: Bool { get }
  /// - Parameter date: the letter's Date, the moment of the first attempt.
  func bytes(for message: DueMessage, date: Date, encoding: TransferEncoding) throws -> [UInt8]
}

extension MessageSource {
  public var needsSMTPUTF8: Bool { !envelopeSender.isASCII }
  public var allowsEightBit: Bool { true }
}
