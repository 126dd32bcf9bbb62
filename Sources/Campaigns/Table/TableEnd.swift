import Files

/// The end of a table that is text: what old programs and damaged disks put behind it is no part of it.
///
/// These are the end-of-file mark 1A (CP/M, DOS, `copy a+b`) and zero bytes (blocks that were set aside and never
/// written), with line ends and blanks between them. Anything else behind them makes them part of the text, where they
/// are an error.
struct TableEnd {
  /// The offset behind the last byte of the table.
  let offset: Int
  let notice: TableNotice?

  static func isEndMark(_ byte: UInt8) -> Bool { byte == 0 || byte == 0x1A }

  /// True for what may stand between and behind these marks.
  static func canFollow(_ byte: UInt8) -> Bool {
    isEndMark(byte) || byte == 0x0A || byte == 0x0D || byte == 0x20 || byte == 0x09
  }

  /// Fails when the file cannot be read. Looks at the end of the file alone, as far as the marks go.
  init(_ file: RandomAccessFile, name: String, encoding: EncodingDetector) throws(CustomerFileError) {
    let width = encoding.encoding.width
    let size = encoding.size
    var end = size
    var zeros = 0
    var hasMark = false
    // Units of UTF-16 are counted from the byte order mark; a single byte behind them is a mark (see EncodingDetector).
    var place = size - (size % width)
    var piece: [UInt8] = []
    if place < size {
      end = place
      do throws(FileError) {
        try file.read(1, at: place, into: &piece)
      } catch {
        throw CustomerFileError(name, error.clause)
      }
      if piece == [0] { zeros = 1 } else { hasMark = true }
    }
    search: while place > encoding.markLength {
      let start = max(encoding.markLength, place - 65_536)
      do throws(FileError) {
        try file.read(place - start, at: start, into: &piece)
      } catch {
        throw CustomerFileError(name, error.clause)
      }
      guard piece.count == place - start else { break }
      var index = piece.count
      while index >= width {
        guard let byte = Self.narrow(piece[index - width..<index], encoding.encoding), Self.canFollow(byte) else {
          break search
        }
        index -= width
        guard Self.isEndMark(byte) else { continue }
        end = start + index
        if byte == 0 { zeros += width } else { hasMark = true }
      }
      place = start + index
      if index > 0 { break }
    }
    offset = end
    notice = zeros > 0 ? .zerosAtEnd(count: zeros) : hasMark ? .endMark : nil
  }

  /// The unit as a byte; nil when it is none.
  private static func narrow(_ unit: ArraySlice<UInt8>, _ encoding: TextEncoding) -> UInt8? {
    let (first, last) = (unit[unit.startIndex], unit[unit.endIndex - 1])
    guard encoding.width == 2 else { return first }
    return encoding == .utf16LittleEndian ? (last == 0 ? first : nil) : (first == 0 ? last : nil)
  }
}
