import Delivery
import Foundation
import Mail

/// The bytes that go out for one message: composed into one buffer that is used again for every message of a session.
///
/// Promises that nothing but what it was asked to write reaches the relay: no control character within a command, no
/// line end but CRLF, no line of a lone dot but the last (RFC 5321 §4.1.1.4, §4.5.2). Refuses with ``Unsendable``.
struct CommandBuffer {
  private(set) var bytes: [UInt8] = []

  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
  }

  /// Parameters only where the relay has offered them: SIZE (RFC 1870; the message as it is, without stuffed dots),
  /// BODY=8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531), RET and ENVID (RFC 3461) for an envelope with an id: of a letter that
  /// comes back its header is enough.
  mutating func appendMail(
    _ envelope: Envelope, size: Int, encoding: TransferEncoding, extensions: Extensions
  ) throws(Unsendable) {
    append("MAIL FROM:<")
    try append(envelope.sender)
    append(">")
    if extensions.offersSize { append(" SIZE=\(size)") }
    if encoding == .eightBit, extensions.capabilities.eightBitMIME { append(" BODY=8BITMIME") }
    if extensions.capabilities.smtpUTF8, envelope.needsSMTPUTF8 { append(" SMTPUTF8") }
    if extensions.offersDSN, let id = envelope.envelopeID {
      append(" RET=HDRS ENVID=")
      appendXText(id)
    }
    append("\r\n")
  }

  /// NOTIFY and ORCPT (RFC 3461) where DSN is offered, for an envelope with an id. No report of success is asked for: it
  /// says no more than the relay's reply.
  mutating func appendRcpt(_ envelope: Envelope, extensions: Extensions) throws(Unsendable) {
    append("RCPT TO:<")
    try append(envelope.recipient)
    append(">")
    if extensions.offersDSN, envelope.envelopeID != nil {
      append(" NOTIFY=FAILURE,DELAY ORCPT=")
      if envelope.recipient.isASCII {
        append("rfc822;")
        appendXText(envelope.recipient.description)
      } else {
        append("utf-8;")
        appendUTF8XText(envelope.recipient.description)
      }
    }
    append("\r\n")
  }

  /// RFC 3461 §4: what is not printable ASCII, and `+` and `=`, as `+` and two hexadecimal digits.
  private mutating func appendXText(_ text: String) {
    for byte in text.utf8 {
      if Self.standsForItself(byte) { bytes.append(byte) } else { append("+" + Self.hex(UInt32(byte))) }
    }
  }

  /// RFC 6533 §3, the form that 7-bit relays pass on: other characters as `\x{` and their hexadecimal number and `}`.
  private mutating func appendUTF8XText(_ text: String) {
    for scalar in text.unicodeScalars {
      if let byte = UInt8(exactly: scalar.value), Self.standsForItself(byte), byte != UInt8(ascii: "\\") {
        bytes.append(byte)
      } else {
        append("\\x{" + Self.hex(scalar.value) + "}")
      }
    }
  }

  private static func standsForItself(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "+") && byte != UInt8(ascii: "=")
  }

  /// In capitals, two digits at least.
  private static func hex(_ number: UInt32) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return digits.utf8.count < 2 ? "0" + digits : digits
  }

  mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// The message with its dots stuffed, and the final dot. A message without a line end at its end gets one.
  mutating func appendMessage(_ message: [UInt8]) throws(Unsendable) {
    bytes.reserveCapacity(message.count + message.count / 64 + 8)
    let stuffed = message.withUnsafeBufferPointer { stuff($0) }
    guard stuffed else { throw .bareLineEnd }
    append(message.isEmpty || message.last == UInt8(ascii: "\n") ? ".\r\n" : "\r\n.\r\n")
  }

  /// Copies the bytes between two stuffed dots at a time; false when there is a CR or LF that is not part of a CRLF.
  private mutating func stuff(_ message: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = message.baseAddress else { return true }
    var copied = 0
    var lineStart = 0
    var lines = 0
    while lineStart < message.count {
      if message[lineStart] == UInt8(ascii: ".") {
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: message[copied..<lineStart]))
        bytes.append(UInt8(ascii: "."))
        copied = lineStart
      }
      guard let feed = memchr(base + lineStart, 0x0A, message.count - lineStart) else { break }
      let end = UnsafeRawPointer(feed) - UnsafeRawPointer(base)
      guard end > lineStart, message[end - 1] == UInt8(ascii: "\r") else { return false }
      lines += 1
      lineStart = end + 1
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: message[copied...]))
    // Every LF has its CR; as many CRs as lines means that no CR stands alone.
    var returns = 0
    for byte in message { returns &+= byte == UInt8(ascii: "\r") ? 1 : 0 }
    return returns == lines
  }

  /// An address has been parsed and holds no control character; checked once more, because a control character could
  /// start a new command.
  private mutating func append(_ address: EmailAddress) throws(Unsendable) {
    let start = bytes.count
    bytes.append(contentsOf: address.local.utf8)
    bytes.append(UInt8(ascii: "@"))
    bytes.append(contentsOf: address.domain.ascii.utf8)
    guard bytes[start...].allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .controlCharacter }
  }

  private mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }
}

/// The reason a message or its envelope must not go on the wire.
enum Unsendable: Error, Hashable, CustomStringConvertible {
  case controlCharacter
  case bareLineEnd

  var description: String {
    switch self {
    case .controlCharacter: "an address has a control character; nothing was sent"
    case .bareLineEnd: "the message has a CR or LF that is not a line end; nothing was sent"
    }
  }
}
