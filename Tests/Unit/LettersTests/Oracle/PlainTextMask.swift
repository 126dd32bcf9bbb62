/// What ``CustomerTextMask`` does, one byte after the other and with nothing prepared: the oracle that it must agree with.
struct PlainTextMask {
  private static let mark: UInt8 = 1

  private struct Pattern {
    /// White space is a space.
    let bytes: [UInt8]
    /// The number of the own text; nil for a text of the campaign.
    let own: Int?
  }
  /// The texts by their first byte, in the order of their bytes: those that begin alike stand together, so that the work
  /// at one place grows with the length of a text and hardly with the number of texts.
  private var patterns: [[Pattern]] = Array(repeating: [], count: 256)

  /// - Parameters:
  ///   - own: The customer's texts, as this part of the letter writes them; those shorter than three bytes stay.
  ///   - campaign: Texts that are not to be touched.
  init(own: [String], campaign: [String]) {
    let all =
      campaign.map { Pattern(bytes: Self.bytes(of: $0), own: nil) }
      + own.enumerated().map { Pattern(bytes: Self.bytes(of: $1), own: $0) }
    for pattern in all where pattern.bytes.count > 2 {
      patterns[Int(pattern.bytes[0])].append(pattern)
    }
    for first in patterns.indices where patterns[first].count > 1 {
      patterns[first].sort {
        if $0.bytes == $1.bytes { return ($0.own ?? -1) < ($1.own ?? -1) }
        return $0.bytes.lexicographicallyPrecedes($1.bytes)
      }
    }
  }

  private static func bytes(of text: String) -> [UInt8] { text.utf8.map { $0 == 0x0A ? 0x20 : $0 } }

  /// `text` with a mark for each own text, and the numbers of those that were found.
  func taken(from text: String) -> (text: String, found: Set<Int>) {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var found: Set<Int> = []
    var index = 0
    while index < bytes.count {
      var end: Int?
      for (pattern, matched) in matches(in: bytes, at: index).reversed() {
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

  /// The texts that begin at `start`, the shortest first, each with the end of its match. A space matches any run of
  /// white space and line breaks, because the text is wrapped to lines. Of equal texts the campaign's counts, then the
  /// first.
  private func matches(in bytes: [UInt8], at start: Int) -> [(pattern: Pattern, end: Int)] {
    let candidates = patterns[Int(bytes[start])]
    var range = candidates.startIndex..<candidates.endIndex
    var found: [(Pattern, Int)] = []
    var index = start
    var depth = 0
    while let first = range.first {
      // All of the range begin alike up to here, and what ends here stands before what goes on.
      if candidates[first].bytes.count == depth { found.append((candidates[first], index)) }
      guard index < bytes.count else { break }
      var next = bytes[index]
      if next <= 0x20, next != Self.mark {
        next = 0x20
        while index < bytes.count, bytes[index] <= 0x20, bytes[index] != Self.mark { index += 1 }
      } else {
        index += 1
      }
      let lower = Self.first(in: range) {
        (depth < candidates[$0].bytes.count ? Int(candidates[$0].bytes[depth]) : -1) >= next
      }
      let upper = Self.first(in: lower..<range.upperBound) { candidates[$0].bytes[depth] > next }
      range = lower..<upper
      depth += 1
    }
    return found
  }

  /// The first place of which `isBehind` is true, as it is of all after it.
  private static func first(in range: Range<Int>, where isBehind: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isBehind(middle) { high = middle } else { low = middle + 1 }
    }
    return low
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
