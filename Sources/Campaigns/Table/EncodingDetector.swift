import Files
import Mail

/// Reads a customer file's bytes before any row is parsed, and determines their encoding and their digest.
///
/// The decision is for the whole file, never line by line: a byte order mark, else the zeros of UTF-16, else strict
/// UTF-8, else the encoding that `customers.encoding` names, else the one in which the words of the file are words
/// (``EncodingChoice``). A file for which that is not clear, one whose bytes are not those of the encoding that is named,
/// and one that is not text at all is an error with its line.
struct EncodingDetector: Sendable {
  let encoding: TextEncoding
  /// The length of the byte order mark in bytes, 0 to 3.
  let markLength: Int
  let digest: SHA256Digest
  let size: Int
  /// The line and the byte because of which the file is not UTF-8; nil when it is UTF-8 or UTF-16.
  private(set) var notUTF8: Finding?
  private(set) var notices: [TableNotice] = []

  struct Finding: Sendable {
    var line: Int
    var byte: UInt8
  }

  /// - Parameter named: What `customers.encoding` says.
  init(_ file: RandomAccessFile, name: String, named: TextEncoding? = nil) throws(CustomerFileError) {
    let bytes = FileBytes(file: file, name: name)
    var scan = Scan()
    var hash = SHA256Stream()
    var start: [UInt8] = []
    size = try bytes.visit { (piece, offset, _) in
      if offset == 0 { start = piece }
      hash.update(piece)
      scan.look(at: piece, offset: offset)
    }
    digest = hash.finish()
    guard size > 0 else {
      throw CustomerFileError(name, "the file is empty; it needs a header and one row per mailbox")
    }
    let decision = Decision(bytes: bytes, name: name, start: start, scan: scan, size: size, named: named)
    (encoding, markLength) = try decision.encoding(&notices)
    if encoding.isSingleByte, let place = scan.notUTF8 {
      notUTF8 = Finding(line: try bytes.line(at: place.offset), byte: place.byte)
    }
  }

  /// The findings of one pass over every byte.
  fileprivate struct Scan {
    private var utf8 = UTF8Scan()
    private(set) var notUTF8: (offset: Int, byte: UInt8)?
    /// The first zero byte that is not among those at the end, which ``TableEnd`` leaves out.
    private(set) var zero: Int?
    private var lastZero: Int?
    private(set) var last: UInt8?
    /// Where each byte from 80 on is for the first time; -1 for one that is nowhere.
    private(set) var first = [Int](repeating: -1, count: 128)
    var endsInside: Bool { !utf8.isComplete }
    var isUTF8: Bool { notUTF8 == nil && !endsInside }
    var isASCII: Bool { first.allSatisfy { $0 < 0 } }

    mutating func look(at piece: [UInt8], offset: Int) {
      if let byte = piece.last { last = byte }
      piece.withUnsafeBytes { bytes in
        var index = 0
        while index < bytes.count {
          if index + 8 <= bytes.count, utf8.isComplete || notUTF8 != nil {
            let eight = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if eight.isASCII, !eight.hasZeroByte, lastZero == nil || zero != nil {
              index += 8
              continue
            }
          }
          let byte = bytes[index]
          if notUTF8 == nil, !utf8.accepts(byte) { notUTF8 = (offset + index, byte) }
          if byte >= 0x80 {
            if first[Int(byte) - 0x80] < 0 { first[Int(byte) - 0x80] = offset + index }
          } else if byte == 0, lastZero == nil {
            lastZero = offset + index
          }
          if let place = lastZero, zero == nil, !TableEnd.canFollow(byte) {
            zero = place
          }
          index += 1
        }
      }
    }
  }
}

/// The decision about the encoding of one file, once all its bytes were seen.
private struct Decision {
  private static let saveAs = "save it as \"CSV UTF-8\""
  let bytes: FileBytes
  let name: String
  let start: [UInt8]
  let scan: EncodingDetector.Scan
  let size: Int
  let named: TextEncoding?

  func encoding(_ notices: inout [TableNotice]) throws(CustomerFileError) -> (TextEncoding, markLength: Int) {
    if start.starts(with: [0xFF, 0xFE, 0, 0]) || start.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw CustomerFileError(name, "this is UTF-32, which is not read; \(Self.saveAs)")
    }
    if let found = utf16() {
      if let named, named.width != 2 { throw contradiction(named, "it is \(found.encoding.rawValue)") }
      // A single 1A or zero behind UTF-16 was put there by a program that knows bytes only.
      guard size % 2 == 0 || scan.last.map(TableEnd.isEndMark) == true else {
        throw CustomerFileError(
          name, "\(found.encoding.rawValue) with an odd number of bytes: the file is cut off; \(Self.saveAs) again")
      }
      return (found.encoding, found.markLength)
    }
    if let named, named.width == 2 { throw contradiction(named, "it has one byte per letter") }
    if let zero = scan.zero {
      throw CustomerFileError(
        name, line: try bytes.line(at: zero), "a zero byte: this is no text file, or it is damaged; \(Self.saveAs)")
    }
    let hasMark = start.starts(with: [0xEF, 0xBB, 0xBF])
    if hasMark, let named, named != .utf8 { throw contradiction(named, "it begins with the mark of UTF-8") }
    if scan.isUTF8 {
      if let named, named.isSingleByte, !scan.isASCII { return (try utf8(named), 0) }
      // Without a byte beyond ASCII there is nothing to tell apart.
      return (named.map { scan.isASCII ? $0 : .utf8 } ?? .utf8, hasMark ? 3 : 0)
    }
    if hasMark || named == .utf8 {
      guard let place = scan.notUTF8 else { throw try cutOff() }
      let line = try bytes.line(at: place.offset)
      let why =
        hasMark
        ? "the file begins with the mark of UTF-8" : "customers.encoding in campaign.yaml names UTF-8, and the file"
      throw CustomerFileError(
        name, line: line,
        "\(why)\(hasMark ? " but" : "") is not UTF-8 here; \(Self.saveAs) again"
          + (hasMark ? "" : ", or leave the key out"))
    }
    if let named { return (try checked(named, &notices), 0) }
    return (try found(), 0)
  }

  /// A file of UTF-8 that ends inside a character.
  private func cutOff() throws(CustomerFileError) -> CustomerFileError {
    CustomerFileError(
      name, line: try bytes.line(at: size - 1),
      "the last character is cut off, so the file may be incomplete; export it again, and look whether the last row is there"
    )
  }

  private func contradiction(_ named: TextEncoding, _ what: String) -> CustomerFileError {
    CustomerFileError(
      name,
      "customers.encoding in campaign.yaml names \(named.rawValue), but the file is not in it: \(what); "
        + "leave the key out")
  }

  /// An encoding that was named for a file that is UTF-8 as a whole: right only where its words are words in it.
  private func utf8(_ named: TextEncoding) throws(CustomerFileError) -> TextEncoding {
    let sample = try WordSample(bytes)
    var cost = WordCost(named)
    let all = sample.utf8Words.keys.map { cost($0) ?? WordCost.most }
    if all.reduce(0, +) <= 24 * all.count { return named }
    let place = scan.first.filter { $0 >= 0 }.min() ?? 0
    let cell = try bytes.cell(at: place)
    throw CustomerFileError(
      name, line: try bytes.line(at: place),
      "customers.encoding in campaign.yaml names \(named.rawValue), but the file is UTF-8: "
        + "\(QuotedText(String(decoding: cell, as: UTF8.self))), which would be \(QuotedText(named.text(cell))); "
        + "leave the key out")
  }

  /// The encoding that was named, for a file that is not UTF-8. It is the operator's word, but the bytes must be its own.
  private func checked(
    _ named: TextEncoding, _ notices: inout [TableNotice]
  ) throws(CustomerFileError) -> TextEncoding {
    let upper = named.upper
    let undefined = scan.first.indices.filter { scan.first[$0] >= 0 && upper[$0] == 0 }
    if let worst = undefined.min(by: { scan.first[$0] < scan.first[$1] }) {
      let byte = String(worst + 0x80, radix: 16, uppercase: true)
      throw CustomerFileError(
        name, line: try bytes.line(at: scan.first[worst]),
        "the byte \(byte) is no character in \(named.rawValue), which customers.encoding in campaign.yaml names; name the "
          + "encoding that the file was saved in, or leave the key out")
    }
    let sample = try WordSample(bytes)
    guard !sample.words.isEmpty else { return named }
    let choice = EncodingChoice(sample)
    if choice.isClear, let word = choice.telling(against: named, sample), let place = sample.words[word] {
      let cell = try bytes.cell(at: place)
      notices.append(
        .encodingDoubted(
          named: named, likely: choice.readings[0].encoding, line: try bytes.line(at: place),
          text: named.text(cell), likelyText: choice.readings[0].encoding.text(cell)))
    } else if let word = EncodingChoice.worst(sample, in: named), let place = sample.words[word] {
      notices.append(
        .encodingUnlikely(
          named: named, line: try bytes.line(at: place), text: named.text(try bytes.cell(at: place))))
    }
    return named
  }

  /// The encoding in which the words of the file are words.
  private func found() throws(CustomerFileError) -> TextEncoding {
    let sample = try WordSample(bytes)
    // Bytes in no word that is not UTF-8: the file is UTF-8 but for a place that a row will show.
    guard !sample.words.isEmpty else { return .windows1252 }
    if sample.utf8Words.count > sample.words.count {
      guard let place = scan.notUTF8 else { throw try cutOff() }
      let byte = String(place.byte, radix: 16, uppercase: true)
      let line = try bytes.line(at: place.offset)
      let last = try bytes.line(at: sample.words.values.max() ?? place.offset)
      let more = last == line ? "" : " and others, up to line \(last)"
      throw CustomerFileError(
        name, line: line,
        "the file is UTF-8 but for this line\(more) (byte \(byte)); the file mixes two encodings, export it again as "
          + "\"CSV UTF-8\"")
    }
    let choice = EncodingChoice(sample)
    if choice.isClear { return choice.readings[0].encoding }
    if let place = sample.utf8Words.values.min(), let other = sample.words.values.min() {
      let shown = QuotedText(String(decoding: try bytes.cell(at: place), as: UTF8.self))
      let line = try bytes.line(at: other)
      throw CustomerFileError(
        name, line: try bytes.line(at: place),
        "\(shown) is UTF-8, but line \(line) is not; the file mixes two encodings, \(Self.saveAs)")
    }
    if let word = choice.stranger(sample), let place = sample.words[word] {
      throw CustomerFileError(
        name, line: try bytes.line(at: place),
        "this line is in another encoding than the others; the file mixes two, and naming one would garble the rest: "
          + "export it again from where it comes from, as \"CSV UTF-8\"")
    }
    throw CustomerFileError(try choice.question(sample, bytes))
  }

  /// Decides by the byte order mark, or by zeros on one side: in a table's header nearly every character is ASCII.
  private func utf16() -> (encoding: TextEncoding, markLength: Int)? {
    if start.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
    if start.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
    var sample = start.prefix(512)
    // Zeros behind a short file are no part of its text.
    while sample.last == 0 { sample.removeLast() }
    var zeros = [0, 0]
    for (index, byte) in sample.enumerated() where byte == 0 { zeros[index % 2] += 1 }
    let many = max(1, sample.count / 4)
    // A few characters have their zero on the other side, such as U+0400 and one half of U+1F600.
    if zeros[1] >= many, zeros[0] < zeros[1] / 4 { return (.utf16LittleEndian, 0) }
    if zeros[0] >= many, zeros[1] < zeros[0] / 4 { return (.utf16BigEndian, 0) }
    return nil
  }
}

/// Tells byte by byte whether a text is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
struct UTF8Scan: Sendable {
  private var pending = 0
  /// The range of the next continuation byte; narrower than 80…BF after E0, ED, F0 and F4.
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xBF

  /// True between characters; it must be true at the end of a file.
  var isComplete: Bool { pending == 0 }

  /// False for a byte that is not allowed here; the scan cannot be used afterwards.
  @inline(__always)
  mutating func accepts(_ byte: UInt8) -> Bool {
    if pending == 0 {
      if byte < 0x80 { return true }
      return begins(byte)
    }
    guard byte >= lower, byte <= upper else { return false }
    pending -= 1
    (lower, upper) = (0x80, 0xBF)
    return true
  }

  private mutating func begins(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: pending = 1
    case 0xE0: (pending, lower) = (2, 0xA0)
    case 0xED: (pending, upper) = (2, 0x9F)
    case 0xE1...0xEF: pending = 2
    case 0xF0: (pending, lower) = (3, 0x90)
    case 0xF4: (pending, upper) = (3, 0x8F)
    case 0xF1...0xF3: pending = 3
    default: return false
    }
    return true
  }
}
