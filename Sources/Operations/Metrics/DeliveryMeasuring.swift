import Delivery
import Foundation
import Logging
import Monitoring
import Queue

/// What one delivery counts and times, written every five seconds and at its end to `metrics.CAMPAIGN.json` in the queue
/// folder, where whoever is asked for metrics finds it.
///
/// Goes on with what an earlier delivery of the campaign has left there. A file that cannot be written twice in a row is
/// logged once, and costs nothing else.
final class DeliveryMeasuring: Sendable {
  static let interval = Duration.seconds(5)

  let metrics: DeliveryMetrics
  private let registry: MetricsRegistry
  private let file: URL
  private let dependencies: Dependencies

  init(of location: CampaignLocation, _ dependencies: Dependencies) {
    file = Self.file(of: location)
    self.dependencies = dependencies
    registry = MetricsRegistry(after: MetricsSnapshot.read(file))
    let time = dependencies.time
    metrics = DeliveryMetrics(registry) { time.monotonicNow.timeIntervalSinceReferenceDate }
  }

  /// No campaign's name has a dot.
  static func file(of location: CampaignLocation) -> URL {
    location.queue.appendingPathComponent("metrics.\(location.name).json")
  }

  /// Until the task is cancelled.
  func keepWriting() async {
    var failures = 0
    while !Task.isCancelled {
      do {
        try write()
        failures = 0
      } catch {
        failures += 1
        // What also stops the delivery says so itself, before a second time.
        if failures == 2 { dependencies.log.warning("the figures for monitoring cannot be written: \(error)") }
      }
      try? await Task.sleep(for: Self.interval)
    }
  }

  func write() throws { try registry.snapshot.write(to: file, at: dependencies.now) }
}
