/// Text as encoded words in UTF-8 (RFC 2047), for names and subjects that are not plain ASCII.
///
/// Each word is at most 75 characters and holds whole characters; a line with such a word is at most 76. Of the two
/// encodings the shorter is taken, Q when they are equal. The text must have no control characters: whoever decodes the
/// words would get them back.
enum EncodedWords {
  static let lineLength = 76

  /// `column` is the number of characters on the line so far. Words after the first stand on lines of their own.
  static func append(_ text: String, column: Int, to bytes: inout [UInt8]) {
    let source = Array(text.utf8)
    let useQ = source.reduce(0) { $0 + (isSafeInQ($1) ? 1 : 3) } <= (source.count + 2) / 3 * 4
    var room = min(75, lineLength - column) - overhead
    var start = 0
    while start < source.count {
      var end = start
      var used = 0
      while end < source.count {
        let next = end + characterLength(at: end, in: source)
        let length =
          useQ
          ? source[end..<next].reduce(used) { $0 + (isSafeInQ($1) ? 1 : 3) }
          : (next - start + 2) / 3 * 4
        if length > room { break }
        used = length
        end = next
      }
      // The first word finds at least 50 characters of room, and no character takes more than 12.
      precondition(end > start, "a header name is too long to be followed by an encoded word")
      bytes.append(contentsOf: (useQ ? "=?utf-8?Q?" : "=?utf-8?B?").utf8)
      if useQ { appendQ(source[start..<end], to: &bytes) } else { appendBase64(source[start..<end], to: &bytes) }
      bytes.append(contentsOf: "?=".utf8)
      start = end
      if start < source.count { bytes.append(contentsOf: "\r\n ".utf8) }
      room = 75 - overhead
    }
  }

  /// `=?utf-8?Q?` and `?=`.
  private static let overhead = 12

  /// The octets of the character that begins at `index`; the text is valid UTF-8.
  private static func characterLength(at index: Int, in source: [UInt8]) -> Int {
    let lead = source[index]
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }

  /// What may stand for itself in a phrase, the strictest place (RFC 2047 §5, rule 3); a space becomes one `_`.
  private static func isSafeInQ(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "!"), UInt8(ascii: "*"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  private static func appendQ(_ source: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    for byte in source {
      if byte == UInt8(ascii: " ") {
        bytes.append(UInt8(ascii: "_"))
      } else if isSafeInQ(byte) {
        bytes.append(byte)
      } else {
        QuotedPrintable.appendEscaped(byte, to: &bytes)
      }
    }
  }

  private static func appendBase64(_ source: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    var index = source.startIndex
    while index < source.endIndex {
      let count = min(3, source.endIndex - index)
      var group = UInt32(source[index]) << 16
      if count > 1 { group |= UInt32(source[index + 1]) << 8 }
      if count > 2 { group |= UInt32(source[index + 2]) }
      for place in 0..<4 {
        bytes.append(place <= count ? base64Digit(group >> (18 - 6 * UInt32(place)) & 63) : UInt8(ascii: "="))
      }
      index += count
    }
  }

  private static func base64Digit(_ value: UInt32) -> UInt8 {
    let value = UInt8(value)
    return switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}
