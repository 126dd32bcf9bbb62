import Foundation

/// Writes header fields as bytes: folds them at 78 characters, quotes and encodes text that needs it, and lets no text
/// end its line (RFC 5322 §2.2.3, §3.2; RFC 2047).
struct HeaderWriter {
  var bytes: [UInt8]

  init(capacity: Int) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// `text` as it is; the caller knows that it is allowed there.
  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A moment in the form of RFC 5322 §3.3, and the end of the line.
  mutating func append(_ date: Date) {
    CivilTime(date).appendRFC5322(to: &bytes)
    append("\r\n")
  }

  /// One mailbox with its name, folded between the two when both do not fit on a line.
  mutating func append(name: String, _ mailbox: NamedAddress, field: MessageError.Field) throws(MessageError) {
    let start = bytes.count
    append(name)
    append(": ")
    if let displayName = mailbox.displayName {
      let lineLength = try append(phrase: displayName, from: start, field: field)
      let length = mailbox.address.local.utf8.count + mailbox.address.domain.ascii.utf8.count + 3
      append(column(after: start) + 1 + length <= lineLength ? " <" : "\r\n <")
      append(mailbox.address)
      append(">\r\n")
    } else {
      append(mailbox.address)
      append("\r\n")
    }
  }

  private mutating func append(_ address: EmailAddress) {
    append(address.local)
    append("@")
    append(address.domain.ascii)
  }

  mutating func append(subject: String) throws(MessageError) {
    let start = bytes.count
    append("Subject:")
    switch Shape(subject) {
    case .empty: break
    case .plain where fold(subject): break
    case .plain, .other:
      try Self.check(subject, .subject)
      append(" ")
      EncodedWords.append(subject, column: column(after: start), to: &bytes)
    }
    append("\r\n")
  }

  /// Writes the words of `text`, each after a space, folding before a word that would not fit; false, with nothing
  /// written, when a word is too long for a line or the first would leave the line of the field's name empty.
  private mutating func fold(_ text: String) -> Bool {
    let before = bytes.count
    var column = "Subject:".utf8.count
    for word in text.utf8.split(separator: UInt8(ascii: " ")) {
      if column + 1 + word.count > 78 {
        guard word.count <= 77, bytes.count > before else {
          bytes.removeSubrange(before...)
          return false
        }
        append("\r\n")
        column = 0
      }
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: word)
      column += 1 + word.count
    }
    return true
  }

  /// A display name as atoms, as a quoted string or in encoded words; the result is the length its line may have.
  private mutating func append(
    phrase: String, from start: Int, field: MessageError.Field
  ) throws(MessageError) -> Int {
    let isPrintable = phrase.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    if isPrintable, !Self.looksEncoded(phrase) {
      let room = 78 - column(after: start)
      let isAtoms = Shape(phrase) == .plain && phrase.utf8.allSatisfy { isAtomText($0) || $0 == UInt8(ascii: " ") }
      if isAtoms, phrase.utf8.count <= room {
        append(phrase)
        return 78
      }
      let escapes = phrase.utf8.count { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
      if !isAtoms, phrase.utf8.count + escapes + 2 <= room {
        append(quoted: phrase)
        return 78
      }
    }
    try Self.check(phrase, field)
    EncodedWords.append(phrase, column: column(after: start), to: &bytes)
    return EncodedWords.lineLength
  }

  private mutating func append(quoted text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The length of the last line, which began at or after `start`.
  private func column(after start: Int) -> Int {
    guard let lineFeed = bytes[start...].lastIndex(of: UInt8(ascii: "\n")) else { return bytes.count - start }
    return bytes.count - lineFeed - 1
  }

  private static func check(_ text: String, _ field: MessageError.Field) throws(MessageError) {
    if let found = text.firstControl() { throw MessageError(field, .control(found.scalar, at: found.place)) }
  }

  /// Whether a reader could take a part of `text` for an encoded word.
  private static func looksEncoded(_ text: String) -> Bool {
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "?"), previous == UInt8(ascii: "=") { return true }
      previous = byte
    }
    return false
  }

  /// The form that a text needs in an unstructured field.
  private enum Shape {
    case empty
    /// Printable ASCII in which single spaces separate the words, so that folding and unfolding lose nothing, and which
    /// no reader takes for encoded words.
    case plain
    case other

    init(_ text: String) {
      if text.isEmpty {
        self = .empty
        return
      }
      var previous = UInt8(ascii: " ")
      for byte in text.utf8 {
        guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: " ") || previous != byte,
          byte != UInt8(ascii: "?") || previous != UInt8(ascii: "=")
        else {
          self = .other
          return
        }
        previous = byte
      }
      self = previous == UInt8(ascii: " ") ? .other : .plain
    }
  }
}
