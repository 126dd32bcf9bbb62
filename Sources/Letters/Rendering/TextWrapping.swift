/// Wraps the plain text of a letter to lines of at most 72 characters.
///
/// A value put into a line can make it too long; such a line is broken at spaces, and the continuation is indented as
/// the line was, after `- `, `[ ] ` or `1. `. A word is never broken, so a line with a long address or the URL stays
/// long. Lines that fit stay as they are.
enum TextWrapping {
  static let width = 72

  /// - Parameter leavesMarks: Leaves lines unchanged that hold a mark for a customer's text; they are wrapped when the
  ///   text is there. Wrapping a text twice is the same as wrapping it once.
  static func wrap(_ text: String, leavesMarks: Bool = false) -> String {
    var text = text
    let wrapped: [UInt8]? = text.withUTF8 { bytes in
      guard hasLongLine(bytes) else { return nil }
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count + 256)
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: newline) ?? bytes.count
        if leavesMarks, bytes[start..<end].contains(mark) {
          result.append(contentsOf: bytes[start..<end])
        } else {
          append(UnsafeBufferPointer(rebasing: bytes[start..<end]), to: &result)
        }
        if end < bytes.count { result.append(newline) }
        start = end + 1
      }
      return result
    }
    return wrapped.map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  private static let mark: UInt8 = 1
  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")

  private static func hasLongLine(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var count = 0
    for byte in bytes {
      if byte == newline {
        count = 0
      } else if byte & 0xC0 != 0x80 {
        count += 1
        if count > width { return true }
      }
    }
    return false
  }

  private static func append(_ line: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
    let indent = indentation(of: line)
    var start = 0
    var isFirst = true
    while true {
      // The first line brings its own indentation.
      if !isFirst { result.append(contentsOf: repeatElement(space, count: indent)) }
      var column = isFirst ? 0 : indent
      var index = start
      var lastSpace: Int?
      while index < line.count {
        if line[index] & 0xC0 != 0x80 {
          if column >= width, lastSpace != nil { break }
          column += 1
        }
        if line[index] == space, index >= start + (isFirst ? indent : 0) {
          // A word that is too long by itself ends at its first space.
          lastSpace = index
          if column > width { break }
        }
        index += 1
      }
      // The space right after a full line is as good a place as one before it.
      if index < line.count, line[index] == space { lastSpace = index }
      guard index < line.count, let end = lastSpace else {
        result.append(contentsOf: line[start...])
        return
      }
      result.append(contentsOf: line[start..<end])
      while result.last == space { result.removeLast() }
      start = end + 1
      while start < line.count, line[start] == space { start += 1 }
      if start == line.count { return }
      result.append(newline)
      isFirst = false
    }
  }

  /// The indentation of the lines that continue this one.
  private static func indentation(of line: UnsafeBufferPointer<UInt8>) -> Int {
    var index = 0
    while index < line.count, line[index] == space { index += 1 }
    let rest = line[index...]
    if rest.starts(with: "- ".utf8) { return index + 2 }
    if rest.starts(with: "[ ] ".utf8) { return index + 4 }
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    if digits > 0, rest.dropFirst(digits).starts(with: ". ".utf8) { return index + digits + 2 }
    return index
  }
}
