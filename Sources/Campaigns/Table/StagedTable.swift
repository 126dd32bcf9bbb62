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
  /// The number of fields that every record has at least.
  private let width: Int

  private init(name: String, file: StagingFile, size: Int, width: Int) {
    self.name = name
    self.file = file
    self.size = size
    self.width = width
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
    private var width = 0

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

    /// - Parameters:
    ///   - fields: All fields, one directly after the other, and where they end. The bounds of ``TableRecord`` are noted
    ///     when the record is read.
    mutating func add(line: Int, _ fields: [UInt8], ends: [Int]) throws(CustomerFileError) {
      add(line)
      add(ends.count)
      add(fields.count)
      var start = 0
      for end in ends {
        add(end - start)
        start = end
      }
      tail += fields
      width = max(width, ends.count)
      if tail.count >= Self.pieceSize { try flush() }
    }

    @inline(__always)
    private mutating func add(_ number: Int) {
      tail.append(UInt8(truncatingIfNeeded: number))
      tail.append(UInt8(truncatingIfNeeded: number >> 8))
      tail.append(UInt8(truncatingIfNeeded: number >> 16))
      tail.append(UInt8(truncatingIfNeeded: number >> 24))
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

    /// Cells that a sheet does not have are empty: every record is as wide as the widest, up to this many fields. A stray
    /// cell far to the right must not make a million rows as wide.
    private static let widest = 256

    mutating func finish() throws(CustomerFileError) -> StagedTable {
      try flush()
      return StagedTable(name: name, file: file, size: written, width: min(width, Self.widest))
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
      while record.count < table.width { record.endField() }
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
      return Int(buffer[start]) | Int(buffer[start + 1]) << 8 | Int(buffer[start + 2]) << 16
        | Int(buffer[start + 3]) << 24
    }
  }
}
