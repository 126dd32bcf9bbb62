import CoreMetrics
import Foundation
import TestSupport
import Testing

@testable import Monitoring

/// What is counted stays counted, from one process to the next.
@Suite struct MetricsRegistryTests {
  private static let main = [("relay", "main"), ("class", "accepted")]

  @Test func countersAndTimersAreKept() throws {
    let registry = MetricsRegistry()
    Counter(label: Metric.replies.name, dimensions: Self.main, factory: registry).increment(by: 2)
    Counter(label: Metric.replies.name, dimensions: Self.main.reversed(), factory: registry).increment()
    let timer = CoreMetrics.Timer(
      label: Metric.phases.name, dimensions: [("relay", "main"), ("phase", "reply")], factory: registry)
    timer.recordNanoseconds(1_000_000)
    timer.recordNanoseconds(400_000_000_000)
    timer.recordNanoseconds(-5)
    // Nothing else is measured here.
    Gauge(label: "x", factory: registry).record(1)
    Meter(label: "y", factory: registry).set(1)
    let snapshot = registry.snapshot
    #expect(snapshot.counters.map(\.count) == [3], "labels have no order")
    let figures = try #require(snapshot.histograms.first?.figures)
    #expect(snapshot.histograms.count == 1 && figures.counts.reduce(0, +) == 3)
    // 0 and less, exactly 1 ms, more than every bound.
    #expect(figures.counts[0] == 1 && figures.counts[1] == 1 && figures.counts.last == 1)
    #expect(abs(figures.sum - 400.001) < 1e-9)
  }

  @Test func theNextProcessGoesOn() throws {
    let first = MetricsRegistry()
    Counter(label: Metric.replies.name, dimensions: Self.main, factory: first).increment(by: 5)
    DeliveryMetrics(first, uptime: { 0 }).relay("main").record(.mail, since: -1)
    let second = MetricsRegistry(after: first.snapshot)
    #expect(second.snapshot == first.snapshot, "also what is not measured again")
    let counter = Counter(label: Metric.replies.name, dimensions: Self.main, factory: second)
    counter.increment()
    counter.reset()
    #expect(second.snapshot.counters.map(\.count) == [6])
    DeliveryMetrics(second, uptime: { 0 }).relay("main").record(.mail, since: -1)
    let mail = second.snapshot.histograms.first { $0.series.labels["phase"] == "mail" }
    #expect(mail?.figures.sum == 2)
  }

  @Test func phasesAreTimedByTheClockThatIsGiven() throws {
    let registry = MetricsRegistry()
    let relay = DeliveryMetrics(registry, uptime: { 17.5 }).relay("main")
    relay.record(.reply, since: 17)
    relay.countReply("greylisted")
    let reply = registry.snapshot.histograms.first { $0.series.labels == ["relay": "main", "phase": "reply"] }
    #expect(reply?.figures.sum == 0.5)
    #expect(registry.snapshot.counters.map(\.series.labels) == [["relay": "main", "class": "greylisted"]])
    // Nothing is measured, and no clock is looked at.
    RelayMetrics.none.record(.reply, since: RelayMetrics.none.moment)
    RelayMetrics.none.countReply("accepted")
  }

  // MARK: The file

  @Test func theFileIsPrivateAndReadBack() async throws {
    try await TemporaryFolder.with { folder in
      let file = folder.appendingPathComponent("metrics.sommer.json")
      #expect(MetricsSnapshot.read(file) == nil)
      let registry = MetricsRegistry()
      DeliveryMetrics(registry, uptime: { 3 }).relay("main").countReply("accepted")
      let now = Date(timeIntervalSince1970: 1_795_420_800)
      for _ in 0..<2 { try registry.snapshot.write(to: file, at: now) }
      #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["metrics.sommer.json"])
      let read = try #require(MetricsSnapshot.read(file))
      #expect(read.at == now && read.counters == registry.snapshot.counters)
      #expect(read.histograms == registry.snapshot.histograms)
      let samples = read.samples(with: ["campaign": "sommer"])
      #expect(
        samples.contains(MetricSample(.replies, ["campaign": "sommer", "relay": "main", "class": "accepted"], 1)))
      #expect(samples.contains(MetricSample(.measuredAt, ["campaign": "sommer"], now)))
    }
  }

  /// What is not as this version writes it is not believed: it would be shown as a metric.
  @Test func aFileThatIsNotOursSaysNothing() async throws {
    try await TemporaryFolder.with { folder in
      let file = folder.appendingPathComponent("metrics.sommer.json")
      let registry = MetricsRegistry()
      DeliveryMetrics(registry, uptime: { 3 }).relay("main").countReply("accepted")
      try registry.snapshot.write(to: file, at: Date(timeIntervalSince1970: 0))
      let good = try String(contentsOf: file, encoding: .utf8)
      let changes = [
        ("\"class\"", "\"customer\""), ("\"count\":1", "\"count\":-1"), ("\"count\":1", "\"count\":\(Int.max)"),
        ("eilbrief_replies_total", "eilbrief_letters"), ("eilbrief_replies_total", "evil 1\\n"),
        ("\"sum\":0", "\"sum\":-1"),
        ("\"counts\":[0,", "\"counts\":["), ("}", ""),
      ]
      for (old, new) in changes {
        #expect(good.contains(old), "\(old): \(good)")
        try Data(good.replacing(old, with: new).utf8).write(to: file)
        #expect(MetricsSnapshot.read(file) == nil, "\(old) → \(new)")
      }
      try Data(good.utf8).write(to: file)
      #expect(MetricsSnapshot.read(file) != nil)
    }
  }
}
