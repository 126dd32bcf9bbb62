import CZlib

/// Unpacks gzip bytes as they come: any number of members one after the other (RFC 1952 §2.2), with zeros after the
/// last one, as tapes and block devices leave them.
///
/// Throws a ``GzipFault`` at the first byte that is wrong; ``finish()`` throws when the file ends within a member.
final class GzipReader {
  private let stream: OpaquePointer
  private var output = [UInt8](repeating: 0, count: 256 << 10)
  /// Between two members: what comes next must be another one, or zeros to the end.
  private var isBetween = false
  private var onlyZeros = false

  init() throws(GzipFault) {
    guard let stream = czlib_open() else { throw GzipFault.outOfMemory }
    self.stream = stream
  }

  deinit { czlib_close(stream) }

  /// Hands over the bytes that `input` unpacks to, a piece at a time.
  func unpack(_ input: [UInt8], _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var start = 0
    var isFull = false
    while start < input.count || isFull {
      if isBetween {
        guard start < input.count else { return }
        if onlyZeros || input[start] == 0 {
          guard input[start...].allSatisfy({ $0 == 0 }) else { throw GzipFault.corrupt }
          onlyZeros = true
          return
        }
        guard czlib_next_member(stream) == czlib_ok else { throw GzipFault.corrupt }
        isBetween = false
      }
      var consumed = 0
      var produced = 0
      let result = input.withUnsafeBufferPointer { bytes in
        output.withUnsafeMutableBufferPointer { room in
          czlib_unpack(
            stream, bytes.baseAddress.map { $0 + start }, bytes.count - start, room.baseAddress, room.count, &consumed,
            &produced)
        }
      }
      start += consumed
      isFull = produced == output.count
      if produced > 0 { try body(output[..<produced]) }
      switch result {
      case czlib_ok:
        // zlib continues as long as it has input and room; if it did not, this would loop for ever.
        guard consumed > 0 || produced > 0 || start == input.count else { throw GzipFault.corrupt }
      case czlib_member_end:
        isBetween = true
        isFull = false
      case czlib_out_of_memory: throw GzipFault.outOfMemory
      default: throw GzipFault.corrupt
      }
    }
  }

  func finish() throws(GzipFault) {
    guard isBetween else { throw GzipFault.cutShort }
  }
}

enum GzipFault: Error, CustomStringConvertible {
  case corrupt, cutShort, outOfMemory

  var description: String {
    switch self {
    case .corrupt: "this gzip file is damaged; check it with \"gzip -t\", or take an undamaged copy"
    case .cutShort: "this gzip file is cut short; take a whole copy"
    case .outOfMemory: "there is no memory to unpack this file"
    }
  }
}
