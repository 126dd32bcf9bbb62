import Foundation

/// One of the two bodies: its text with plain line ends, and its transfer encoding.
///
/// Refuses a NUL byte and the message's boundary, naming the line.
struct BodyPart {
  enum Transfer: String {
    case sevenBit = "7bit"
    case eightBit = "8bit"
    case quotedPrintable = "quoted-printable"
  }

  let transfer: Transfer
  /// About the number of bytes that the part will take; a hint, not a bound.
  let capacity: Int
  /// The text, whose lines end in LF alone.
  private let source: String

  init(
    _ text: String, in field: MessageError.Field, boundary: String, encoding: TransferEncoding
  ) throws(MessageError) {
    var source = text
    let survey = source.withUTF8 { Survey($0, boundary: boundary) }
    if let nul = survey.nul {
      throw MessageError(field, .nulByte(line: Self.line(of: nul, in: text)))
    }
    if let offset = survey.boundary {
      throw MessageError(field, .containsBoundary(line: Self.line(of: offset, in: text)))
    }
    self.source = survey.hasCarriageReturn ? Self.normalised(source) : source
    let isLong = survey.longestLine > 998
    transfer =
      encoding == .quotedPrintable || isLong ? .quotedPrintable : survey.isASCII ? .sevenBit : .eightBit
    let count = source.utf8.count
    capacity = count + survey.lineCount + (transfer == .quotedPrintable ? count / 8 + 2 * survey.wideCount : 0)
  }

  /// Appends the part with CRLF line ends, in its transfer encoding.
  func append(to bytes: inout [UInt8]) {
    var source = source
    source.withUTF8 { buffer in
      guard transfer != .quotedPrintable else {
        QuotedPrintable.append(buffer, to: &bytes)
        return
      }
      var rest = buffer[...]
      while let lineFeed = rest.firstLineFeed {
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<lineFeed]))
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
        rest = rest[(lineFeed + 1)...]
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: rest))
    }
  }

  /// The text with CRLF and CR replaced by LF.
  private static func normalised(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\r") {
        bytes.append(UInt8(ascii: "\n"))
      } else if byte != UInt8(ascii: "\n") || previous != UInt8(ascii: "\r") {
        bytes.append(byte)
      }
      previous = byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func line(of offset: Int, in text: String) -> Int {
    normalised(String(decoding: text.utf8.prefix(offset), as: UTF8.self)).utf8.count { $0 == UInt8(ascii: "\n") } + 1
  }

  /// The findings of one pass over the bytes. The C library's searches handle many bytes at a time.
  private struct Survey {
    var nul: Int?
    var boundary: Int?
    var hasCarriageReturn = false
    /// The number of octets outside ASCII.
    var wideCount = 0
    var lineCount = 1
    /// The length in octets, without the line end.
    var longestLine = 0
    var isASCII: Bool { wideCount == 0 }

    init(_ bytes: UnsafeBufferPointer<UInt8>, boundary needle: String) {
      guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
      nul = memchr(start, 0, bytes.count).map { UnsafeRawPointer(start).distance(to: $0) }
      boundary = Self.find(Array(needle.utf8), in: bytes)
      hasCarriageReturn = memchr(start, 0x0D, bytes.count) != nil
      wideCount = Self.countWide(UnsafeRawBufferPointer(bytes))
      var rest = bytes[...]
      while let lineFeed = hasCarriageReturn ? rest.firstLineEnd : rest.firstLineFeed {
        longestLine = max(longestLine, lineFeed - rest.startIndex)
        lineCount += 1
        rest = rest[(lineFeed + 1)...]
      }
      longestLine = max(longestLine, rest.count)
    }

    private static func countWide(_ bytes: UnsafeRawBufferPointer) -> Int {
      var count = 0
      var index = 0
      while index + 8 <= bytes.count {
        let high = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080
        if high != 0 { count += high.nonzeroBitCount }
        index += 8
      }
      for byte in bytes[index...] where byte >= 0x80 { count += 1 }
      return count
    }

    /// Horspool's search: it mostly checks only one byte in every `needle.count`. The needle is 1 to 66 bytes.
    private static func find(_ needle: [UInt8], in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
      let last = needle.count - 1
      var skips = [UInt8](repeating: UInt8(needle.count), count: 256)
      for index in 0..<last { skips[Int(needle[index])] = UInt8(last - index) }
      var end = last
      while end < bytes.count {
        if bytes[end] == needle[last], bytes[(end - last)...end].elementsEqual(needle) { return end - last }
        end += Int(skips[Int(bytes[end])])
      }
      return nil
    }
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  var firstLineFeed: Int? {
    guard let start = base.baseAddress, !isEmpty else { return nil }
    return memchr(start + startIndex, 0x0A, count).map { UnsafeRawPointer(start).distance(to: $0) }
  }

  fileprivate var firstLineEnd: Int? { firstIndex { $0 == 0x0A || $0 == 0x0D } }
}
