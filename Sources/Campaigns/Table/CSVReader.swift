import Files

/// Reads the records of a table one after the other (RFC 4180), with one record and one piece of the file in memory.
///
/// Quoted fields hold delimiters, line breaks and doubled quotes; lines end in CRLF or LF. A fault of one record is
/// noted in it; a fault that makes every further record doubtful ends the reading with an error and its line: a quote
/// that is never closed, a carriage return alone, half a UTF-16 character.
struct CSVReader {
  private let file: RandomAccessFile
  private let name: String
  private let encoding: TextEncoding
  /// The characters from 80 to FF; empty where a byte is not a character.
  private let upper: [UInt32]
  private let delimiter: UInt32
  private var buffer: [UInt8] = []
  private var bufferOffset: Int
  private var position = 0
  private var pieceSize = 4096
  private(set) var line: Int
  /// True when the last record read ended in CRLF.
  private(set) var endedInCRLF = false

  init(_ file: RandomAccessFile, name: String, encoding: TextEncoding, delimiter: UInt8, offset: Int, line: Int = 1) {
    self.file = file
    self.name = name
    self.encoding = encoding
    upper = encoding.upper
    self.delimiter = UInt32(delimiter)
    bufferOffset = offset
    self.line = line
  }

  /// The offset at which the next record begins.
  var offset: Int { bufferOffset + position }

  /// Goes to the record that begins at `offset` in `line`. Bytes that are in memory already are not read again.
  mutating func seek(_ offset: Int, line: Int) {
    self.line = line
    if offset >= bufferOffset, offset <= bufferOffset + buffer.count {
      position = offset - bufferOffset
    } else {
      bufferOffset = offset
      position = 0
      buffer.removeAll(keepingCapacity: true)
      pieceSize = 4096
    }
  }

  private static let end: UInt32 = .max
  private static let quote = UInt32(UInt8(ascii: "\""))

  /// The next unit, without advancing; `end` at the end of the file.
  @inline(__always)
  private mutating func peek() throws(CustomerFileError) -> UInt32 {
    if position >= buffer.count, try !refill() { return Self.end }
    switch encoding {
    case .utf16LittleEndian: return UInt32(buffer[position]) | UInt32(buffer[position + 1]) << 8
    case .utf16BigEndian: return UInt32(buffer[position]) << 8 | UInt32(buffer[position + 1])
    default: return UInt32(buffer[position])
    }
  }

  /// Reads the next piece: a small one after a jump, larger ones when the reading continues in order. Pieces have an
  /// even length, so that no UTF-16 unit is split.
  private mutating func refill() throws(CustomerFileError) -> Bool {
    bufferOffset += buffer.count
    position = 0
    do throws(FileError) {
      try file.read(pieceSize, at: bufferOffset, into: &buffer)
    } catch {
      throw CustomerFileError(name, error.clause)
    }
    if buffer.count % encoding.width != 0 { buffer.removeLast() }
    pieceSize = min(pieceSize * 2, 131_072)
    return !buffer.isEmpty
  }

  private enum State { case fieldStart, unquoted, quoted, quoteInQuoted }

  /// Reads the next record into `record`; false at the end of the file. An empty line is a record of one empty field.
  mutating func next(into record: inout TableRecord) throws(CustomerFileError) -> Bool {
    record.begin(offset: offset, line: line)
    guard try peek() != Self.end else { return false }
    var state = State.fieldStart
    var quoteLine = line
    while true {
      let unit = try peek()
      if unit != Self.end { position += encoding.width }
      if state == .quoted {
        switch unit {
        case Self.quote: state = .quoteInQuoted
        case Self.end:
          throw CustomerFileError(
            name, line: quoteLine,
            "a quotation mark opens here and is never closed; close it, or double it when it belongs to the text")
        default: try append(unit, to: &record)
        }
        if unit == 0x0A { line += 1 }
        continue
      }
      switch unit {
      case delimiter:
        record.endField()
        state = .fieldStart
      case 0x0A, 0x0D, Self.end:
        try endLine(unit)
        record.endField()
        return true
      case Self.quote:
        switch state {
        case .fieldStart:
          state = .quoted
          quoteLine = line
          record.hasQuotes = true
        case .quoteInQuoted:
          try append(unit, to: &record)
          state = .quoted
        case .unquoted, .quoted:
          if record.fault == nil { record.fault = .strayQuote(field: record.count) }
          try append(unit, to: &record)
        }
      default:
        if state == .quoteInQuoted, record.fault == nil { record.fault = .textAfterQuote(field: record.count) }
        state = .unquoted
        try append(unit, to: &record)
      }
    }
  }

  private mutating func endLine(_ unit: UInt32) throws(CustomerFileError) {
    endedInCRLF = unit == 0x0D
    if unit == 0x0D {
      guard try peek() == 0x0A else {
        throw CustomerFileError(
          name, line: line,
          "a carriage return without a line feed: these are line ends of old Macintosh programs; save the file with "
            + "Windows or Unix line ends")
      }
      position += encoding.width
    }
    if unit != Self.end { line += 1 }
  }

  @inline(__always)
  private mutating func append(_ unit: UInt32, to record: inout TableRecord) throws(CustomerFileError) {
    if unit < 0x80 || encoding == .utf8 {
      record.append(UInt8(truncatingIfNeeded: unit))
    } else if !upper.isEmpty {
      // The detector found no byte that the encoding leaves undefined.
      let value = upper[Int(unit) - 0x80]
      record.append(value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}")
    } else {
      record.append(try scalar(unit))
    }
  }

  /// The character that begins with a UTF-16 unit; takes the second unit of a pair.
  private mutating func scalar(_ unit: UInt32) throws(CustomerFileError) -> Unicode.Scalar {
    if let scalar = Unicode.Scalar(unit) { return scalar }
    let second = unit < 0xDC00 ? try peek() : Self.end
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
    else {
      throw CustomerFileError(
        name, line: line,
        "half a character of \(encoding.rawValue): the file is damaged; save it again as \"CSV UTF-8\"")
    }
    position += encoding.width
    return scalar
  }
}
