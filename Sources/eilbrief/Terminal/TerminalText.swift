/// A plain table for the terminal: columns padded to their widest cell, numbers to the right.
struct TextTable {
  private var rows: [[String]] = []

  mutating func add(_ cells: String...) { rows.append(cells) }

  var isEmpty: Bool { rows.isEmpty }

  func text(indent: Int = 2) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell -> String in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        if Int(cell) != nil { return padding + cell }
        return column == row.count - 1 ? cell : cell + padding
      }
      return String(repeating: " ", count: indent) + cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension String {
  /// Help text as the parser wants it, which breaks lines for the terminal itself: a paragraph on one line. Indented
  /// lines and lists stay as they are.
  var flowing: String {
    var lines: [String] = []
    var isOpen = false
    for line in split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let flows = !line.isEmpty && !line.hasPrefix(" ")
      if flows, isOpen {
        lines[lines.count - 1] += " " + line
      } else {
        lines.append(line)
      }
      isOpen = flows
    }
    return lines.joined(separator: "\n")
  }
}
