import Delivery
import DeliverySupport
import Foundation
import Mail
import Monitoring
import Receipts
import Testing

/// What a delivery counts is what has happened.
@Suite struct MeasuredDeliveryTests {
  @Test func repliesAreCountedByClassAndPhasesByLetter() async throws {
    let fixture = try await DeliveryFixture(
      recipients: DeliveryFixture.recipients(20),
      .init(answer: { recipient, attempt in
        if recipient.hasPrefix("k1@") { return .reply(.rcpt, 550, "5.1.1 unknown") }
        if recipient.hasPrefix("k2@"), attempt == 1 { return .reply(.rcpt, 451, "4.7.1 Greylisted") }
        return recipient.hasPrefix("k3@") ? .uncertain : .accepted
      }))
    let registry = MetricsRegistry()
    let time = fixture.time
    let metrics = DeliveryMetrics(registry, uptime: { time.monotonicNow.timeIntervalSinceReferenceDate })
    _ = try await fixture.engine(metrics: metrics).run()
    #expect(try await fixture.states() == [.accepted: 18, .refused: 1, .uncertain: 1])
    let counted = Dictionary(
      uniqueKeysWithValues: registry.snapshot.counters.map { ($0.series.labels["class"] ?? "", $0.count) })
    #expect(counted == ["accepted": 18, "address-dead": 1, "greylisted": 1, "no-reply": 1])
    #expect(registry.snapshot.counters.allSatisfy { $0.series.labels["relay"] == "main" })
    func times(_ phase: DeliveryPhase) -> Int {
      registry.snapshot.histograms.filter { $0.series.labels["phase"] == phase.rawValue }
        .reduce(0) { $0 + $1.figures.counts.reduce(0, +) }
    }
    #expect(times(.letter) == 21 && times(.claim) == 21, "one for each attempt")
    #expect(times(.commit) > 0)
  }
}
