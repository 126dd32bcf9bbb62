/// Divides the bytes of a file into mails: at the `From ` lines of an mbox, if it begins with one, else it is one mail.
///
/// A `From ` line counts after an empty line, when it ends in a year or a time zone as mbox files have it (RFC 4155): in a
/// text it is more often a sentence. Of a mail with more than `sizeLimit` bytes the first ones are kept.
struct MailboxReader {
  private let sizeLimit: Int
  private var mail: [UInt8] = []
  /// The line that is being read, without its line feed; longer ones are no `From ` lines.
  private var line: [UInt8] = []
  private var isMailbox: Bool?
  private var isAfterEmptyLine = false

  init(sizeLimit: Int) { self.sizeLimit = sizeLimit }

  mutating func read(_ bytes: [UInt8], _ body: ([UInt8]) throws -> Void) rethrows {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: 10)
      line += bytes[start..<(end ?? bytes.endIndex)]
      // A line without end is not kept twice.
      if end == nil, line.count > Self.longestLine { keepLine(isWhole: false) }
      guard let end else { return }
      try endLine(body)
      start = end + 1
    }
  }

  mutating func finish(_ body: ([UInt8]) throws -> Void) rethrows {
    keepLine(isWhole: false)
    if isMailbox != true || mail.contains(where: { $0 > 32 }) { try body(mail) }
    mail = []
  }

  private static let longestLine = 4_096

  private mutating func endLine(_ body: ([UInt8]) throws -> Void) rethrows {
    if isMailbox == nil, line.contains(where: { $0 > 32 }) { isMailbox = Self.isSeparator(line) }
    if isMailbox == true, isAfterEmptyLine, Self.isSeparator(line) {
      try body(mail)
      mail.removeAll(keepingCapacity: true)
    }
    isAfterEmptyLine = line.isEmpty || line == [13]
    keepLine(isWhole: true)
  }

  private mutating func keepLine(isWhole: Bool) {
    if mail.count < sizeLimit {
      mail += line.prefix(sizeLimit - mail.count)
      if isWhole { mail.append(10) }
    }
    line.removeAll(keepingCapacity: true)
  }

  private static func isSeparator(_ line: [UInt8]) -> Bool {
    guard line.starts(with: Array("From ".utf8)), line.count < 300 else { return false }
    let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return words.count >= 5 && words.contains { $0.contains(":") && $0.first?.isNumber == true }
      && words.suffix(3).contains { $0.count == 4 && Int($0) != nil }
  }
}
