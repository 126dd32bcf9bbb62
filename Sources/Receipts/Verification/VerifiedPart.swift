import Files
import Foundation
import Mail

/// The signed beginning of a receipts file that was verified, for a reading of the same file when it has grown: with some
/// 40 bytes per message, as verifying has.
package struct VerifiedPart: Sendable {
  /// Bytes from the start of a file to the end of a line, and their digest.
  struct Beginning: Sendable {
    private(set) var bytes = 0
    private(set) var stream = SHA256Stream()

    mutating func append(_ line: [UInt8]) { appendPiece(line + [UInt8(ascii: "\n")]) }

    mutating func appendPiece(_ piece: [UInt8]) {
      stream.update(piece)
      bytes += piece.count
    }
  }

  let judge: ReceiptJudge
  private let bytes: Int
  private let digest: SHA256Digest

  init(_ judge: ReceiptJudge, _ beginning: Beginning) {
    self.judge = judge
    (bytes, digest) = (beginning.bytes, beginning.stream.finish())
  }

  /// Nil where `file` begins otherwise.
  func beginning(of file: URL) throws(FileError) -> Beginning? {
    let file = try RandomAccessFile(path: file.path)
    var beginning = Beginning()
    var piece: [UInt8] = []
    while beginning.bytes < bytes {
      try file.read(min(1 << 18, bytes - beginning.bytes), at: beginning.bytes, into: &piece)
      guard !piece.isEmpty else { return nil }
      beginning.appendPiece(piece)
    }
    return beginning.stream.finish() == digest ? beginning : nil
  }
}
