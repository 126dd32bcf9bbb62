import Files

/// Signs in a decoded text that it was decoded, now or long ago, with the wrong encoding. Characters that are lost, and other
/// doubts about one value, are ``TextDoubt``.
enum Mojibake: Equatable {
  /// A control character between U+0080 and U+009F, which no keyboard makes.
  case control(Unicode.Scalar)
  /// UTF-8 that was read in `encoding` and saved as UTF-8 again, `times` times; `text` is what was meant.
  case doubleEncoding(TextEncoding, times: Int, text: String)

  /// Checks UTF-8; nil when nothing is wrong.
  init?(in bytes: ArraySlice<UInt8>) {
    guard Self.isSuspicious(bytes) else { return nil }
    self.init(in: String(decoding: bytes, as: UTF8.self))
  }

  /// False for almost every text: only control characters, and two characters beyond ASCII side by side of which the first
  /// is one that UTF-8 begins with in some encoding, can be wrong.
  private static func isSuspicious(_ bytes: ArraySlice<UInt8>) -> Bool {
    var previous: UInt8 = 0
    var leads = false
    for byte in bytes {
      if byte < 0x80 {
        leads = false
      } else if byte >= 0xC0 {
        if leads { return true }
        // Â Ã Ä Å â, Ă Ĺ, ƒ, ¬ and signs: nothing that small letters of German or French begin with, except â.
        leads = byte == 0xC2 || byte == 0xC4 || byte == 0xC6 || byte == 0xCE || byte == 0xE2
      } else {
        if previous == 0xC2, byte < 0xA0 { return true }
        if previous == 0xC3 { leads = (0x82...0x85).contains(byte) || byte == 0x94 || byte == 0xA2 }
      }
      previous = byte
    }
    return false
  }

  /// Nil when nothing is wrong.
  init?(in text: String) {
    let scalars = Array(text.unicodeScalars)
    if let found = Self.doubled(scalars) {
      self = found
      return
    }
    guard let control = scalars.first(where: { (0x80...0x9F).contains($0.value) }) else { return nil }
    self = .control(control)
  }

  /// The encodings in which UTF-8 is read by mistake, the frequent ones first.
  private static let wrong: [TextEncoding] = [
    .windows1252, .latin1, .cp850, .macRoman, .windows1250, .cp437, .latin9, .windows1254, .cp852,
  ]

  /// The byte of each character in each of these encodings.
  private static let bytes: [(encoding: TextEncoding, byte: [UInt32: UInt8])] = wrong.map { encoding in
    var bytes: [UInt32: UInt8] = [:]
    for (index, value) in encoding.upper.enumerated() {
      // What has no character was read as the control character of that number.
      bytes[value == 0 ? UInt32(index) + 0x80 : value] = UInt8(index) + 0x80
    }
    return (encoding, bytes)
  }

  private static func doubled(_ scalars: [Unicode.Scalar]) -> Mojibake? {
    var best: (encoding: TextEncoding, times: Int, text: [Unicode.Scalar])?
    for (encoding, bytes) in bytes {
      guard var text = undone(scalars, bytes) else { continue }
      var times = 1
      while times < 5, let again = undone(text, bytes) {
        text = again
        times += 1
      }
      // The encoding in which all of it is put right leaves the shortest text.
      if let best, best.text.count <= text.count { continue }
      best = (encoding, times, text)
    }
    return best.map { .doubleEncoding($0.encoding, times: $0.times, text: String(String.UnicodeScalarView($0.text))) }
  }

  /// The text with every group that is UTF-8 read wrongly put right; nil when there is none.
  private static func undone(_ scalars: [Unicode.Scalar], _ bytes: [UInt32: UInt8]) -> [Unicode.Scalar]? {
    var result: [Unicode.Scalar] = []
    var found = false
    var index = 0
    while index < scalars.count {
      if let (scalar, length) = group(scalars, index, bytes) {
        result.append(scalar)
        found = true
        index += length
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    return found ? result : nil
  }

  /// The character that the next scalars are when they are taken for bytes of UTF-8, if it is one that names are written in.
  private static func group(
    _ scalars: [Unicode.Scalar], _ index: Int, _ bytes: [UInt32: UInt8]
  ) -> (Unicode.Scalar, length: Int)? {
    guard !scalars[index].isASCII, index + 1 < scalars.count, let first = bytes[scalars[index].value],
      let second = bytes[scalars[index + 1].value], second < 0xC0
    else { return nil }
    if first == 0xE2 {
      guard index + 2 < scalars.count, let third = bytes[scalars[index + 2].value], third < 0xC0 else { return nil }
      let value = 0x2000 + (UInt32(second) & 0x3F) << 6 + UInt32(third) & 0x3F
      // Signs of text; and those of which text that was misread before consists.
      let isSign =
        (0x2010...0x2044).contains(value) || (0x20A0...0x20BF).contains(value) || value == 0x2122
        || (0x2200...0x22FF).contains(value) || (0x2300...0x25FF).contains(value)
      return isSign ? Unicode.Scalar(value).map { ($0, 3) } : nil
    }
    let value = (UInt32(first) & 0x1F) << 6 + UInt32(second) & 0x3F
    let isMisread = value == 0x192 || value == 0x393 || (0x2C6...0x2DD).contains(value)
    guard (0xC2...0xC5).contains(first) || (first >= 0xC6 && first < 0xE0 && isMisread) else { return nil }
    guard value >= 0xA0, let scalar = Unicode.Scalar(value) else { return nil }
    let next = index + 2 < scalars.count ? scalars[index + 2] : " "
    let sign = scalars[index + 1]
    // A name in capitals that ends in Ä or Ã may stand in quotation marks: „SPÄ“. Inside a word they are no such marks.
    if scalars[index].isLetter, "“”‘’„‚»«›‹…–".unicodeScalars.contains(sign), !next.isLetter { return nil }
    // ORĂŞTIE, CÂŞTIG: Romanian in capitals.
    if scalars[index] == "Ă" || scalars[index] == "Â", sign == "Ş", next.isCapital { return nil }
    return (scalar, 2)
  }

  /// The encoding, and the other one in which the same is the same: one file must not seem to have two.
  private static func name(of encoding: TextEncoding, _ text: String) -> String {
    guard encoding == .cp850, let first = bytes.first(where: { $0.encoding == .cp850 })?.byte,
      let other = bytes.first(where: { $0.encoding == .cp437 })?.byte
    else { return encoding.rawValue }
    let scalars = Array(text.unicodeScalars)
    return undone(scalars, first) == undone(scalars, other) ? "cp850 or cp437" : encoding.rawValue
  }

  /// The reason, for the operator. `notUTF8` is the place where the file is not UTF-8; nil when it is UTF-8.
  /// - Parameter isCell: True for a cell of a workbook, which is not saved in an encoding that could be wrong.
  func description(of text: String, notUTF8: EncodingDetector.Finding?, isCell: Bool = false) -> String {
    let quoted = QuotedText(text)
    switch self {
    case .control(let scalar):
      let found = "\(quoted) has the control character \(VisibleText.notation(scalar))"
      return isCell
        ? "\(found), so the text came from a file that was read in a wrong encoding; correct the cell"
        : "\(found); the file was saved with a wrong encoding, save it again as \"CSV UTF-8\""
    case .doubleEncoding(let encoding, let times, let meant):
      if let finding = notUTF8 {
        let byte = String(finding.byte, radix: 16, uppercase: true)
        return "\(quoted) is UTF-8, but line \(finding.line) is not (byte \(byte)); the file mixes two encodings, "
          + "save it again as \"CSV UTF-8\""
      }
      let often = times == 1 ? "twice" : "\(times + 1) times"
      if isCell {
        return
          "\(quoted) is UTF-8 that a program read as \(Self.name(of: encoding, text)): it was \(QuotedText(meant)); "
          + "correct the cell, or import the text again as UTF-8"
      }
      return "\(quoted) was encoded \(often): it was \(QuotedText(meant)) in UTF-8, which a program read as "
        + "\(Self.name(of: encoding, text)) and saved as UTF-8 again; export the file again from where it comes from, and open it as UTF-8"
    }
  }
}
