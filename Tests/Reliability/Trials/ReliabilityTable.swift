import Foundation

/// The tables of docs/reliability.md.
public struct ReliabilityTable: Sendable {
  public static let begin = "<!-- figures: written by `make reliability`, from here -->"
  public static let end = "<!-- figures: to here -->"

  public var parts: [ReliabilityFigures]

  public init(_ parts: [ReliabilityFigures]) { self.parts = parts }

  public var markdown: String {
    var lines = [
      "| fault | tried | lost | silently doubled | false accepted | receipts missing, doubled or broken | uncertain |",
      "|---|---|---:|---:|---:|---:|---:|",
    ]
    for part in parts where !part.tried.isEmpty {
      let counts = [part.lost, part.silentlyDoubled, part.falseAccepted, part.receiptsWrong, part.uncertain]
      lines.append(Self.row([part.fault, part.tried] + counts.map { Self.grouped($0) }))
    }
    let controls = parts.flatMap(\.controls)
    let noticed = controls.count { $0.noticed != nil }
    lines += [
      "", "Weakened on purpose: \(noticed) of \(controls.count) noticed.", "", "| weakened | judge | noticed |",
      "|---|---|---|",
    ]
    lines += controls.map { Self.row([$0.weakened, $0.judge, $0.noticed.map(Self.short) ?? "**no**"]) }
    let failures = parts.flatMap(\.failures)
    if !failures.isEmpty { lines += ["", "Broken promises:", ""] + failures.map { "- \(Self.cell($0))" } }
    return lines.joined(separator: "\n")
  }

  /// `text` with the tables in the place of the old ones; nil when it has no such place.
  public func replaced(in text: String) -> String? {
    guard let begin = text.range(of: Self.begin),
      let end = text.range(of: Self.end, range: begin.upperBound..<text.endIndex)
    else { return nil }
    return text[..<begin.upperBound] + "\n\n" + markdown + "\n\n" + text[end.lowerBound...]
  }

  private static func row(_ cells: [String]) -> String { "| " + cells.map(cell).joined(separator: " | ") + " |" }

  /// What a reader needs of a finding: its beginning, and files without the folders of this run.
  private static func short(_ words: String) -> String {
    let line = words.prefix { !$0.isNewline }.replacing(#/(?:/[^/\s:]+)+/(?=[^/\s:])/#, with: "")
    return line.count > 140 ? line.prefix(139) + "…" : String(line)
  }

  /// One line, without what would end the cell.
  private static func cell(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ").split(separator: "|").joined(separator: "\\|")
  }

  /// 1234567 as 1,234,567.
  public static func grouped(_ number: Int) -> String {
    var groups: [Substring] = []
    var rest = Substring(String(number))
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return ([rest] + groups).joined(separator: ",")
  }
}
