import Delivery

/// Turns the bytes a relay sends into replies, however they are cut into pieces (RFC 5321 §4.2).
///
/// Strict where meaning is at stake: a line needs a code from 200 to 599, then a space, a hyphen or its end, and all
/// lines of a reply carry the same code. Lenient where it is not: a line may end in a lone LF, may hold any byte, may
/// be of any length, and may have no text. A reply may have 128 KiB in all; more, or bytes that are not a reply, throw,
/// and every later call throws too: after that nobody knows which reply answers which command.
struct ReplyParser {
  static let limit = 128 * 1024

  private var buffer: [UInt8] = []
  /// Where the next line starts in `buffer`.
  private var start = 0
  /// There is no line feed between `start` and here.
  private var searched = 0
  /// The lines before the last one of the reply being read.
  private var code: Int?
  private var text: [UInt8] = []
  private var size = 0
  private var failure: MalformedReply?

  /// True when everything received belongs to a reply that `next` has returned.
  var isEmpty: Bool { start == buffer.count && code == nil && failure == nil }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      start = 0
      searched = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole reply; nil when more bytes are needed.
  mutating func next() throws(MalformedReply) -> Reply? {
    if let failure { throw failure }
    do throws(MalformedReply) {
      while let line = nextLine() {
        if let reply = try take(line) { return reply }
      }
      if size + buffer.count - start > Self.limit { throw MalformedReply.tooLong }
      return nil
    } catch {
      failure = error
      throw error
    }
  }

  /// The range of the next line in `buffer`, without its line end.
  private mutating func nextLine() -> Range<Int>? {
    guard let feed = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = buffer.count
      return nil
    }
    var end = feed
    while end > start, buffer[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    defer {
      size += feed + 1 - start
      start = feed + 1
      searched = start
    }
    return start..<end
  }

  private mutating func take(_ line: Range<Int>) throws(MalformedReply) -> Reply? {
    guard size <= Self.limit else { throw .tooLong }
    guard let lineCode = code(of: line), lineCode == code ?? lineCode else {
      throw .noReply(Self.printable(buffer[line].prefix(60)))
    }
    let isLast = line.count == 3 || buffer[line.lowerBound + 3] != UInt8(ascii: "-")
    text.append(contentsOf: buffer[line].dropFirst(4))
    guard isLast else {
      code = lineCode
      text.append(UInt8(ascii: "\n"))
      return nil
    }
    let reply = Self.reply(code: lineCode, text: text)
    code = nil
    text.removeAll(keepingCapacity: true)
    size = 0
    return reply
  }

  /// The code of a line that has the form of a reply line.
  private func code(of line: Range<Int>) -> Int? {
    guard line.count >= 3 else { return nil }
    var value = 0
    for byte in buffer[line].prefix(3) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    guard (200...599).contains(value) else { return nil }
    if line.count > 3 {
      let separator = buffer[line.lowerBound + 3]
      guard separator == UInt8(ascii: " ") || separator == UInt8(ascii: "-") else { return nil }
    }
    return value
  }

  private static func reply(code: Int, text bytes: [UInt8]) -> Reply {
    let status = enhancedStatus(at: bytes)
    return Reply(code: code, enhanced: status?.class == code / 100 ? status : nil, text: printable(bytes[...]))
  }

  /// The same as `EnhancedStatus(prefixOf:)` on bytes: there are four replies per message, and taking a string apart
  /// would be a tenth of a session's work.
  private static func enhancedStatus(at bytes: [UInt8]) -> EnhancedStatus? {
    var place = 0
    func number(upTo digits: Int) -> Int? {
      let start = place
      var value = 0
      while place < bytes.count, place - start < digits, (0x30...0x39).contains(bytes[place]) {
        value = value * 10 + Int(bytes[place] - 0x30)
        place += 1
      }
      return place > start ? value : nil
    }
    func skipDot() -> Bool {
      guard place < bytes.count, bytes[place] == UInt8(ascii: ".") else { return false }
      place += 1
      return true
    }
    guard let first = number(upTo: 1), [2, 4, 5].contains(first), skipDot() else { return nil }
    guard let second = number(upTo: 3), skipDot(), let third = number(upTo: 3) else { return nil }
    guard place == bytes.count || [0x20, 0x09, 0x0A].contains(bytes[place]) else { return nil }
    return EnhancedStatus(first, second, third)
  }

  /// Control characters would act on the terminals and break the lines of those who read the reply later.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
    func isControl(_ byte: UInt8) -> Bool {
      byte == 0x7F || byte < 0x20 && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\t")
    }
    guard bytes.contains(where: isControl) else { return String(decoding: bytes, as: UTF8.self) }
    // 0xFF is never UTF-8, so it decodes to U+FFFD.
    return String(decoding: bytes.map { isControl($0) ? 0xFF : $0 }, as: UTF8.self)
  }
}

/// The relay sent something that is not a reply.
enum MalformedReply: Error, Hashable, CustomStringConvertible {
  case tooLong
  /// The start of the line, printable.
  case noReply(String)

  var description: String {
    switch self {
    case .tooLong: "the relay sent a reply of more than \(ReplyParser.limit / 1024) KiB"
    case .noReply(let line): "the relay sent “\(line)”, which is no SMTP reply here"
    }
  }
}
