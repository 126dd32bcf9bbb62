/// The different words of a file that hold a byte beyond ASCII: all of a small file, and of a large one several thousand
/// from all over it, always the same ones.
struct WordSample {
  /// A word with the byte before and the byte behind it; digits are `0`, and what parts cells is a space.
  struct Word: Hashable {
    var bytes: [UInt8]
  }

  /// The most words that are kept.
  static let most = 8192
  /// A run of letters is cut here: no word is longer.
  private static let longest = 48

  /// Each word with the offset of its first letter in the file.
  private(set) var words: [Word: Int] = [:]
  /// The first words that are UTF-8, in a file that as a whole is not.
  private(set) var utf8Words: [Word: Int] = [:]
  /// Words are kept whose hash has none of these bits.
  private var mask: UInt64 = 0
  private var carry: [UInt8] = []

  /// Looks at the next piece of the file, which begins at `offset`.
  mutating func look(at piece: [UInt8], offset: Int, isLast: Bool) {
    let bytes = carry.isEmpty ? piece : carry + piece
    let start = offset - carry.count
    var found: [Range<Int>] = []
    carry = bytes.withUnsafeBytes { Self.search($0, isLast: isLast, &found) }
    for range in found { add(bytes, range, offset: start + range.lowerBound) }
  }

  /// Finds the words; returns the end of the piece in which one may begin.
  private static func search(_ bytes: UnsafeRawBufferPointer, isLast: Bool, _ found: inout [Range<Int>]) -> [UInt8] {
    var position = 0
    var done = 0
    let count = bytes.count
    while position < count {
      if position + 8 <= count, bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).isASCII {
        position += 8
        continue
      }
      guard bytes[position] >= 0x80 else {
        position += 1
        continue
      }
      var first = position
      while first > done, position - first < longest / 2, isLetter(bytes[first - 1]) { first -= 1 }
      var end = position
      while end < count, end - first < longest, isLetter(bytes[end]) { end += 1 }
      if end == count, !isLast, end - first < longest { return Array(bytes[max(0, first - 1)...]) }
      found.append(first..<end)
      position = end
      done = end
    }
    guard !isLast else { return [] }
    var first = count
    while first > done, count - first < longest / 2, isLetter(bytes[first - 1]) { first -= 1 }
    return Array(bytes[max(0, first - 1)...])
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || (byte | 0x20) &- 0x61 < 26 }

  private static func context(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x30...0x39: UInt8(ascii: "0")
    case 0x09, 0x0A, 0x0D, 0x22, 0x2C, 0x3B, 0x7C: UInt8(ascii: " ")
    default: byte
    }
  }

  private mutating func add(_ bytes: [UInt8], _ range: Range<Int>, offset: Int) {
    var word: [UInt8] = []
    word.reserveCapacity(range.count + 2)
    word.append(range.lowerBound > 0 ? Self.context(bytes[range.lowerBound - 1]) : 0x20)
    word += bytes[range]
    word.append(range.upperBound < bytes.count ? Self.context(bytes[range.upperBound]) : 0x20)
    if Self.isUTF8(bytes[range]) {
      if utf8Words.count < 100, utf8Words[Word(bytes: word)] == nil { utf8Words[Word(bytes: word)] = offset }
      return
    }
    guard Self.hash(word) & mask == 0, words[Word(bytes: word)] == nil else { return }
    words[Word(bytes: word)] = offset
    guard words.count > Self.most else { return }
    mask = mask << 1 | 1
    words = words.filter { word, _ in Self.hash(word.bytes) & mask == 0 }
  }

  /// FNV-1a, so that the same words are kept whenever the file is read.
  private static func hash(_ word: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash ^ hash >> 32
  }

  /// True for UTF-8 of letters and signs that Europe writes.
  private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
    var scan = UTF8Scan()
    for byte in bytes {
      guard scan.accepts(byte) else { return false }
      if byte >= 0xC0, byte != 0xE2, !(0xC2...0xD3).contains(byte) { return false }
    }
    return scan.isComplete
  }
}

extension UInt64 {
  /// True when none of the eight bytes is beyond ASCII.
  var isASCII: Bool { self & 0x8080_8080_8080_8080 == 0 }
  /// True when one of the eight bytes is zero.
  var hasZeroByte: Bool { (self &- 0x0101_0101_0101_0101) & ~self & 0x8080_8080_8080_8080 != 0 }
}
