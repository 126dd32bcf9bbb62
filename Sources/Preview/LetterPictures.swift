public import Foundation
import Letters

/// Pictures of letters as PNG files: on a phone, on a wide screen and on paper.
///
/// They are made by a ``Chromium`` of their own, which ends with the call. Fails with ``PreviewError``; pictures that
/// were written before then are the caller's to remove.
public enum LetterPictures {
  /// Widths in pixels; paper is the area between the margins browsers leave on A4, at 96 pixels per inch.
  static let looks: [(name: String, width: Int, isPrinted: Bool)] = [
    ("360", 360, false), ("800", 800, false), ("print", 718, true),
  ]

  /// Writes three pictures per letter into `folder`.
  ///
  /// - Parameter severalLetters: Whether the campaign has several letters, so that the files are named by letter too.
  /// - Returns: How many pictures were written.
  public static func write(
    _ letters: [PreviewedLetter], severalLetters: Bool, to folder: URL
  ) throws(PreviewError) -> Int {
    let chromium = try Chromium()
    defer { chromium.close() }
    var count = 0
    for letter in letters {
      for look in looks {
        let png = try chromium.picture(of: letter.letter.html, width: look.width, isPrinted: look.isPrinted)
        guard let marked = PictureMark.marked(png) else {
          throw .noPicture("gave something that is no PNG", lastError: nil)
        }
        try PreviewFolder.write(
          marked, to: "\(letter.fileName(severalLetters: severalLetters))-\(look.name).png", in: folder)
        count += 1
      }
    }
    return count
  }
}

/// Marks a PNG as a picture of a letter, so that a purge recognises it: a text chunk after the first chunk, which every
/// program that shows pictures skips (PNG, third edition, §11.3.3).
public enum PictureMark {
  private static let text = Array("Software\0eilbrief preview".utf8)
  /// The signature, and the chunk IHDR.
  private static let headLength = 8 + 25

  /// The picture with the mark; nil when `png` is not a PNG.
  static func marked(_ png: Data) -> Data? {
    guard png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), png.count > headLength else { return nil }
    let content = Array("tEXt".utf8) + text
    var chunk = bytes(UInt32(text.count)) + content
    chunk += bytes(checksum(content))
    return png.prefix(headLength) + Data(chunk) + png.dropFirst(headLength)
  }

  /// Whether a file that begins with `start` has the mark.
  public static func isIn(_ start: Data) -> Bool { start.dropFirst(headLength + 8).starts(with: text) }

  private static func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

  /// CRC-32 as PNG defines it (annex D), bit by bit, since the chunk is short.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var checksum: UInt32 = .max
    for byte in bytes {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum & 1 == 1 ? 0xEDB8_8320 ^ checksum >> 1 : checksum >> 1 }
    }
    return ~checksum
  }
}
