/// A header field that grows piece by piece and is folded before a piece that would not fit.
struct FoldedField {
  private static let width = 78
  private(set) var bytes: [UInt8]
  private var column: Int

  init(_ name: String) {
    bytes = Array(name.utf8)
    column = bytes.count
  }

  mutating func append(_ piece: String, afterBlank: Bool = true) {
    let needed = piece.utf8.count + (afterBlank ? 1 : 0)
    if column + needed > Self.width {
      fold()
    } else if afterBlank {
      bytes.append(UInt8(ascii: " "))
      column += 1
    }
    bytes += piece.utf8
    column += piece.utf8.count
  }

  /// A piece that may be broken anywhere.
  mutating func append(base64 text: String) {
    var rest = text.utf8[...]
    while !rest.isEmpty {
      if column == Self.width { fold() }
      let piece = rest.prefix(Self.width - column)
      bytes += piece
      column += piece.count
      rest = rest.dropFirst(piece.count)
    }
  }

  private mutating func fold() {
    bytes += "\r\n ".utf8
    column = 1
  }
}
