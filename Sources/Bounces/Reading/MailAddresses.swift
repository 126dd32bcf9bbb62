/// Finds e-mail addresses in text that people and programs wrote: in angle brackets, quotes, after `mailto:` or bare.
///
/// Addresses are kept as they are written, also those that nobody may send to, since a report is about what somebody did
/// send to. Linear in the length of the text.
enum MailAddresses {
  struct Found: Sendable {
    let address: String
    /// The address itself, without brackets.
    let range: Range<String.Index>
  }

  static func first(in text: some StringProtocol) -> String? { all(in: text, atMost: 1).first?.address }

  static func all(in text: some StringProtocol, atMost limit: Int = 500) -> [Found] {
    let text = Substring(text)
    let bytes = text.utf8
    var found: [Found] = []
    var from = bytes.startIndex
    while found.count < limit, let at = bytes[from...].firstIndex(of: UInt8(ascii: "@")) {
      let next = bytes.index(after: at)
      defer { from = max(next, found.last?.range.upperBound ?? next) }
      guard var end = domainEnd(text, after: next), var start = localStart(text, before: at, notBefore: from),
        !isAt(bytes, end), start == bytes.startIndex || !isAt(bytes, bytes.index(before: start))
      else { continue }
      let isEnclosed = start > text.startIndex && bytes[bytes.index(before: start)] == UInt8(ascii: "<")
      if !isEnclosed {
        // Chinese and Japanese stand beside an address without a blank.
        let scalars = text.unicodeScalars
        if let last = scalars[start..<at].lastIndex(where: { $0.value >= 0x2E80 }), scalars.index(after: last) < at {
          start = scalars.index(after: last)
        }
        if let first = scalars[next..<end].firstIndex(where: { $0.value >= 0x2E80 }), first > next { end = first }
      }
      found.append(Found(address: String(text[start..<end]), range: start..<end))
    }
    return found
  }

  /// Where the domain ends; nil when none begins at `start`.
  private static func domainEnd(_ text: Substring, after start: String.Index) -> String.Index? {
    let bytes = text.utf8
    guard start < bytes.endIndex else { return nil }
    if bytes[start] == UInt8(ascii: "[") {
      guard let close = bytes[start...].prefix(60).firstIndex(of: UInt8(ascii: "]")) else { return nil }
      return bytes.index(after: close)
    }
    var end = bytes[start...].firstIndex { !isDomain($0) } ?? bytes.endIndex
    while end > start,
      [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(bytes[bytes.index(before: end)])
    {
      end = bytes.index(before: end)
    }
    guard bytes.distance(from: start, to: end) <= 255, bytes[start..<end].contains(where: { isLetter($0) }) else {
      return nil
    }
    return end > start ? end : nil
  }

  /// Where the local part begins; nil when there is none before `at`.
  private static func localStart(_ text: Substring, before at: String.Index, notBefore bound: String.Index)
    -> String.Index?
  {
    let bytes = text.utf8
    guard at > bound else { return nil }
    let last = bytes.index(before: at)
    if bytes[last] == UInt8(ascii: "\"") {
      guard let open = bytes[bound..<last].suffix(66).lastIndex(of: UInt8(ascii: "\"")) else { return nil }
      return open
    }
    var start = at
    var count = 0
    while start > bound, count < 200 {
      let before = bytes.index(before: start)
      guard isLocal(bytes[before]) else { break }
      start = before
      count += 1
    }
    // X.400 and logs: "SMTP=kim@firma.example".
    if let sign = bytes[start..<at].firstIndex(of: UInt8(ascii: "=")),
      ["smtp", "to", "rcpt", "addr", "address", "email", "recipient"].contains(text[start..<sign].lowercased())
    {
      start = bytes.index(after: sign)
    }
    // Quotation marks, list bullets and the like before it; an encoded word is the address itself.
    while start < at, "'`*.=/|".utf8.contains(bytes[start]), !bytes[start...].starts(with: "=?".utf8) {
      start = bytes.index(after: start)
    }
    return start < at ? start : nil
  }

  /// Names of other mail systems have two of them: `KIM@SALES@FIRMA`.
  private static func isAt(_ bytes: Substring.UTF8View, _ index: String.Index) -> Bool {
    index < bytes.endIndex && bytes[index] == UInt8(ascii: "@")
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) || byte >= 0x80 }

  private static func isDomain(_ byte: UInt8) -> Bool {
    isLetter(byte) || (48...57).contains(byte) || byte == 45 || byte == 46 || byte == 95
  }

  private static let localMarks = Set("!#$%&'*+-/=?^_`{|}~.".utf8)

  private static func isLocal(_ byte: UInt8) -> Bool {
    isLetter(byte) || (48...57).contains(byte) || localMarks.contains(byte)
  }
}
