import Files

/// Reads the records of a table one after the other (RFC 4180), with one record and one piece of the file in memory.
///
/// Quoted fields hold delimiters, line breaks and doubled quotes. A line ends in LF, CR, CR LF, or the CR CR LF that a
/// second translation of line ends leaves behind; a file may mix them. A line that is one quoted field with delimiters in
/// it is a line that was quoted once too often: it is read as what is inside. In a table with backslashes as databases write
/// them (``BackslashEscapes``) they are read as what they stand for. A fault of one record is noted in it; a fault that makes
/// every further record doubtful ends the reading with an error and its line: a quote that is never closed, a zero byte, half
/// a UTF-16 character.
struct CSVReader {
  private let file: RandomAccessFile
  private let name: String
  private let encoding: TextEncoding
  /// The characters from 80 to FF; empty where a byte is not a character.
  private let upper: [UInt32]
  private let delimiter: UInt32
  private let hasEscapes: Bool
  /// The offset behind the last byte of the table.
  private let fileEnd: Int
  /// For each byte, whether it is part of a field and nothing else, and its own UTF-8.
  private let isPlain: [Bool]
  private var buffer: [UInt8] = []
  private var bufferOffset: Int
  private var position = 0
  private var pieceSize = 4096
  private(set) var line: Int
  /// The line end of the last record read; nil when the file ended with it.
  private(set) var lineEnd: CSVForm.LineEnd?

  /// - Parameters:
  ///   - delimiter: nil when whole lines are read.
  ///   - hasEscapes: A backslash takes its meaning from what follows, and gives a sign behind it no other.
  ///   - end: What is at this offset and behind it is not read.
  init(
    _ file: RandomAccessFile, name: String, encoding: TextEncoding, delimiter: UInt8?, hasEscapes: Bool = false,
    offset: Int, line: Int = 1, end: Int = .max
  ) {
    self.file = file
    self.name = name
    self.encoding = encoding
    upper = encoding.upper
    self.delimiter = delimiter.map(UInt32.init) ?? Self.none
    self.hasEscapes = hasEscapes
    fileEnd = end
    bufferOffset = offset
    self.line = line
    var isPlain = [Bool](repeating: encoding == .utf8, count: 256)
    for byte in 0...127 { isPlain[byte] = encoding.width == 1 }
    for byte in [0, 0x0A, 0x0D, 0x22] { isPlain[byte] = false }
    if let delimiter { isPlain[Int(delimiter)] = false }
    if hasEscapes { isPlain[0x5C] = false }
    self.isPlain = isPlain
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
  private static let none: UInt32 = .max - 1
  private static let quote = UInt32(UInt8(ascii: "\""))
  private static let backslash = UInt32(UInt8(ascii: "\\"))

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
      try file.read(max(0, min(pieceSize, fileEnd - bufferOffset)), at: bufferOffset, into: &buffer)
    } catch {
      throw CustomerFileError(name, error.clause)
    }
    if buffer.count % encoding.width != 0 { buffer.removeLast() }
    pieceSize = min(pieceSize * 2, 131_072)
    return !buffer.isEmpty
  }

  private enum State { case fieldStart, unquoted, formula, quoted, quoteInQuoted, closed }

  /// Reads the next record into `record`; false at the end of the file. An empty line is a record of one empty field.
  mutating func next(into record: inout TableRecord) throws(CustomerFileError) -> Bool {
    record.begin(offset: offset, line: line)
    guard try peek() != Self.end else { return false }
    var state = State.fieldStart
    var quoteLine = line
    var returns = 0
    while true {
      if state != .quoteInQuoted, state != .closed, takePlain(into: &record) {
        if state == .fieldStart { state = .unquoted }
        if returns > 0 { line += returns }
        returns = 0
      }
      let unit = try peek()
      if unit != Self.end { position += encoding.width }
      if unit == 0 {
        throw CustomerFileError(
          name, line: line, "a zero byte: this is no text file, or it is damaged; save it as \"CSV UTF-8\"")
      }
      if hasEscapes, state != .quoteInQuoted, state != .closed, try takeEscape(unit, into: &record, &returns) {
        if state == .fieldStart { state = .unquoted }
        continue
      }
      if state == .quoted {
        countLine(unit, &returns)
        switch unit {
        case Self.quote: state = .quoteInQuoted
        case Self.end:
          throw CustomerFileError(
            name, line: quoteLine,
            "a quotation mark opens here and is never closed; close it, or double it when it belongs to the text")
        default: try append(unit, to: &record)
        }
        continue
      }
      switch unit {
      case delimiter:
        endField(of: &record)
        state = .fieldStart
      case 0x0A, 0x0D, Self.end:
        try endLine(unit)
        endField(of: &record)
        if record.hasQuotes { record.unwrapLine(delimiter: UInt8(truncatingIfNeeded: delimiter)) }
        return true
      case Self.quote:
        switch state {
        case .fieldStart:
          state = .quoted
          quoteLine = line
          record.noteQuotes()
        case .quoteInQuoted:
          try append(unit, to: &record)
          state = .quoted
        case .formula:
          try append(unit, to: &record)
        case .closed:
          if record.fault == nil { record.fault = .textAfterQuote(field: record.count) }
          state = .unquoted
          try append(unit, to: &record)
        case .unquoted, .quoted:
          if record.takeBackBlanks() {
            // `a; "b"`
            state = .quoted
            quoteLine = line
            record.noteQuotes()
          } else {
            // `="01000"` keeps a spreadsheet from making a number of it; other formulas have quotes too.
            if record.openFieldHasEqualsSign {
              state = .formula
            } else if record.fault == nil {
              record.fault = .strayQuote(field: record.count)
            }
            try append(unit, to: &record)
          }
        }
      default:
        if state == .quoteInQuoted || state == .closed {
          // `"a" ;b`: blanks behind a closing quote are no text.
          if unit == 0x20 || unit == 0x09 {
            state = .closed
            continue
          }
          if record.fault == nil { record.fault = .textAfterQuote(field: record.count) }
        }
        if state != .formula { state = .unquoted }
        try append(unit, to: &record)
      }
    }
  }

  private func endField(of record: inout TableRecord) {
    if hasEscapes { record.dropNull() }
    record.endField()
  }

  /// Takes a backslash and what it gives another meaning; false for any other sign. What no database writes stays as it is.
  private mutating func takeEscape(
    _ unit: UInt32, into record: inout TableRecord, _ returns: inout Int
  ) throws(CustomerFileError) -> Bool {
    // A line end CR LF in a cell, of which only the second half has a backslash.
    if unit == 0x0D, try peek() == Self.backslash {
      try append(unit, to: &record)
      return true
    }
    guard unit == Self.backslash else { return false }
    let next = try peek()
    let meant: UInt32? =
      switch next {
      case delimiter, Self.quote, Self.backslash, 0x0A, 0x0D, UInt32(UInt8(ascii: "'")): next
      case UInt32(UInt8(ascii: "n")): 0x0A
      case UInt32(UInt8(ascii: "r")): 0x0D
      case UInt32(UInt8(ascii: "t")): 0x09
      default: nil
      }
    guard let meant else {
      try append(unit, to: &record)
      return true
    }
    position += encoding.width
    if next == 0x0A || next == 0x0D { countLine(next, &returns) }
    try append(meant, to: &record)
    if next == 0x0D, try peek() == 0x0A {
      position += encoding.width
      countLine(0x0A, &returns)
      try append(0x0A, to: &record)
    }
    return true
  }

  /// Takes what is plain text from here on, as far as it is in memory; false when there is none.
  @inline(__always)
  private mutating func takePlain(into record: inout TableRecord) -> Bool {
    let start = position
    let count = buffer.count
    while position < count, isPlain[Int(buffer[position])] { position += 1 }
    guard position > start else { return false }
    record.append(buffer[start..<position])
    return true
  }

  /// Counts the line ends inside quotes as those outside: CR CR LF is one.
  @inline(__always)
  private mutating func countLine(_ unit: UInt32, _ returns: inout Int) {
    if unit == 0x0D {
      returns += 1
    } else if unit == 0x0A {
      line += max(1, returns - 1)
      returns = 0
    } else if returns > 0 {
      line += returns
      returns = 0
    }
  }

  private mutating func endLine(_ unit: UInt32) throws(CustomerFileError) {
    guard unit != Self.end else {
      lineEnd = nil
      return
    }
    line += 1
    lineEnd = .lf
    guard unit == 0x0D else { return }
    lineEnd = .cr
    switch try peek() {
    case 0x0A:
      position += encoding.width
      lineEnd = .crlf
    case 0x0D:
      let second = offset
      position += encoding.width
      if try peek() == 0x0A {
        position += encoding.width
        lineEnd = .crcrlf
      } else {
        // An empty line of a file whose lines end in CR.
        seek(second, line: line)
      }
    default: break
    }
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
