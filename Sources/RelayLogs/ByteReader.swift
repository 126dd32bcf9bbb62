/// Takes a line apart from its beginning, byte by byte.
struct ByteReader {
  private let bytes: ArraySlice<UInt8>
  private(set) var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }
  var isAtEnd: Bool { position == bytes.endIndex }
  var rest: ArraySlice<UInt8> { bytes[position...] }

  mutating func skip(_ count: Int) { position = min(position + count, bytes.endIndex) }

  mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  /// A decimal number with this many digits; nil, and nothing taken, without them.
  mutating func number(_ digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var end = position
    while end < bytes.endIndex, end - position < digits.upperBound, (0x30...0x39).contains(bytes[end]) {
      value = value * 10 + Int(bytes[end] - 0x30)
      end += 1
    }
    guard digits.contains(end - position) else { return nil }
    position = end
    return value
  }

  /// The bytes before the next `byte`, which is skipped; nil, and nothing taken, when it does not occur.
  mutating func word(before byte: UInt8) -> ArraySlice<UInt8>? {
    guard let end = rest.firstIndex(of: byte) else { return nil }
    defer { position = end + 1 }
    return bytes[position..<end]
  }
}

extension ArraySlice<UInt8> {
  func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer { starts(with: $0) }
  }

  func equals(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { elementsEqual($0) }
  }

  /// The place where `text` first occurs: the index of its first byte.
  func firstIndex(of text: StaticString) -> Int? {
    text.withUTF8Buffer { wanted in
      guard let first = wanted.first, count >= wanted.count else { return nil }
      var from = startIndex
      while let found = self[from..<(endIndex - wanted.count + 1)].firstIndex(of: first) {
        if self[found..<(found + wanted.count)].elementsEqual(wanted) { return found }
        from = found + 1
      }
      return nil
    }
  }

  /// The place where `text` last occurs: the index of its first byte.
  func lastIndex(of text: StaticString) -> Int? {
    var found: Int?
    var rest = self
    while let next = rest.firstIndex(of: text) {
      found = next
      rest = rest[(next + 1)...]
    }
    return found
  }

  func contains(_ text: StaticString) -> Bool { firstIndex(of: text) != nil }

  func ends(with text: StaticString) -> Bool {
    text.withUTF8Buffer { suffix($0.count).elementsEqual($0) }
  }

  /// The rest after `text`; nil when it does not begin with it.
  func dropping(_ text: StaticString) -> ArraySlice<UInt8>? {
    starts(with: text) ? dropFirst(text.utf8CodeUnitCount) : nil
  }

  /// True for this many digits in base sixteen, in lower case, and nothing else.
  func isHex(_ digits: Int) -> Bool {
    count == digits && allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// What stands in each pair of `opening` and the `>` after it, from left to right.
  func allBracketed(after opening: StaticString) -> [ArraySlice<UInt8>] {
    var found: [ArraySlice<UInt8>] = []
    var rest = self
    while let inner = rest.bracketed(after: opening) {
      found.append(inner)
      rest = rest[inner.endIndex...]
    }
    return found
  }

  /// The bytes between the first `opening` and the `>` after it.
  func bracketed(after opening: StaticString) -> ArraySlice<UInt8>? {
    guard let start = firstIndex(of: opening) else { return nil }
    let inner = self[(start + opening.utf8CodeUnitCount)...]
    guard let end = inner.firstIndex(of: 0x3E) else { return nil }
    return inner[..<end]
  }
}
