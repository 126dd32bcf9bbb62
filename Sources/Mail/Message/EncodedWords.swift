/// Text as encoded words in UTF-8 (RFC 2047), for names and subjects that are not plain ASCII.
///
/// Each word is at most 75 characters; a line with such a word is at most 76. A word holds whole characters as a reader
/// sees them (a letter with its marks, a flag, a family), so that no mail program that shows words one by one shows
/// halves; a character too long for any word, such as a letter with very many marks, is split between its code points.
/// The shorter of the two encodings is taken, Q when they are equal, but B when a character fits only into a word of
/// that encoding. The text must have no control characters: decoding the words would bring them back.
enum EncodedWords {
  static let lineLength = 76

  /// `column` is the number of characters on the line so far. Each word after the first is on a line of its own.
  static func append(_ text: String, column: Int, to bytes: inout [UInt8]) {
    var room = min(75, lineLength - column) - overhead
    let source = Array(text.utf8)
    let encoding = encoding(of: text, source, room: room)
    var start = 0
    var end = 0
    /// What `start..<end` takes in Q.
    var length = 0
    func fits(_ count: Int) -> Bool {
      switch encoding {
      case .q: length + encoding.length(of: source[end..<(end + count)]) <= room
      case .b: encoding.length(of: source[start..<(end + count)]) <= room
      }
    }
    func take(_ count: Int) {
      if encoding == .q { length += encoding.length(of: source[end..<(end + count)]) }
      end += count
    }
    func finishWord() {
      bytes.append(contentsOf: (encoding == .q ? "=?utf-8?Q?" : "=?utf-8?B?").utf8)
      if encoding == .q {
        appendQ(source[start..<end], to: &bytes)
      } else {
        appendBase64(source[start..<end], to: &bytes)
      }
      bytes.append(contentsOf: (end == source.count ? "?=" : "?=\r\n ").utf8)
      start = end
      length = 0
      room = 75 - overhead
    }
    for character in text {
      let count = character.utf8.count
      if !fits(count), start < end, encoding.length(of: source[end..<(end + count)]) <= 75 - overhead { finishWord() }
      if fits(count) {
        take(count)
        continue
      }
      for scalar in character.unicodeScalars {
        let count = UTF8.width(scalar)
        if !fits(count) {
          // The first word has at least 50 characters of room, and no code point takes more than 12.
          precondition(start < end, "a header name is too long to be followed by an encoded word")
          finishWord()
        }
        take(count)
      }
    }
    if start < end { finishWord() }
  }

  private enum Encoding {
    case q, b

    func length(of octets: ArraySlice<UInt8>) -> Int {
      switch self {
      case .q: octets.reduce(0) { $0 + (isSafeInQ($1) ? 1 : 3) }
      case .b: (octets.count + 2) / 3 * 4
      }
    }
  }

  private static func encoding(of text: String, _ source: [UInt8], room: Int) -> Encoding {
    guard Encoding.q.length(of: source[...]) <= Encoding.b.length(of: source[...]) else { return .b }
    let isTornByQ = text.contains { character in
      let octets = Array(character.utf8)[...]
      return octets.count * 3 > room && Encoding.q.length(of: octets) > room && Encoding.b.length(of: octets) <= room
    }
    return isTornByQ ? .b : .q
  }

  /// `=?utf-8?Q?` and `?=`.
  private static let overhead = 12

  /// The characters that need no encoding in a phrase, the strictest place (RFC 2047 §5, rule 3); a space becomes one
  /// `_`.
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
