/// The bytes of one mail before they are read.
enum MailBytes {
  /// Bytes and lines that may be a boundary: what comes after so many is left out, since each part takes memory.
  static let sizeLimit = 4 << 20
  static let boundaryLimit = 5_000

  /// With line feeds, where the mail has carriage returns alone, and without what stands before the first header: a line
  /// `From …` of an mbox, empty lines, a byte order mark.
  static func normalised(_ mail: [UInt8]) -> [UInt8] {
    var mail = mail.prefix(sizeLimit)
    if mail.starts(with: [0xEF, 0xBB, 0xBF]) { mail = mail.dropFirst(3) }
    if mail.contains(13), !mail.contains(10) { mail = mail.map { $0 == 13 ? 10 : $0 }[...] }
    mail = mail.drop { $0 == 10 || $0 == 13 || $0 == 32 }
    while mail.starts(with: Array("From ".utf8)) || mail.starts(with: Array(">From ".utf8)) {
      let end = mail.firstIndex(of: 10) ?? mail.endIndex - 1
      mail = mail[(end + 1)...].drop { $0 == 10 || $0 == 13 }
    }
    return Array(mail[..<endOfParts(mail)])
  }

  private static func endOfParts(_ mail: ArraySlice<UInt8>) -> Int {
    var boundaries = 0
    var start = mail.startIndex
    while start < mail.endIndex {
      if mail[start...].starts(with: [45, 45]) {
        boundaries += 1
        if boundaries > boundaryLimit { return start }
      }
      guard let end = mail[start...].firstIndex(of: 10) else { break }
      start = end + 1
    }
    return mail.endIndex
  }
}
