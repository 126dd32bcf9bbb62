/// Finds one run of bytes in another, exactly and without decoding characters, which would cost twenty times as much.
///
/// UTF-8 makes this safe: the bytes of a character never occur inside the bytes of others.
struct ByteSearch {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// `text` with each run of white space, line breaks and control characters as one space.
  init(flattening text: String) {
    var flat: [UInt8] = []
    flat.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if byte > 0x20 || byte == CustomerTextMask.mark {
        flat.append(byte)
      } else if flat.last != 0x20 {
        flat.append(0x20)
      }
    }
    bytes = flat
  }

  func contains(_ text: String) -> Bool { first(text, from: 0) != nil }

  func contains(_ sought: [UInt8]) -> Bool { first(sought, from: 0) != nil }

  /// The place where `text` begins, at or after `start`.
  func first(_ text: String, from start: Int) -> Int? {
    first(Array(text.utf8), from: start)
  }

  func first(_ sought: [UInt8], from start: Int) -> Int? {
    guard let first = sought.first else { return start }
    return bytes.withUnsafeBufferPointer { bytes in
      sought.withUnsafeBufferPointer { sought in
        var index = start
        while index + sought.count <= bytes.count {
          if bytes[index] == first {
            var matched = 1
            while matched < sought.count, bytes[index + matched] == sought[matched] { matched += 1 }
            if matched == sought.count { return index }
          }
          index += 1
        }
        return nil
      }
    }
  }

  func has(_ text: String, at start: Int) -> Bool {
    let end = start + text.utf8.count
    return end <= bytes.count && bytes[start..<end].elementsEqual(text.utf8)
  }

  /// The line of the byte at `index`, counted from 1.
  func line(of index: Int) -> Int { bytes[..<index].count { $0 == UInt8(ascii: "\n") } + 1 }
}
