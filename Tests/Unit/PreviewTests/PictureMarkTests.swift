import Foundation
import Testing

@testable import Preview

/// The mark by which a purge recognises pictures.
@Suite struct PictureMarkTests {
  /// One pixel.
  private var picture: Data {
    get throws {
      try #require(
        Data(
          base64Encoded:
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))
    }
  }

  @Test func isAChunkAfterTheFirst() throws {
    let picture = try picture
    let marked = try #require(PictureMark.marked(picture))
    let text = Data("tEXtSoftware\0eilbrief preview".utf8)
    // A length of 25 bytes; the checksum is what Python's zlib computes.
    let chunk = Data([0, 0, 0, 25]) + text + Data([0xC8, 0x99, 0xD8, 0x82])
    #expect(marked == picture.prefix(33) + chunk + picture.dropFirst(33))
    #expect(PictureMark.isIn(marked))
    #expect(!PictureMark.isIn(picture))
  }

  @Test(
    arguments: [[], Array("GIF89a and more than thirty-three bytes of it".utf8), [0x89, 0x50, 0x4E, 0x47]] as [[UInt8]])
  func isRefusedForWhatIsNotAPNG(bytes: [UInt8]) {
    #expect(PictureMark.marked(Data(bytes)) == nil)
    #expect(!PictureMark.isIn(Data(bytes)))
  }

  @Test func isRefusedForAPNGWithoutASecondChunk() throws {
    #expect(PictureMark.marked(try picture.prefix(33)) == nil)
  }
}
