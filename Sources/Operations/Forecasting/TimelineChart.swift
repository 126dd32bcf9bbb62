public import Delivery
public import Foundation

/// Letters accepted over time, as a bar chart for a terminal.
///
/// A row is a quarter of an hour, or more where there would be too many rows; rows without letters are there too.
public struct TimelineChart: Sendable {
  public struct Row: Sendable, Hashable {
    public var from: Date
    public var accepted: Int
    /// As wide as its share of the largest row.
    public var bar: String
  }

  public let rows: [Row]
  /// Seconds of a row.
  public let step: TimeInterval
  /// The rows are of more than one day.
  public let hasDays: Bool

  private static let mostRows = 32
  private static let width = 40
  /// Quarters of an hour in a row.
  private static let steps = [1, 2, 4, 8, 16, 24, 48, 96]

  public init(_ outcome: ForecastOutcome) {
    guard let first = outcome.quarters.keys.min(), let last = outcome.quarters.keys.max() else {
      (rows, step, hasDays) = ([], ForecastOutcome.quarter, false)
      return
    }
    func rowCount(_ step: Int) -> Int { Self.row(last, step) - Self.row(first, step) + 1 }
    var quarters = Self.steps.first { rowCount($0) <= Self.mostRows } ?? 96
    while rowCount(quarters) > Self.mostRows { quarters *= 2 }
    step = Double(quarters) * ForecastOutcome.quarter
    var counts = Array(repeating: 0, count: rowCount(quarters))
    for (quarter, count) in outcome.quarters {
      counts[Self.row(quarter, quarters) - Self.row(first, quarters)] += count
    }
    let most = counts.max() ?? 0
    let (start, length) = (Double(Self.row(first, quarters)), step)
    rows = counts.enumerated().map { index, count in
      Row(
        from: Date(timeIntervalSinceReferenceDate: (start + Double(index)) * length), accepted: count,
        bar: Self.bar(count, of: most))
    }
    hasDays = Double(counts.count) * step > 86_400
  }

  private static func row(_ quarter: Int, _ step: Int) -> Int {
    quarter >= 0 ? quarter / step : -((-quarter + step - 1) / step)
  }

  /// Whole and half blocks; what is not nothing has one.
  private static func bar(_ count: Int, of most: Int) -> String {
    guard count > 0, most > 0 else { return "" }
    let halves = max(1, Int((Double(count) / Double(most) * Double(width * 2)).rounded()))
    return String(repeating: "█", count: halves / 2) + (halves % 2 == 1 ? "▌" : "")
  }
}
