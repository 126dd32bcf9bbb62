import Foundation

/// Marks a PNG as a picture of a letter, so that a purge knows it: a text chunk behind the first chunk, which every program
/// that shows pictures passes over (PNG, third edition, §11.3.3).
enum PictureMark {
  private static let text = Array("Software\0eilbrief preview".utf8)
  /// The signature, and the chunk IHDR.
  private static let headLength = 8 + 25

  /// `png` is a PNG; nil when it is none.
  static func marked(_ png: Data) -> Data? {
    guard png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), png.count > headLength else { return nil }
    let content = Array("tEXt".utf8) + text
    var chunk = bytes(UInt32(text.count)) + content
    chunk += bytes(checksum(content))
    return png.prefix(headLength) + Data(chunk) + png.dropFirst(headLength)
  }

  static func isIn(_ start: Data) -> Bool { start.dropFirst(headLength + 8).starts(with: text) }

  private static func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

  /// CRC-32 as PNG has it (annex D), bit by bit: the chunk is short.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var checksum: UInt32 = .max
    for byte in bytes {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 1 ? 0xEDB8_8320 ^ checksum >> 1 : checksum >> 1 }
    }
    return ~checksum
  }
}
