import Files
import Foundation

/// A table that can be read only from its beginning to its end, such as the sheet of a workbook, kept in a file without a
/// name in a form that can be read anywhere: each record with its line, the lengths of its fields, and their UTF-8.
///
/// Memory holds one record and one piece of the file. Fails with a ``CustomerFileError`` when there is no room for it.
final class StagedTable: Sendable {
  /// The customer file, for errors.
  private let name: String
  private let file: StagingFile
  private let size: Int

  private init(name: String, file: StagingFile, size: Int) {
    self.name = name
    self.file = file
    self.size = size
  }

  func reader(from offset: Int = 0) -> Reader { Reader(self, offset: offset) }

  /// Line, number of fields and number of bytes, each in four bytes, little-endian.
  private static let headerSize = 12

  /// Takes the records in the order of the table.
  struct Writer {
    private static let pieceSize = 1 << 20
    private let name: String
    private let file: StagingFile
    private var written = 0
    private var tail: [UInt8] = []

    init(name: String) throws(CustomerFileError) {
      self.name = name
      do throws(PlanStagingError) {
        file = try StagingFile(in: FileManager.default.temporaryDirectory)
      } catch {
        throw Self.noRoom(name, error)
      }
    }

    private static func noRoom(_ name: String, _ error: PlanStagingError) -> CustomerFileError {
      CustomerFileError(name, "the rows of the workbook cannot be kept while they are read: \(error)")
    }

    /// - Parameter fields: The bounds of ``TableRecord`` are the caller's to keep.
    mutating func add(line: Int, _ fields: [String]) throws(CustomerFileError) {
      add(line)
      add(fields.count)
      add(fields.reduce(0) { $0 + $1.utf8.count })
      for field in fields { add(field.utf8.count) }
      for field in fields { tail += field.utf8 }
      if tail.count >= Self.pieceSize { try flush() }
    }

    private mutating func add(_ number: Int) {
      for shift in [0, 8, 16, 24] { tail.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    private mutating func flush() throws(CustomerFileError) {
      do throws(PlanStagingError) {
        try file.write(tail, at: written)
      } catch {
        throw Self.noRoom(name, error)
      }
      written += tail.count
      tail.removeAll(keepingCapacity: true)
    }

    mutating func finish() throws(CustomerFileError) -> StagedTable {
      try flush()
      return StagedTable(name: name, file: file, size: written)
    }
  }

  /// Reads the records from any offset that a reader has had.
  struct Reader {
    private let table: StagedTable
    private var buffer: [UInt8] = []
    private var bufferOffset = 0
    private var pieceSize = 4096
    private(set) var offset: Int
    /// The line of the record that was read last.
    private(set) var line = 1

    fileprivate init(_ table: StagedTable, offset: Int) {
      self.table = table
      self.offset = offset
    }

    mutating func seek(_ offset: Int) {
      self.offset = offset
      if offset < bufferOffset || offset > bufferOffset + buffer.count { pieceSize = 4096 }
    }

    mutating func next(into record: inout TableRecord) throws(CustomerFileError) -> Bool {
      guard offset < table.size else { return false }
      try need(StagedTable.headerSize, at: offset)
      let (count, size) = (number(at: offset + 4), number(at: offset + 8))
      line = number(at: offset)
      record.begin(offset: offset, line: line)
      let fields = offset + StagedTable.headerSize
      let bytes = fields + 4 * count
      try need(bytes + size - offset, at: offset)
      var position = bytes - bufferOffset
      for field in 0..<count {
        let length = number(at: fields + 4 * field)
        record.append(buffer[position..<position + length])
        record.endField()
        position += length
      }
      offset = bytes + size
      return true
    }

    /// Sees to it that `count` bytes from `offset` are in memory.
    private mutating func need(_ count: Int, at offset: Int) throws(CustomerFileError) {
      guard offset < bufferOffset || offset + count > bufferOffset + buffer.count else { return }
      do throws(PlanStagingError) {
        buffer = try table.file.read(max(pieceSize, count), at: offset)
      } catch {
        throw CustomerFileError(table.name, "\(error)")
      }
      bufferOffset = offset
      pieceSize = min(pieceSize * 2, 131_072)
      guard buffer.count >= count else {
        throw CustomerFileError(
          table.name, "the rows of the workbook cannot be read back; see to the disk, then start again")
      }
    }

    private func number(at offset: Int) -> Int {
      let start = offset - bufferOffset
      return (0..<4).reduce(0) { $0 | Int(buffer[start + $1]) << (8 * $1) }
    }
  }
}
