/// How often something took how long.
public struct HistogramFigures: Sendable, Hashable, Codable {
  /// The upper bounds of the buckets in seconds; one more bucket has what took longer.
  public static let bounds: [Double] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
  ]

  /// Of each bucket alone.
  public private(set) var counts = Array(repeating: 0, count: bounds.count + 1)
  /// Seconds in all.
  public private(set) var sum = 0.0

  public init() {}

  public mutating func add(_ seconds: Double) {
    counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    sum += seconds
  }

  /// Figures of a file that another version has written are not these.
  var isWellFormed: Bool {
    counts.count == Self.bounds.count + 1 && counts.allSatisfy { (0...Self.most).contains($0) } && sum.isFinite
      && sum >= 0
  }

  private static let most = 1 << 48
}
