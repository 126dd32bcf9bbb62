/// A whole number as a program writes it that has numbers with fractions only: `2000.0` for 2000, as pandas does with a column
/// that has an empty cell, or `2000,00`.
struct WholeNumber: Equatable {
  /// The number without its fraction.
  let digits: String

  /// - Returns: nil for a text that is none. `2.000` is 2000 or a number with a fraction, and none either.
  init?(_ text: String) {
    guard text.utf8.last == UInt8(ascii: "0"), let place = text.utf8.firstIndex(where: { $0 == 0x2E || $0 == 0x2C })
    else { return nil }
    let whole = text.utf8[..<place]
    let fraction = text.utf8[text.utf8.index(after: place)...]
    guard !whole.isEmpty, whole.allSatisfy(Self.isDigit), fraction.allSatisfy({ $0 == UInt8(ascii: "0") }),
      fraction.count != 3 || whole.count > 3
    else { return nil }
    digits = String(text[..<place])
  }

  fileprivate static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// What the ids of a file show about a point or comma in them: in a column where every number has the fraction 0 it is no part
/// of the id, and beside `2000.1` it may well be.
struct IDFractions {
  /// How ids like `2000.0` are read.
  enum Reading {
    /// As they are written: there is none, or nobody has looked yet.
    case asWritten
    /// As whole numbers.
    case left
    /// As they are written, with a remark.
    case doubted
  }

  private var hasWhole = false
  private var hasOther = false

  mutating func look(at id: String) {
    guard id.utf8.contains(where: { $0 == 0x2E || $0 == 0x2C }) else { return }
    if WholeNumber(id) != nil {
      hasWhole = true
    } else if let place = id.utf8.lastIndex(where: { $0 == 0x2E || $0 == 0x2C }),
      id.utf8[id.utf8.index(after: place)...].first.map(WholeNumber.isDigit) == true
    {
      hasOther = true
    }
  }

  var reading: Reading { !hasWhole ? .asWritten : hasOther ? .doubted : .left }
}
