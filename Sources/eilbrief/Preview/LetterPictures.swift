import Foundation
import Letters

/// Pictures of letters as PNG files: on a telephone, on a wide screen and on paper.
enum LetterPictures {
  /// In pixels; paper is what lies between the margins browsers leave on A4, at 96 pixels an inch.
  static let looks: [(name: String, width: Int, isPrinted: Bool)] = [
    ("360", 360, false), ("800", 800, false), ("print", 718, true),
  ]

  /// Returns how many were written.
  static func write(_ letters: [PreviewedLetter], severalLetters: Bool, to folder: URL) throws -> Int {
    let chromium = try Chromium()
    defer { chromium.close() }
    var count = 0
    for letter in letters {
      for look in looks {
        let png = try chromium.picture(of: letter.letter.html, width: look.width, isPrinted: look.isPrinted)
        guard let marked = PictureMark.marked(png) else {
          throw Failure(.cannotWrite, "no picture was made: Chromium gave something that is no PNG.")
        }
        try PreviewFolder.write(
          marked, to: "\(letter.fileName(severalLetters: severalLetters))-\(look.name).png", in: folder)
        count += 1
      }
    }
    return count
  }
}
