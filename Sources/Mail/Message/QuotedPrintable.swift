import Foundation

/// Text in quoted-printable (RFC 2045 §6.7): lines of at most 76 characters that survive every relay.
///
/// Beyond what the RFC asks, the octets of one character stay on one line, and no line begins with `.` or `From `,
/// which careless software alters. White space at the end of a line is encoded.
enum QuotedPrintable {
  /// Appends `source`, UTF-8 whose lines end in LF, with CRLF instead of each LF.
  static func append(_ source: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    var rest = source[...]
    while let lineFeed = rest.firstLineFeed {
      appendLine(UnsafeBufferPointer(rebasing: rest[..<lineFeed]), to: &bytes)
      bytes.append(UInt8(ascii: "\r"))
      bytes.append(UInt8(ascii: "\n"))
      rest = rest[(lineFeed + 1)...]
    }
    appendLine(UnsafeBufferPointer(rebasing: rest), to: &bytes)
  }

  /// One octet as `=` and two digits.
  static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "="))
    bytes.append(hexDigit(byte >> 4))
    bytes.append(hexDigit(byte & 15))
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  private static func isLiteral(_ byte: UInt8) -> Bool {
    byte &- 0x20 < 0x5F && byte != UInt8(ascii: "=") || byte == UInt8(ascii: "\t")
  }

  /// The first index that is not a literal, at most `limit`; it checks eight bytes at once where possible.
  private static func literalEnd(of line: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int) -> Int {
    let raw = UnsafeRawBufferPointer(line)
    let ones: UInt64 = 0x0101_0101_0101_0101
    var end = start
    while end + 8 <= limit {
      let word = raw.loadUnaligned(fromByteOffset: end, as: UInt64.self)
      let equals = word ^ (ones &* 0x3D)
      let deletes = word ^ (ones &* 0x7F)
      // The top bit of a byte is set where the byte is a control, `=` or DEL (a borrow may set one too many), or 8-bit.
      let suspects = (word &- ones &* 0x20) & ~word | (equals &- ones) & ~equals | (deletes &- ones) & ~deletes | word
      if suspects & (ones &* 0x80) != 0 { break }
      end += 8
    }
    while end < limit, isLiteral(line[end]) { end += 1 }
    return end
  }

  private static func appendLine(_ line: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    // Room for the `=` of a soft line break; a line that does not need one may use it too.
    let room = 75
    var column = 0
    var index = 0
    while index < line.count {
      let byte = line[index]
      if isLiteral(byte), !needsEscape(at: index, of: line, isLineStart: column == 0) {
        let wholeLineFits = column + line.count - index <= 76
        let limit = wholeLineFits ? line.count : min(line.count, index + room - column)
        var end = literalEnd(of: line, from: index, limit: limit)
        if end == line.count, isBlank(line[end - 1]) { end -= 1 }
        if wholeLineFits, end < line.count { end = min(end, index + room - column) }
        if end > index {
          bytes.append(contentsOf: UnsafeBufferPointer(rebasing: line[index..<end]))
          column += end - index
          index = end
          continue
        }
      } else {
        let length = min(characterLength(byte), line.count - index)
        if column + 3 * length <= room {
          for octet in line[index..<(index + length)] { appendEscaped(octet, to: &bytes) }
          column += 3 * length
          index += length
          continue
        }
      }
      // An empty line has room for anything; breaking it again would never end.
      precondition(column > 0, "no room on an empty line")
      bytes.append(contentsOf: "=\r\n".utf8)
      column = 0
    }
  }

  private static func needsEscape(at index: Int, of line: UnsafeBufferPointer<UInt8>, isLineStart: Bool) -> Bool {
    let byte = line[index]
    if index == line.count - 1, isBlank(byte) { return true }
    guard isLineStart else { return false }
    if byte == UInt8(ascii: ".") { return true }
    return byte == UInt8(ascii: "F") && line[index...].starts(with: "From ".utf8)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private static func characterLength(_ lead: UInt8) -> Int {
    lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }
}

/// The transfer encoding of a message's bodies (RFC 2045 §6), as far as the relay allows it.
public enum TransferEncoding: String, Sendable, CaseIterable {
  /// For relays without 8BITMIME: every part in quoted-printable.
  case quotedPrintable = "quoted-printable"
  /// For relays with 8BITMIME (RFC 6152): parts as they are, labelled 7bit where they are plain ASCII. A part with a
  /// line of more than 998 octets travels in quoted-printable nevertheless.
  case eightBit = "8bit"
}
