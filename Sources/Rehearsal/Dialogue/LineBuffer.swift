import Glibc
import NIOCore

/// The bytes a client has sent and the relay has not used yet, handed out line by line.
///
/// Lines end in CRLF; the buffer never looks past the next LF, so it makes no difference how the bytes were cut on
/// their way. It holds at most one unfinished line up to the limit plus what came in one go; what a line has beyond the
/// limit is thrown away as it comes.
struct LineBuffer {
  enum Line: Equatable {
    /// Without its CRLF; it may hold bare CRs.
    case line([UInt8])
    /// Ended by an LF without CR before it.
    case bareLF
    case tooLong
  }

  private(set) var bytes = ByteBuffer()
  private var discarding = false
  /// The rest of a line that was dropped is still to come.
  private var dropping = false

  var isEmpty: Bool { bytes.readableBytes == 0 }

  mutating func append(_ more: inout ByteBuffer) {
    if bytes.readableBytes == 0 { swap(&bytes, &more) } else { bytes.writeBuffer(&more) }
  }

  mutating func removeAll() { bytes = ByteBuffer() }

  /// Drops everything that is there, and the rest of its last line when that comes. False when there was nothing.
  mutating func dropRest() -> Bool {
    guard !isEmpty else { return false }
    dropping = bytes.getInteger(at: bytes.writerIndex - 1, as: UInt8.self) != 0x0a
    removeAll()
    return true
  }

  /// The next command line; nil until it is complete. `limit` counts octets with CRLF.
  mutating func nextLine(limit: Int) -> Line? {
    if dropping {
      guard let length = lengthThroughLF() else {
        removeAll()
        return nil
      }
      dropping = false
      bytes.moveReaderIndex(forwardBy: length)
    }
    guard let length = lengthThroughLF() else {
      if discarding || bytes.readableBytes >= limit {
        discarding = true
        removeAll()
      }
      return nil
    }
    if discarding || length > limit {
      discarding = false
      bytes.moveReaderIndex(forwardBy: length)
      return .tooLong
    }
    guard var line = bytes.readBytes(length: length) else { return nil }
    line.removeLast()
    guard line.popLast() == 0x0d else { return .bareLF }
    return .line(line)
  }

  /// The next line without taking it, if it is complete and whole.
  func peekLine(limit: Int) -> [UInt8]? {
    guard let length = lengthThroughLF(), (2...limit).contains(length),
      let line = bytes.getBytes(at: bytes.readerIndex, length: length), line[length - 2] == 0x0d
    else { return nil }
    return Array(line.dropLast(2))
  }

  /// Hands the next piece of message text to `body`: a line with its LF, or a piece of an over-long line without one.
  /// Returns false when more bytes are needed.
  mutating func nextPiece(limit: Int, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    var length = lengthThroughLF()
    if length == nil, bytes.readableBytes > limit {
      // The last octet stays: it may be the CR of this line's CRLF.
      length = bytes.readableBytes - 1
    }
    guard let length else { return false }
    bytes.withUnsafeReadableBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
    bytes.moveReaderIndex(forwardBy: length)
    return true
  }

  private func lengthThroughLF() -> Int? {
    bytes.withUnsafeReadableBytes { all in
      guard let base = all.baseAddress, let end = memchr(base, 0x0a, all.count) else { return nil }
      return UnsafeRawPointer(end) - base + 1
    }
  }
}
