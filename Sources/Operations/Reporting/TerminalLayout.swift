import Files

/// Lays text out in a width of columns.
///
/// Pure. Every text is shown as a terminal may show it before it is measured: ``VisibleText``, and ASCII where the
/// terminal is not UTF-8.
struct TerminalLayout {
  let width: Int
  let isUTF8: Bool

  func shown(_ text: String) -> String {
    let text = VisibleText.line(text)
    guard !isUTF8 else { return text }
    return text.unicodeScalars.reduce(into: "") { $0 += $1.isASCII ? String($1) : Self.plain($1) }
  }

  private static func plain(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "“", "”", "„": "\""
    case "‘", "’": "'"
    case "…": "..."
    case "·", "–", "—": "-"
    case "\u{A0}", "\u{202F}": " "
    default: VisibleText.notation(scalar)
    }
  }

  private var mark: String { isUTF8 ? "…" : "..." }

  func clipped(_ text: String, to columns: Int) -> String { DisplayWidth.clipped(text, to: columns, mark: mark) }

  /// Never wider than the terminal, whatever is in it.
  func fit(_ line: TerminalLine) -> TerminalLine { line.clipped(to: width) }

  /// One text on the left, one on the right; the left one is clipped.
  func ends(_ left: TerminalLine, _ right: TerminalLine) -> TerminalLine {
    let room = max(1, width - right.width - 2)
    let text = clipped(shown(left.text), to: room)
    let gap = max(2, width - DisplayWidth.of(text) - right.width)
    return TerminalLine(text, left.pieces.first?.color ?? .plain) + TerminalLine(String(repeating: " ", count: gap))
      + right
  }

  /// Parts one after the other, as many on a line as fit.
  func flow(_ parts: [TerminalLine]) -> [TerminalLine] {
    let separator = TerminalLine(isUTF8 ? " · " : " - ", .faint)
    var lines: [TerminalLine] = []
    for part in parts {
      if let last = lines.last, last.width + separator.width + part.width <= width {
        lines[lines.count - 1] = last + separator + part
      } else {
        lines.append(part)
      }
    }
    return lines
  }

  /// The text broken at blanks, words that are too long anywhere; no more lines than `most`, the last one clipped then.
  ///
  /// - Parameter front: stands before the first line; the others are indented as far.
  func wrapped(_ text: String, _ color: TerminalLine.Color, most: Int, after front: String = "") -> [TerminalLine] {
    let indent = DisplayWidth.of(front)
    let room = max(4, width - indent)
    var lines = [""]
    for word in shown(text).split(separator: " ") {
      let last = lines[lines.count - 1]
      let joined = last.isEmpty ? String(word) : "\(last) \(word)"
      if DisplayWidth.of(joined) <= room {
        lines[lines.count - 1] = joined
        continue
      }
      if !last.isEmpty { lines.append("") }
      var rest = word[...]
      while DisplayWidth.of(rest) > room {
        let piece = DisplayWidth.clipped(String(rest), to: room, mark: "")
        if piece.isEmpty { break }
        lines[lines.count - 1] = piece
        lines.append("")
        rest = rest.dropFirst(piece.count)
      }
      lines[lines.count - 1] = String(rest)
    }
    if lines.count > most {
      let rest = lines[(most - 1)...].joined(separator: " ")
      lines = lines.prefix(most - 1) + [clipped(rest, to: room)]
    }
    let blanks = String(repeating: " ", count: indent)
    return lines.enumerated().map { TerminalLine($0.offset == 0 ? front : blanks) + TerminalLine($0.element, color) }
  }
}
