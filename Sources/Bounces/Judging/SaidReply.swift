import Delivery

/// Finds a server's reply in the words of a report.
enum SaidReply {
  private static let lengthLimit = 1_000

  /// The first reply in `lines`, or the first that names `address`, up to the end of its paragraph.
  static func find(in lines: some BidirectionalCollection<Substring>, naming address: String?) -> String? {
    let lines = Array(lines)
    var first: String?
    let key = address?.lowercased()
    for (number, line) in lines.enumerated() {
      guard let start = start(in: line) else { continue }
      let reply = paragraph(lines, from: number, start: start)
      first = first ?? reply
      guard let key else { break }
      if reply.lowercased().contains(key) { return reply }
      if number > 400 { break }
    }
    return first
  }

  private static func paragraph(_ lines: [Substring], from number: Int, start: String.Index) -> String {
    var text = String(lines[number][start...]).trimmed
    // `550-…` goes on in lines with the same code, `550 …` does not.
    var isLast = !text.dropFirst(3).hasPrefix("-")
    for line in lines[(number + 1)...].prefix(12) {
      let bare = line.trimmed
      let begins = text.utf8.count > 3 && SaidReply.start(in: bare[...]) == bare.startIndex
      // The next command or reply of a transcript, the next thing said, the next recipient.
      if bare.isEmpty || begins && isLast || bare.hasPrefix(">>>") || bare.hasPrefix("<<<") || bare.hasPrefix("...")
        || bare.hasPrefix("---") || endsReply(bare) || text.utf8.count > lengthLimit
      {
        break
      }
      if begins { isLast = !bare.dropFirst(3).hasPrefix("-") }
      text += " " + bare
    }
    return String(text.prefix(lengthLimit))
  }

  private static func endsReply(_ line: String) -> Bool {
    if line.hasPrefix("<") && line.hasSuffix(">:") || line.hasPrefix("Giving up on") || line.hasPrefix("Warning: ") {
      return true
    }
    guard let name = MailHeaders.fieldName(of: line[...]) else { return false }
    return ["reporting-mta", "arrival-date", "received", "date", "from", "return-path", "subject", "message-id"]
      .contains(name.lowercased())
  }

  /// Where a reply begins: a code with a status, or words, behind it, or a status alone.
  static func start(in line: Substring) -> String.Index? {
    let bytes = line.utf8
    var at = bytes.startIndex
    var before: UInt8 = UInt8(ascii: " ")
    while at < bytes.endIndex {
      let byte = bytes[at]
      if byte == UInt8(ascii: "4") || byte == UInt8(ascii: "5"), !isWordByte(before), isReply(line[at...]) { return at }
      before = byte
      at = bytes.index(after: at)
    }
    return wrappedStart(in: line)
  }

  /// `… said: 550` at the end of a line, the words of which are on the next.
  private static func wrappedStart(in line: Substring) -> String.Index? {
    let code = line.suffix(3)
    guard line.suffix(9).hasPrefix("said: "), code.first == "4" || code.first == "5",
      code.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return code.startIndex
  }

  private static func isReply(_ text: Substring) -> Bool {
    let digits = text.utf8.prefix(4)
    let rest = text.utf8.dropFirst(3)
    if digits.count >= 3, digits.prefix(3).allSatisfy({ (48...57).contains($0) }) {
      guard let next = rest.first else { return false }
      guard
        next == UInt8(ascii: " ") || next == UInt8(ascii: "-") || next == UInt8(ascii: "#") || next == UInt8(ascii: ":")
      else { return false }
      guard let second = text.utf8.dropFirst().first, second <= UInt8(ascii: "7") else { return false }
      let words = text.dropFirst(4).prefix(40)
      let following = words.drop { " -:#".contains($0) }.prefix { $0.isLetter }.lowercased()
      // "550 bytes", "500 Main Street" are no replies; "550 5.1.1" and "550 <address>" are.
      guard
        !["bytes", "kb", "mb", "messages", "seconds", "minutes", "hours", "days", "times", "k", "m"].contains(following)
      else {
        return false
      }
      return words.contains { $0.isLetter || $0 == "." || $0 == "<" }
    }
    let word = text.prefix(12).prefix { $0.isNumber || $0 == "." }
    // "(#5.1.1)" at the end of a line belongs to the words before it.
    guard text.dropFirst(word.count).contains(where: \.isLetter) else { return false }
    return EnhancedStatus(prefixOf: word).map { $0.class != 2 } ?? false
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...122).contains(byte | 32) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ",") || byte >= 0x80
  }
}
