/// A rendered text, cut at the marks of the customer's texts, to be put together for each customer of one shape.
struct CutText: Sendable {
  private enum Piece: Sendable {
    case fixed(String)
    case field(Int)
  }
  private let pieces: [Piece]
  private let fixedCount: Int
  /// Names of values that the text needs and that are empty in this shape, in the order of their places.
  let absent: [String]

  init(_ rendered: String) {
    var pieces: [Piece] = []
    var absent: [String] = []
    var fixedCount = 0
    var rest = rendered[...]
    while let begin = rest.firstIndex(of: LetterMark.begin), let end = rest[begin...].firstIndex(of: LetterMark.end) {
      pieces.append(.fixed(String(rest[..<begin])))
      fixedCount += rest[..<begin].utf8.count
      let mark = rest[rest.index(after: begin)..<end]
      if let number = Int(mark) {
        pieces.append(.field(number))
      } else {
        absent.append(String(mark.dropFirst()))
      }
      rest = rest[rest.index(after: end)...]
    }
    pieces.append(.fixed(String(rest)))
    self.pieces = pieces
    self.fixedCount = fixedCount + rest.utf8.count
    self.absent = absent
  }

  /// - Parameter fields: The customer's texts, escaped as this part of the letter needs.
  func filled(with fields: [String]) -> String {
    var text = ""
    text.reserveCapacity(fixedCount + 64 * pieces.count)
    for piece in pieces {
      switch piece {
      case .fixed(let fixed): text += fixed
      case .field(let number): text += fields[number]
      }
    }
    return text
  }
}
