import Files
import Foundation

/// Texts that are asked for by number, as the cells of a workbook do: kept in a file without a name once they are many. In
/// memory are the place of every eighth, and some blocks of the file.
///
/// Fails with ``WorkbookError/cannotStage(_:)`` when there is no room.
struct StringStore {
  private static let stride = 8
  private static let pieceSize = 1 << 20
  private static let blockSize = 16_384
  private static let slots = 512

  private var file: NamelessFile?
  private var written = 0
  /// What is not written yet; all there is when there is no file.
  private var tail: [UInt8] = []
  /// The offset of every eighth text, in four bytes each.
  private var places: [UInt32] = []
  private(set) var count = 0
  private var blocks: [(number: Int, bytes: [UInt8])] = []
  /// The text that follows the last one read, and its offset: most cells ask for them in order.
  private var next = (number: 0, offset: 0)

  /// A text of up to ``SheetRow/longestText`` bytes; a longer one is cut off there.
  mutating func append(_ text: [UInt8]) throws(WorkbookError) {
    if count % Self.stride == 0 {
      guard let place = UInt32(exactly: written + tail.count) else { throw .unpacksTooFar }
      places.append(place)
    }
    let length = min(text.count, SheetRow.longestText)
    for shift in [0, 8, 16] { tail.append(UInt8(truncatingIfNeeded: length >> shift)) }
    tail += text[..<length]
    count += 1
    if tail.count >= Self.pieceSize { try flush() }
  }

  private mutating func flush() throws(WorkbookError) {
    do throws(FileError) {
      if file == nil { file = try NamelessFile(in: FileManager.default.temporaryDirectory) }
      try file?.write(tail, at: written)
    } catch {
      throw .cannotStage(error)
    }
    written += tail.count
    tail.removeAll(keepingCapacity: true)
  }

  /// Ends the writing.
  mutating func finish() throws(WorkbookError) {
    guard file != nil else { return }
    try flush()
    blocks = Array(repeating: (-1, []), count: Self.slots)
  }

  /// Adds a text to `destination`; false when there is none of this number.
  mutating func read(_ number: Int, into destination: inout [UInt8]) throws(WorkbookError) -> Bool {
    guard number < count else { return false }
    if next.number != number {
      next = (number - number % Self.stride, Int(places[number / Self.stride]))
      while next.number < number {
        next.offset += 3 + (try length(at: next.offset))
        next.number += 1
      }
    }
    let length = try length(at: next.offset)
    try copy(length, at: next.offset + 3, into: &destination)
    next = (number + 1, next.offset + 3 + length)
    return true
  }

  private mutating func length(at offset: Int) throws(WorkbookError) -> Int {
    var length = 0
    for byte in 0..<3 {
      let place = offset + byte
      if file == nil {
        length |= Int(tail[place]) << (8 * byte)
      } else {
        let slot = try slot(of: place / Self.blockSize)
        length |= Int(blocks[slot].bytes[place % Self.blockSize]) << (8 * byte)
      }
    }
    return length
  }

  private mutating func copy(_ count: Int, at offset: Int, into destination: inout [UInt8]) throws(WorkbookError) {
    guard file != nil else {
      destination += tail[offset..<offset + count]
      return
    }
    var (offset, left) = (offset, count)
    while left > 0 {
      let slot = try slot(of: offset / Self.blockSize)
      let start = offset % Self.blockSize
      let part = min(left, Self.blockSize - start)
      destination += blocks[slot].bytes[start..<start + part]
      offset += part
      left -= part
    }
  }

  /// The slot in which a block is, after it was read if need be.
  private mutating func slot(of block: Int) throws(WorkbookError) -> Int {
    let slot = block % Self.slots
    guard blocks[slot].number != block, let file else { return slot }
    do throws(FileError) {
      var bytes = try file.read(Self.blockSize, at: block * Self.blockSize)
      // The last block is shorter, and what it lacks is not asked for.
      if bytes.count < Self.blockSize, (block + 1) * Self.blockSize <= written {
        throw FileError(.read, file.path, .other("less is in it than was written"))
      }
      bytes += [UInt8](repeating: 0, count: Self.blockSize - bytes.count)
      blocks[slot] = (block, bytes)
    } catch {
      throw .cannotStage(error)
    }
    return slot
  }
}
