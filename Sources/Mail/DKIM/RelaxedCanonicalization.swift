import Foundation

/// The form of header and body that DKIM signs as `relaxed` (RFC 6376 §3.4.2, §3.4.4): independent of folding, of runs
/// of white space, of white space at the end of lines and of empty lines at the end of the body.
///
/// It takes messages whose lines end in CRLF.
enum RelaxedCanonicalization {
  /// Appends `name:value` without a line end: the name in lower case, the value on one line.
  static func append(name: some Sequence<UInt8>, value: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    for byte in name where !isBlank(byte) { bytes.append(lowercased(byte)) }
    bytes.append(UInt8(ascii: ":"))
    let start = bytes.count
    var hasBlank = false
    for byte in value {
      if isBlank(byte) || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") {
        hasBlank = true
      } else {
        if hasBlank, bytes.count > start { bytes.append(UInt8(ascii: " ")) }
        hasBlank = false
        bytes.append(byte)
      }
    }
  }

  /// The whole body; empty when it holds nothing but white space and line ends.
  static func body(_ body: some Collection<UInt8>) -> [UInt8] {
    body.withContiguousStorageIfAvailable(relaxed) ?? Array(body).withUnsafeBufferPointer(relaxed)
  }

  private static func relaxed(_ body: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(body.count + 2)
    // Line ends that are written only when something follows them.
    var emptyLines = 0
    var rest = body[...]
    while !rest.isEmpty {
      let lineFeed = rest.firstLineFeed
      var line = rest[..<(lineFeed ?? rest.endIndex)]
      rest = rest[(lineFeed.map { $0 + 1 } ?? rest.endIndex)...]
      if lineFeed != nil, line.last == UInt8(ascii: "\r") { line.removeLast() }
      while let last = line.last, isBlank(last) { line.removeLast() }
      if line.isEmpty {
        emptyLines += 1
        continue
      }
      for _ in 0..<emptyLines { appendLineEnd(to: &result) }
      emptyLines = 0
      append(UnsafeBufferPointer(rebasing: line), to: &result)
      appendLineEnd(to: &result)
    }
    return result
  }

  /// One line, with each run of white space as one space.
  private static func append(_ line: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
    var copied = 0
    var index = 0
    while index < line.count {
      guard isBlank(line[index]) else {
        index += 1
        continue
      }
      var end = index + 1
      while end < line.count, isBlank(line[end]) { end += 1 }
      if end - index > 1 || line[index] != UInt8(ascii: " ") {
        result.append(contentsOf: UnsafeBufferPointer(rebasing: line[copied..<index]))
        result.append(UInt8(ascii: " "))
        copied = end
      }
      index = end
    }
    result.append(contentsOf: UnsafeBufferPointer(rebasing: line[copied...]))
  }

  private static func appendLineEnd(to result: inout [UInt8]) {
    result.append(UInt8(ascii: "\r"))
    result.append(UInt8(ascii: "\n"))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
