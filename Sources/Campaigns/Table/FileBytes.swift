import Files

/// The bytes of a customer file, read in pieces, and what stands at a place of it.
struct FileBytes {
  let file: RandomAccessFile
  let name: String

  /// Shows every piece with its offset, the last time an empty one; returns the size of the file.
  @discardableResult
  func visit(_ look: ([UInt8], _ offset: Int, _ isLast: Bool) -> Void) throws(CustomerFileError) -> Int {
    var buffer: [UInt8] = []
    var offset = 0
    repeat {
      do throws(FileError) {
        // A small table does not need a large buffer.
        try file.read(min(131_072, max(4096, try file.stamp().size - offset)), at: offset, into: &buffer)
      } catch {
        throw CustomerFileError(name, error.clause)
      }
      look(buffer, offset, buffer.isEmpty)
      offset += buffer.count
    } while !buffer.isEmpty
    return offset
  }

  /// The line of a place, counted from 1.
  func line(at place: Int) throws(CustomerFileError) -> Int {
    var line = 1
    // CR CR LF is one line end, as ``CSVReader`` has it.
    var returns = 0
    try visit { (piece, offset, _) in
      guard offset < place else { return }
      for byte in piece.prefix(place - offset) {
        if byte == 0x0D {
          returns += 1
        } else if byte == 0x0A {
          line += max(1, returns - 1)
          returns = 0
        } else if returns > 0 {
          line += returns
          returns = 0
        }
      }
    }
    return line + returns
  }

  /// The cell that holds a place, as far as it is within 80 bytes of it.
  func cell(at place: Int) throws(CustomerFileError) -> [UInt8] {
    let start = max(0, place - 80)
    var buffer: [UInt8] = []
    do throws(FileError) {
      try file.read(160, at: start, into: &buffer)
    } catch {
      throw CustomerFileError(name, error.clause)
    }
    let isEnd = { (byte: UInt8) in [0x09, 0x0A, 0x0D, 0x22, 0x2C, 0x3B, 0x7C].contains(byte) }
    let middle = min(place - start, buffer.count)
    let first = buffer[..<middle].lastIndex(where: isEnd).map { $0 + 1 } ?? 0
    let end = buffer[middle...].firstIndex(where: isEnd) ?? buffer.count
    return Array(buffer[first..<end])
  }
}

extension WordSample {
  /// The words of a whole file.
  init(_ file: FileBytes) throws(CustomerFileError) {
    var sample = WordSample()
    try file.visit { (piece, offset, isLast) in sample.look(at: piece, offset: offset, isLast: isLast) }
    self = sample
  }
}
