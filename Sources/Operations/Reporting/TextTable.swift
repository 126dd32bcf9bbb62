import Files

/// A plain table: columns padded to their widest cell as a terminal shows it, numbers to the right.
public struct TextTable: Sendable {
  private var rows: [[String]] = []

  public init() {}

  public mutating func add(_ cells: String...) { rows.append(cells) }

  public var isEmpty: Bool { rows.isEmpty }

  public func text(indent: Int = 2) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.count > column ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell -> String in
        if Int(cell) != nil { return DisplayWidth.padded(cell, to: widths[column], right: true) }
        return column == row.count - 1 ? cell : DisplayWidth.padded(cell, to: widths[column])
      }
      return String(repeating: " ", count: indent) + cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
