import Files
import Mail

/// Reads a customer file's bytes before any row is parsed, and determines their encoding and their digest.
///
/// The decision is for the whole file, never line by line: a byte order mark, else the zeros of UTF-16, else strict
/// UTF-8, else Windows-1252. A file in none of these encodings, or one that is not text at all, is an error with its
/// line.
struct EncodingDetector: Sendable {
  let encoding: TextEncoding
  /// The length of the byte order mark in bytes, 0 to 3.
  let markLength: Int
  let digest: SHA256Digest
  let size: Int
  /// The line and the byte because of which the file is read as Windows-1252 and not as UTF-8.
  private(set) var notUTF8: Finding?

  struct Finding: Sendable {
    var line: Int
    var byte: UInt8
  }

  init(_ file: RandomAccessFile, name: String) throws(CustomerFileError) {
    var scan = Scan()
    var hash = SHA256Stream()
    var start: [UInt8] = []
    var buffer: [UInt8] = []
    var offset = 0
    repeat {
      do throws(FileError) {
        // A small table does not need a large buffer.
        try file.read(min(131_072, max(4096, try file.stamp().size - offset)), at: offset, into: &buffer)
      } catch {
        throw CustomerFileError(name, error.clause)
      }
      if offset == 0 { start = buffer }
      offset += buffer.count
      hash.update(buffer)
      scan.look(at: buffer)
    } while !buffer.isEmpty
    digest = hash.finish()
    size = offset
    guard size > 0 else {
      throw CustomerFileError(name, "the file is empty; it needs a header and one row per mailbox")
    }
    (encoding, markLength) = try Self.decide(start, scan, size: size, name: name)
    if encoding == .windows1252 { notUTF8 = scan.notUTF8 }
  }

  /// The findings of one pass over every byte.
  private struct Scan {
    private var utf8 = UTF8Scan()
    private var line = 1
    private(set) var notUTF8: Finding?
    private(set) var not1252: Finding?
    private(set) var zeroLine: Int?
    var endsInside: Bool { !utf8.isComplete }

    mutating func look(at bytes: [UInt8]) {
      for byte in bytes {
        if notUTF8 == nil, !utf8.accepts(byte) { notUTF8 = Finding(line: line, byte: byte) }
        if byte == 0x0A { line += 1 }
        if byte == 0, zeroLine == nil { zeroLine = line }
        if byte >= 0x80, not1252 == nil, TextEncoding.windows1252(byte) == nil {
          not1252 = Finding(line: line, byte: byte)
        }
      }
    }
  }

  private static func decide(
    _ start: [UInt8], _ scan: Scan, size: Int, name: String
  ) throws(CustomerFileError) -> (TextEncoding, Int) {
    let saveAs = "save it as \"CSV UTF-8\""
    if start.starts(with: [0xFF, 0xFE, 0, 0]) || start.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw CustomerFileError(name, "this is UTF-32, which is not read; \(saveAs)")
    }
    if let encoding = utf16(start) {
      guard size % 2 == 0 else {
        throw CustomerFileError(
          name, "\(encoding.0.rawValue) with an odd number of bytes: the file is cut off; \(saveAs) again")
      }
      return encoding
    }
    if let line = scan.zeroLine {
      throw CustomerFileError(name, line: line, "a zero byte: this is no text file; \(saveAs)")
    }
    let mark = start.starts(with: [0xEF, 0xBB, 0xBF])
    if scan.notUTF8 == nil, !scan.endsInside { return (.utf8, mark ? 3 : 0) }
    if mark {
      throw CustomerFileError(
        name, line: scan.notUTF8?.line,
        "the file begins with the mark of UTF-8 but is not UTF-8 \(scan.notUTF8 == nil ? "at its end" : "here"); \(saveAs) again"
      )
    }
    if let bad = scan.not1252 {
      let hex = String(bad.byte, radix: 16, uppercase: true)
      throw CustomerFileError(
        name, line: bad.line, "unknown encoding: the byte \(hex) is neither UTF-8 nor Windows-1252; \(saveAs)")
    }
    return (.windows1252, 0)
  }

  /// Decides by the byte order mark, or by zeros on one side: in a table's header nearly every character is ASCII.
  private static func utf16(_ start: [UInt8]) -> (TextEncoding, Int)? {
    if start.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
    if start.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
    let sample = start.prefix(512)
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
