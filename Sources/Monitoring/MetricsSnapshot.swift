import Files
public import Foundation

/// What a delivery has counted, as it stands in a small file beside the queue: the way from the delivering process to
/// whoever is asked for metrics.
///
/// The file is 0600, is there whole or not at all, and is not synced: after a power cut the figures begin anew.
public struct MetricsSnapshot: Sendable, Hashable, Codable {
  /// A metric's name and labels.
  public struct Series: Sendable, Hashable, Codable, Comparable {
    public let name: String
    public let labels: [String: String]

    init(_ name: String, _ labels: [(String, String)]) {
      self.name = name
      self.labels = Dictionary(labels) { first, _ in first }
    }

    public static func < (one: Series, other: Series) -> Bool { one.key.lexicographicallyPrecedes(other.key) }

    private var key: [String] { [name] + labels.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } }
  }

  public struct Counter: Sendable, Hashable, Codable {
    public let series: Series
    public let count: Int
  }

  public struct Histogram: Sendable, Hashable, Codable {
    public let series: Series
    public let figures: HistogramFigures
  }

  public let counters: [Counter]
  public let histograms: [Histogram]
  /// When it was written, by the wall clock.
  public var at: Date?

  init(counters: [Counter], histograms: [Histogram]) { (self.counters, self.histograms) = (counters, histograms) }

  /// Nil for a file that is not there, or is not ours: then nothing is known.
  public static func read(_ file: URL) -> MetricsSnapshot? {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let bytes = try? DurableFile.read(file),
      let found = try? decoder.decode(MetricsSnapshot.self, from: Data(bytes)), found.isWellFormed
    else { return nil }
    return found
  }

  /// Fails with ``FileError``.
  public func write(to file: URL, at now: Date) throws {
    var dated = self
    dated.at = now
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys]
    let target = try AtomicFile(path: file.path)
    try target.write(Array(try encoder.encode(dated)))
    try target.finish(syncing: false)
  }

  /// All of it, each with these labels besides its own.
  public func samples(with labels: [String: String]) -> [MetricSample] {
    let metrics = Dictionary(uniqueKeysWithValues: Metric.all.map { ($0.name, $0) })
    var samples: [MetricSample] = []
    for counter in counters {
      guard let metric = metrics[counter.series.name] else { continue }
      samples.append(MetricSample(metric, counter.series.labels.merging(labels) { $1 }, Double(counter.count)))
    }
    for histogram in histograms {
      guard let metric = metrics[histogram.series.name] else { continue }
      samples.append(MetricSample(metric, histogram.series.labels.merging(labels) { $1 }, histogram.figures))
    }
    if let at { samples.append(MetricSample(.measuredAt, labels, at)) }
    return samples
  }

  /// What this version writes, and nothing that would not be the text of a metric.
  private var isWellFormed: Bool {
    counters.allSatisfy { $0.series.isKnown(as: .counter, ["relay", "class"]) && (0...Self.most).contains($0.count) }
      && histograms.allSatisfy { $0.series.isKnown(as: .histogram, ["relay", "phase"]) && $0.figures.isWellFormed }
      && Set(counters.map(\.series)).count == counters.count
      && Set(histograms.map(\.series)).count == histograms.count
  }

  private static let most = 1 << 48
}

extension MetricsSnapshot.Series {
  fileprivate func isKnown(as kind: Metric.Kind, _ keys: Set<String>) -> Bool {
    Set(labels.keys) == keys && Metric.all.contains { $0.name == name && $0.kind == kind }
  }
}
