import Foundation

/// The tables of docs/reliability.md: the totals of each part.
///
/// What each trial found is in the parts' own files, in full. A broken promise and a weakened build that nobody noticed
/// are never left out of the page.
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
    lines += controlLines
    let failures = parts.flatMap(\.failures)
    if !failures.isEmpty { lines += ["", "Broken promises:", ""] + failures.map { "- \(Self.cell($0))" } }
    return lines.joined(separator: "\n")
  }

  /// How many builds that were weakened on purpose each kind of trial was given, and how many it noticed.
  private var controlLines: [String] {
    let controls = parts.flatMap(\.controls)
    let missed = controls.filter { $0.noticed == nil }
    var lines = [
      "", "Weakened on purpose: \(controls.count - missed.count) of \(controls.count) noticed.", "",
      "| judge | weakened | noticed |", "|---|---:|---:|",
    ]
    var judges: [String] = []
    for control in controls where !judges.contains(control.kindOfJudge) { judges.append(control.kindOfJudge) }
    for judge in judges {
      let given = controls.filter { $0.kindOfJudge == judge }
      let noticed = given.count { $0.noticed != nil }
      lines.append(Self.row([judge, Self.grouped(given.count), Self.grouped(noticed)]))
    }
    if !missed.isEmpty { lines += ["", "Not noticed:", ""] + missed.map { "- \(Self.cell($0.weakened))" } }
    return lines
  }

  /// `text` with the tables in the place of the old ones; nil when it has no such place.
  public func replaced(in text: String) -> String? {
    guard let begin = text.range(of: Self.begin),
      let end = text.range(of: Self.end, range: begin.upperBound..<text.endIndex)
    else { return nil }
    return text[..<begin.upperBound] + "\n\n" + markdown + "\n\n" + text[end.lowerBound...]
  }

  private static func row(_ cells: [String]) -> String { "| " + cells.map(cell).joined(separator: " | ") + " |" }

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
