import Delivery
import Foundation
import Logging
import Monitoring
import Queue
import Synchronization

/// What one delivery counts and times, written every five seconds and at its end to `metrics.CAMPAIGN.json` in the queue
/// folder, where whoever is asked for metrics finds it.
///
/// Goes on with what an earlier delivery of the campaign has left there. A file that cannot be written is logged once and
/// costs nothing else.
final class DeliveryMeasuring: Sendable {
  static let interval = Duration.seconds(5)

  let metrics: DeliveryMetrics
  private let registry: MetricsRegistry
  private let file: URL
  private let dependencies: Dependencies
  private let hasFailed = Mutex(false)

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
    while !Task.isCancelled {
      write()
      try? await Task.sleep(for: Self.interval)
    }
  }

  func write() {
    do {
      try registry.snapshot.write(to: file, at: dependencies.now)
      hasFailed.withLock { $0 = false }
    } catch {
      let isNew = hasFailed.withLock { failed in
        defer { failed = true }
        return !failed
      }
      if isNew { dependencies.log.warning("the figures for monitoring cannot be written: \(error)") }
    }
  }
}
