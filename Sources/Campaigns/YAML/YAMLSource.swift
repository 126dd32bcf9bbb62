import Files

/// The text of a campaign file in characters and lines, as libyaml counts them, and what may not be anywhere in it: signs
/// that look like blanks or line ends to a person and like letters to YAML, or the other way about.
struct YAMLSource {
  typealias Place = YAMLDocument.Place

  let text: [Unicode.Scalar]
  /// Where each line begins; the first one at 0.
  private let starts: [Int]

  /// - Parameter bytes: UTF-8 whose lines end in LF alone, as ``withLineFeeds(_:)`` leaves them.
  init(_ bytes: [UInt8]) {
    text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    var starts = [0]
    for (index, scalar) in text.enumerated() where scalar == "\n" { starts.append(index + 1) }
    self.starts = starts
  }

  /// The text with every line end as LF: CR, CR LF and the CR CR LF of a file that was converted twice.
  static func withLineFeeds(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x0D) else { return bytes }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var waiting = 0
    for byte in bytes {
      if byte == 0x0D {
        waiting += 1
        continue
      }
      if byte != 0x0A { text += repeatElement(0x0A, count: waiting) }
      waiting = 0
      text.append(byte)
    }
    return text + Array(repeating: 0x0A, count: waiting)
  }

  var lineCount: Int { starts.count }

  /// The range of a line that is counted from 1, without its end; empty behind the last one.
  func line(_ number: Int) -> Range<Int> {
    guard number >= 1, number <= starts.count else { return text.count..<text.count }
    return starts[number - 1]..<(number < starts.count ? starts[number] - 1 : text.count)
  }

  func place(_ index: Int) -> Place {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= index { low = middle } else { high = middle }
    }
    return Place(line: low + 1, column: index - starts[low] + 1)
  }

  func index(of place: Place) -> Int { min(line(place.line).lowerBound + place.column - 1, text.count) }

  func string(_ range: Range<Int>) -> String {
    var string = String.UnicodeScalarView()
    string.append(contentsOf: text[range])
    return String(string)
  }

  /// The first character of a line that is neither blank nor tab; the end of the line when there is none.
  func content(_ line: Range<Int>) -> Int { line.first { !Self.isBlank(text[$0]) } ?? line.upperBound }

  /// The range without blanks and tabs at its ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    guard let first = range.first(where: { !Self.isBlank(text[$0]) }),
      let last = range.last(where: { !Self.isBlank(text[$0]) })
    else { return range.lowerBound..<range.lowerBound }
    return first..<last + 1
  }

  /// A blank or a tab: what separates words in YAML.
  static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

  /// A sign that a person takes for a blank, or does not see at all, and YAML takes for a letter.
  static func isOddBlank(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " ": false
    case "\u{AD}", "\u{180E}", "\u{200B}", "\u{2060}", "\u{FEFF}": true
    default: !scalar.isASCII && scalar.properties.generalCategory == .spaceSeparator
    }
  }

  /// A sign that a person takes for a colon.
  static func isOddColon(_ scalar: Unicode.Scalar) -> Bool { "：﹕∶꞉".unicodeScalars.contains(scalar) }

  /// A sign that a person takes for the hyphen of a list.
  static func isOddHyphen(_ scalar: Unicode.Scalar) -> Bool { "‐‑‒–—−•·".unicodeScalars.contains(scalar) }

  /// The first few signs that may not be where they are.
  var strays: [(place: Place, message: String)] {
    var found: [(Place, String)] = []
    for number in 1...starts.count where found.count < 20 {
      let line = line(number)
      if let stray = line.first(where: { ["\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}"].contains(text[$0]) }) {
        let what = text[stray] == "\u{FEFF}" ? "a byte-order mark" : "a line end"
        found.append(
          (place(stray), "\(what) that most programs do not show (\(VisibleText.notation(text[stray]))); remove it"))
        continue
      }
      let indentation = line.prefix { Self.isBlank(text[$0]) || Self.isOddBlank(text[$0]) }
      guard indentation.count < line.count, let odd = indentation.first(where: { Self.isOddBlank(text[$0]) }) else {
        continue
      }
      found.append(
        (
          place(odd),
          "this line is indented with \(VisibleText.notation(text[odd])), which only looks like a blank; "
            + "indent it with blanks"
        ))
    }
    return found
  }
}
