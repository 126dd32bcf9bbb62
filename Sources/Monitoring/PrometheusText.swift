import Files
public import Foundation

/// One value of a metric.
public struct MetricSample: Sendable, Hashable {
  public enum Value: Sendable, Hashable {
    case number(Double)
    case histogram(HistogramFigures)
  }

  public let metric: Metric
  public let labels: [String: String]
  public let value: Value

  public init(_ metric: Metric, _ labels: [String: String] = [:], _ value: Double) {
    (self.metric, self.labels, self.value) = (metric, labels, .number(value))
  }

  public init(_ metric: Metric, _ labels: [String: String], _ figures: HistogramFigures) {
    (self.metric, self.labels, self.value) = (metric, labels, .histogram(figures))
  }

  /// A moment, in seconds since 1970.
  public init(_ metric: Metric, _ labels: [String: String], _ moment: Date) {
    self.init(metric, labels, moment.timeIntervalSince1970)
  }
}

/// Samples as Prometheus reads them: its text format, version 0.0.4.
public enum PrometheusText {
  public static let type = "text/plain; version=0.0.4; charset=utf-8"

  /// Each metric once with HELP and TYPE, in the order of ``Metric/all``; its samples in the order they were given in.
  public static func text(_ samples: [MetricSample]) -> String {
    let groups = Dictionary(grouping: samples, by: \.metric)
    var text = ""
    for metric in Metric.all {
      guard let group = groups[metric] else { continue }
      text += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n"
      for sample in group { text += lines(of: sample) }
    }
    return text
  }

  private static func lines(of sample: MetricSample) -> String {
    switch sample.value {
    case .number(let value): return line(sample.metric.name, sample.labels, number(value))
    case .histogram(let figures):
      let name = sample.metric.name
      var text = ""
      var count = 0
      for (index, bound) in (HistogramFigures.bounds + [.infinity]).enumerated() {
        count += figures.counts[index]
        text += line(name + "_bucket", sample.labels.merging(["le": number(bound)]) { $1 }, String(count))
      }
      return text + line(name + "_sum", sample.labels, number(figures.sum))
        + line(name + "_count", sample.labels, "\(count)")
    }
  }

  private static func line(_ name: String, _ labels: [String: String], _ value: String) -> String {
    let shown = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }
    return "\(name)\(shown.isEmpty ? "" : "{\(shown.joined(separator: ","))}") \(value)\n"
  }

  private static func number(_ value: Double) -> String {
    if value == .infinity { return "+Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// Visible first: whoever looks at it in a terminal sees what is there.
  private static func escaped(_ text: String) -> String {
    VisibleText.line(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
