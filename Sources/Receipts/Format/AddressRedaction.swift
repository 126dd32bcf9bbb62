public import Mail

/// The relay's words without the addresses in them, short enough for a receipt.
///
/// Receipts go to others: whatever looks like an address becomes `<address>`, and so does the recipient's local part
/// where it stands alone ("unknown user: info"). It redacts too much rather than too little: `@` with anything around
/// it counts.
public enum AddressRedaction {
  /// The most bytes of a reply in a receipt; the rest is cut off and `…` put in its place.
  static let limit = 1000

  /// - Parameter messageID: stays readable, though it looks like an address.
  public static func text(_ reply: String, recipientLocal: String, keeping messageID: MessageID? = nil) -> String {
    let bytes: [UInt8]
    if let messageID {
      // The domain is the sender's; it names no customer.
      let kept = String(messageID.description.dropFirst().dropLast())
      let parts = reply.split(separator: kept, omittingEmptySubsequences: false)
      bytes = Array(parts.map { hiding(String($0), recipientLocal) }.joined(separator: Array(kept.utf8)))
    } else {
      bytes = hiding(reply, recipientLocal)
    }
    return cut(bytes)
  }

  private static func cut(_ bytes: [UInt8]) -> String {
    guard bytes.count > limit else { return String(decoding: bytes, as: UTF8.self) }
    var end = limit - 3
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: bytes[..<end], as: UTF8.self) + "…"
  }

  /// The text on how an uncertain message was settled. The first line is ours, as `operator`, and stays as it is but
  /// for addresses; the lines under it are a relay's.
  public static func evidence(_ text: String, recipientLocal: String, messageID: MessageID?) -> String {
    let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var hidden = [Self.text(lines[0], recipientLocal: "", keeping: messageID)]
    if lines.count > 1 {
      hidden.append(Self.text(lines[1], recipientLocal: recipientLocal, keeping: messageID))
    }
    return cut(Array(hidden.joined(separator: "\n").utf8))
  }

  private static func hiding(_ text: String, _ recipientLocal: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    if bytes.contains(UInt8(ascii: "@")) { bytes = withoutAddresses(bytes) }
    return without(word: Array(recipientLocal.utf8), in: bytes)
  }

  private static func withoutAddresses(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    /// The place where the text not yet copied begins.
    var copied = 0
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "@") else {
        index += 1
        continue
      }
      var start = index
      if start > copied, bytes[start - 1] == UInt8(ascii: "\"") {
        // A quoted local part goes back to its opening quotation mark.
        var opening = start - 2
        while opening >= copied, bytes[opening] != UInt8(ascii: "\"") { opening -= 1 }
        start = max(opening, copied)
      }
      while start > copied, isLocal(bytes[start - 1]) { start -= 1 }
      var end = index + 1
      while end < bytes.count, isDomain(bytes[end]) { end += 1 }
      // The full stop after an address ends the sentence.
      while end > index + 1, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
      if start > copied, end < bytes.count, bytes[start - 1] == UInt8(ascii: "<"), bytes[end] == UInt8(ascii: ">") {
        start -= 1
        end += 1
      }
      result += bytes[copied..<start]
      result += hidden
      copied = end
      index = end
    }
    return result + bytes[copied...]
  }

  /// Each place where `word` stands alone, in upper or lower case.
  private static func without(word: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard let first = word.first, bytes.count >= word.count else { return bytes }
    let lower = lowered(first)
    var result: [UInt8] = []
    var copied = 0
    var index = 0
    while index + word.count <= bytes.count {
      let end = index + word.count
      if lowered(bytes[index]) == lower, index == 0 || !isWord(bytes[index - 1]),
        end == bytes.count || !isWord(bytes[end]),
        zip(word, bytes[index..<end]).allSatisfy({ lowered($0) == lowered($1) }),
        // The mark itself, where the local part is "address".
        !bytes[..<end].suffix(8).elementsEqual("<address".utf8)
      {
        result += bytes[copied..<index]
        result += hidden
        copied = end
        index = end
      } else {
        index += 1
      }
    }
    return copied == 0 ? bytes : result + bytes[copied...]
  }

  private static let hidden = Array("<address>".utf8)

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }

  /// atext and dot (RFC 5322 §3.2.3), percent and other bytes beyond ASCII (RFC 6531).
  private static func isLocal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    default: isLocalSign[Int(byte & 0x7F)]
    }
  }

  private static let isLocalSign: [Bool] = {
    var signs = [Bool](repeating: false, count: 128)
    for sign in ".!#$%&'*+-/=?^_`{|}~".utf8 { signs[Int(sign)] = true }
    return signs
  }()

  private static func isDomain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: ":"), 0x80...:
      true
    default: false
    }
  }
}
