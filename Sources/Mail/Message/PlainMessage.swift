public import Foundation

/// A short mail of the program's own to the operator: plain text in one part, marked as made by a machine (RFC 3834 §5).
///
/// Pure, as ``MailMessage`` is: date and Message-ID come in. Lines end in CRLF; text that is not ASCII is
/// quoted-printable, so every relay takes the bytes.
public struct PlainMessage: Sendable {
  public let from: NamedAddress
  public let to: NamedAddress
  public let subject: String
  public let date: Date
  public let messageID: MessageID
  public let text: String

  public init(
    from: NamedAddress, to: NamedAddress, subject: String, date: Date, messageID: MessageID, text: String
  ) {
    self.from = from
    self.to = to
    self.subject = subject
    self.date = date
    self.messageID = messageID
    self.text = text
  }

  /// The whole message; not dot-stuffed. Throws ``MessageError`` as ``MailMessage`` does.
  public func bytes() throws(MessageError) -> [UInt8] {
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    // A boundary that no line has: there is only one part.
    let part = try BodyPart(
      text, in: .text, boundary: "=_\(messageID.left)", encoding: isASCII ? .eightBit : .quotedPrintable)
    var header = HeaderWriter(capacity: 1024 + part.capacity)
    header.append("Date: ")
    header.append(date)
    try header.append(name: "From", from, field: .fromName)
    try header.append(name: "To", to, field: .toName)
    try header.append(subject: subject)
    header.append("Message-ID: <\(messageID.left)@\(messageID.domain.ascii)>\r\n")
    header.append("Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n")
    header.append("Content-Transfer-Encoding: \(part.transfer.rawValue)\r\n\r\n")
    part.append(to: &header.bytes)
    return header.bytes
  }
}
