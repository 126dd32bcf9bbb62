public import Foundation

/// One letter as mail: everything that becomes bytes, and nothing else.
///
/// Pure: date, Message-ID and boundary come in, so the same message gives the same bytes, which a receipt's digest
/// relies on. There is one recipient, and no way to name a second. The bytes are an RFC 5322 message with a
/// multipart/alternative body (RFC 2046 §5.1.4), its lines ended by CRLF, at most 78 characters long in headers and
/// quoted-printable (a Message-ID or an address that is longer cannot be folded) and always at most 998 octets long.
/// Headers are ASCII, names and subject in encoded words (RFC 2047); only a local part that is not ASCII appears
/// unchanged (RFC 6532).
public struct MailMessage: Sendable {
  public let from: NamedAddress
  public let replyTo: NamedAddress?
  public let to: NamedAddress
  public let subject: String
  public let date: Date
  public let messageID: MessageID
  public let language: String
  public let text: String
  public let html: String
  public let boundary: String
  /// Marked as a test: `X-Eilbrief-Test: yes`.
  public let isTest: Bool

  /// - Parameters:
  ///   - language: the tag for Content-Language, such as `de`.
  ///   - text: the plain text; its line ends may be LF, CRLF or CR. Complete in itself.
  ///   - html: the same letter as HTML, with the same freedom.
  ///   - boundary: must occur in neither; at most 66 characters.
  public init(
    from: NamedAddress, replyTo: NamedAddress?, to: NamedAddress, subject: String, date: Date, messageID: MessageID,
    language: String, text: String, html: String, boundary: String, isTest: Bool = false
  ) {
    self.from = from
    self.replyTo = replyTo
    self.to = to
    self.subject = subject
    self.date = date
    self.messageID = messageID
    self.language = language
    self.text = text
    self.html = html
    self.boundary = boundary
    self.isTest = isTest
  }

  /// The whole message, ready to be signed or sent; not dot-stuffed (RFC 5321 §4.5.2 leaves that to the dialogue).
  ///
  /// Throws ``MessageError`` when a name or the subject has a control character, a body has a NUL byte or the boundary,
  /// or the boundary or the language is not one.
  public func bytes(encoding: TransferEncoding) throws(MessageError) -> [UInt8] {
    try bytes(entity: entity(encoding: encoding))
  }

  /// The message around `entity`: the header, then the entity's own content fields, an empty line and its body.
  func bytes(entity: [UInt8]) throws(MessageError) -> [UInt8] {
    try checkLanguage()
    var header = HeaderWriter(capacity: 1024 + entity.count)
    header.append("Date: ")
    header.append(date)
    try header.append(name: "From", from, field: .fromName)
    if let replyTo { try header.append(name: "Reply-To", replyTo, field: .replyToName) }
    try header.append(name: "To", to, field: .toName)
    try header.append(subject: subject)
    header.append("Message-ID: <")
    header.append(messageID.left)
    header.append("@")
    header.append(messageID.domain.ascii)
    // There is no X-Auto-Response-Suppress next to it: an absence note tells the operator that nobody reads the letter
    // today, and the header would make Exchange suppress its bounces as well.
    header.append(">\r\nAuto-Submitted: auto-generated\r\nContent-Language: ")
    header.append(language)
    if isTest { header.append("\r\nX-Eilbrief-Test: yes") }
    header.append("\r\nMIME-Version: 1.0\r\n")
    header.bytes += entity
    return header.bytes
  }

  /// Both bodies as one MIME entity: its content fields, an empty line, and a multipart/alternative.
  func entity(encoding: TransferEncoding) throws(MessageError) -> [UInt8] {
    try checkBoundary()
    let plainPart = try BodyPart(text, in: .text, boundary: boundary, encoding: encoding)
    let htmlPart = try BodyPart(html, in: .html, boundary: boundary, encoding: encoding)
    var writer = HeaderWriter(capacity: 512 + plainPart.capacity + htmlPart.capacity)
    writer.append("Content-Type: multipart/alternative;\r\n boundary=\"")
    writer.append(boundary)
    writer.append("\"\r\n")
    if plainPart.transfer == .eightBit || htmlPart.transfer == .eightBit {
      // An entity that holds 8-bit parts must say so itself (RFC 2045 §6.4).
      writer.append("Content-Transfer-Encoding: 8bit\r\n")
    }
    for (part, subtype) in [(plainPart, "plain"), (htmlPart, "html")] {
      writer.append("\r\n--")
      writer.append(boundary)
      writer.append("\r\nContent-Type: text/")
      writer.append(subtype)
      writer.append("; charset=utf-8\r\nContent-Transfer-Encoding: ")
      writer.append(part.transfer.rawValue)
      writer.append("\r\n\r\n")
      part.append(to: &writer.bytes)
    }
    writer.append("\r\n--")
    writer.append(boundary)
    writer.append("--\r\n")
    return writer.bytes
  }

  private func checkBoundary() throws(MessageError) {
    guard (1...66).contains(boundary.utf8.count) else { throw MessageError(.boundary, .notABoundary) }
    var afterEquals = false
    for byte in boundary.utf8 {
      // `=` and two hexadecimal digits could come out of quoted-printable; `=_` cannot.
      if afterEquals, byte != UInt8(ascii: "_") { throw MessageError(.boundary, .notABoundary) }
      afterEquals = byte == UInt8(ascii: "=")
      guard isAlphanumeric(byte) || "'()+_,-./:?=".utf8.contains(byte) else {
        throw MessageError(.boundary, .notABoundary)
      }
    }
    if afterEquals { throw MessageError(.boundary, .notABoundary) }
  }

  private func checkLanguage() throws(MessageError) {
    let subtags = language.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard subtags.allSatisfy({ (1...8).contains($0.count) && $0.allSatisfy(isAlphanumeric) }), language.utf8.count <= 35
    else { throw MessageError(.language, .notALanguageTag) }
  }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: false
  }
}

/// The reason why a message cannot be built: a template or a customer's data brought in something that no message may
/// hold.
///
/// Its description is an English clause such as "the subject has a line feed at character 5". It never holds the text.
public struct MessageError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Field: String, Sendable, CaseIterable {
    case fromName = "name in From"
    case replyToName = "name in Reply-To"
    case toName = "name in To"
    case subject
    case language
    case boundary
    case text = "plain text"
    case html = "HTML"
  }

  public enum Problem: Sendable, Hashable {
    /// A character that could end the header line, a tab, or one that changes the direction of writing; counted from 1.
    case control(Unicode.Scalar, at: Int)
    /// A NUL byte: RFC 5322 §4 forbids it, and relays cut the text there; lines are counted from 1.
    case nulByte(line: Int)
    /// The boundary would end the part early.
    case containsBoundary(line: Int)
    /// Not 1 to 66 letters, digits or `'()+_,-./:?`, with `=` only before `_`.
    case notABoundary
    /// Not a language tag in the form of RFC 5646.
    case notALanguageTag
  }

  public let field: Field
  public let problem: Problem

  public init(_ field: Field, _ problem: Problem) {
    self.field = field
    self.problem = problem
  }

  public var description: String {
    switch problem {
    case .control(let scalar, let place): "the \(field.rawValue) has \(scalar.spokenName) at character \(place)"
    case .nulByte(let line): "the \(field.rawValue) has a NUL byte in line \(line)"
    case .containsBoundary(let line): "the \(field.rawValue) has the boundary of the message in line \(line)"
    case .notABoundary: "the \(field.rawValue) is not one RFC 2046 allows"
    case .notALanguageTag: "the \(field.rawValue) is not a language tag such as “de” or “en-GB”"
    }
  }
}
