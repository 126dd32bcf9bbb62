import Foundation
import TestSupport
import Testing

@testable import Monitoring

/// The text that Prometheus reads, and the documents that name what is in it.
@Suite struct PrometheusTextTests {
  @Test func samplesOfAMetricStandTogetherUnderItsWords() {
    let text = PrometheusText.text([
      MetricSample(.unreadable, [:], 0), MetricSample(.letters, ["state": "queued", "campaign": "a"], 12),
      MetricSample(.deadline, ["campaign": "a"], Date(timeIntervalSince1970: 1_795_420_800.5)),
      MetricSample(.letters, ["state": "queued", "campaign": "b"], 3),
    ])
    #expect(
      text == """
        # HELP eilbrief_letters \(Metric.letters.help)
        # TYPE eilbrief_letters gauge
        eilbrief_letters{campaign="a",state="queued"} 12
        eilbrief_letters{campaign="b",state="queued"} 3
        # HELP eilbrief_deadline_timestamp_seconds The deadline of the campaign.
        # TYPE eilbrief_deadline_timestamp_seconds gauge
        eilbrief_deadline_timestamp_seconds{campaign="a"} 1795420800.5
        # HELP eilbrief_campaigns_unreadable \(Metric.unreadable.help)
        # TYPE eilbrief_campaigns_unreadable gauge
        eilbrief_campaigns_unreadable 0

        """)
  }

  @Test func bucketsAddUp() {
    var figures = HistogramFigures()
    for seconds in [0.000_4, 0.002, 0.002, 1000] { figures.add(seconds) }
    let lines = PrometheusText.text([MetricSample(.phases, ["phase": "mail"], figures)]).split(separator: "\n")
    #expect(lines.count == 2 + HistogramFigures.bounds.count + 3)
    #expect(lines[2] == "eilbrief_phase_duration_seconds_bucket{le=\"0.0005\",phase=\"mail\"} 1")
    #expect(lines[4] == "eilbrief_phase_duration_seconds_bucket{le=\"0.0025\",phase=\"mail\"} 3")
    #expect(lines.dropLast(2).last == "eilbrief_phase_duration_seconds_bucket{le=\"+Inf\",phase=\"mail\"} 4")
    #expect(lines.last == "eilbrief_phase_duration_seconds_count{phase=\"mail\"} 4")
  }

  @Test func wordsOfOthersStayInTheirLabel() {
    let text = PrometheusText.text([MetricSample(.letters, ["relay": "a\"} 1\nevil\\\u{1B}[31m\u{202E}"], 1)])
    #expect(text.split(separator: "\n").count == 3)
    #expect(text.hasSuffix("{relay=\"a\\\"} 1\\\\nevil\\\\\\\\u{1b}[31m\\\\u{202e}\"} 1\n") || !text.contains("\u{1B}"))
    #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
  }

  // MARK: Documents

  private static func named(in text: String) -> Set<String> {
    Set(text.matches(of: /eilbrief_[a-z_]+/).map { String($0.output).replacing(/_(bucket|sum|count)$/, with: "") })
  }

  @Test func everyMetricIsInTheDocument() throws {
    let document = try String(contentsOf: PackageRoot.file("docs/monitoring.md"), encoding: .utf8)
    for metric in Metric.all {
      #expect(document.contains("| `\(metric.name)` | \(metric.kind.rawValue) |"), "\(metric.name)")
    }
    #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
    #expect(Self.named(in: document).isSubset(of: Metric.all.map(\.name)))
  }

  @Test(arguments: ["alerts.yaml", "alerts-test.yaml", "grafana.json"])
  func nothingIsAskedForThatIsNotThere(_ file: String) throws {
    let text = try String(contentsOf: PackageRoot.file("docs/monitoring/\(file)"), encoding: .utf8)
    let named = Self.named(in: text)
    #expect(
      !named.isEmpty && named.isSubset(of: Metric.all.map(\.name)), "\(named.subtracting(Metric.all.map(\.name)))")
  }
}
