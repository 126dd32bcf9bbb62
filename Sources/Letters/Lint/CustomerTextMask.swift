import Campaigns
import Mail

/// Takes a customer's own texts out of a finished letter, so that the lint reads what we wrote: a firm called “Null &
/// Nichtig” or “Passwort Verlag” is not a fault of a template.
///
/// The remaining text is the same for all customers of one kind, and is checked once. The campaign's own texts are left
/// unchanged, even where a customer's name is a part of them.
struct CustomerTextMask {
  /// Stands for one text; a letter cannot hold it otherwise, see ``Placeholder``.
  static let mark: UInt8 = 1

  private struct Pattern {
    let bytes: [UInt8]
    /// The number of the own text; nil for a text of the campaign.
    let own: Int?
  }
  /// The texts by their first byte, the longest first.
  private var patterns: [[Pattern]] = Array(repeating: [], count: 256)

  /// - Parameters:
  ///   - own: The customer's texts, as this part of the letter writes them; those shorter than three bytes stay.
  ///   - campaign: Texts that are not to be touched.
  init(own: [String], campaign: [String]) {
    let all =
      campaign.map { Pattern(bytes: Array($0.utf8), own: nil) }
      + own.enumerated().map { Pattern(bytes: Array($1.utf8), own: $0) }
    for pattern in all where pattern.bytes.count > 2 {
      patterns[Int(pattern.bytes[0])].append(pattern)
    }
    for first in patterns.indices where patterns[first].count > 1 {
      patterns[first].sort { ($0.bytes.count, $1.own ?? -1) > ($1.bytes.count, $0.own ?? -1) }
    }
  }

  /// `text` with a mark for each own text, and the numbers of those that were found.
  func taken(from text: String) -> (text: String, found: Set<Int>) {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var found: Set<Int> = []
    var index = 0
    while index < bytes.count {
      var end: Int?
      for pattern in patterns[Int(bytes[index])] {
        guard let matched = Self.match(pattern.bytes, in: bytes, at: index) else { continue }
        if let own = pattern.own {
          guard Self.isWhole(bytes, from: index, to: matched) else { continue }
          found.insert(own)
          result.append(Self.mark)
        } else {
          result.append(contentsOf: bytes[index..<matched])
        }
        end = matched
        break
      }
      if end == nil { result.append(bytes[index]) }
      index = end ?? index + 1
    }
    return (String(decoding: result, as: UTF8.self), found)
  }

  /// The end of the match. A space matches any run of white space and line breaks, because the text is wrapped to
  /// lines.
  private static func match(_ pattern: [UInt8], in bytes: [UInt8], at start: Int) -> Int? {
    var index = start
    for byte in pattern {
      if byte == 0x20 || byte == 0x0A {
        guard index < bytes.count, bytes[index] <= 0x20, bytes[index] != mark else { return nil }
        while index < bytes.count, bytes[index] <= 0x20, bytes[index] != mark { index += 1 }
      } else {
        guard index < bytes.count, bytes[index] == byte else { return nil }
        index += 1
      }
    }
    return index
  }

  /// Whether the match stands alone and is not a part of a longer word or address.
  private static func isWhole(_ bytes: [UInt8], from start: Int, to end: Int) -> Bool {
    if start > 0, isWord(bytes[start - 1]) || "@+.-".utf8.contains(bytes[start - 1]) { return false }
    guard end < bytes.count else { return true }
    if isWord(bytes[end]) || "@-".utf8.contains(bytes[end]) { return false }
    return bytes[end] != UInt8(ascii: ".") || end + 1 == bytes.count || !isWord(bytes[end + 1])
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: byte >= 0x80
    }
  }
}
