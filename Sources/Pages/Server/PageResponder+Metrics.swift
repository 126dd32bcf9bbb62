import Hummingbird
import Monitoring
import Operations

/// All campaigns for a monitoring system, as Prometheus reads them.
extension PageResponder {
  /// A campaign that cannot be read is counted, and hides no other.
  func metrics(_ request: Request) async throws -> Response {
    let samples = try await heavily(measuring, for: request) {
      var samples: [MetricSample] = []
      var unreadable = 0
      for name in CampaignLocation.names(in: queue) {
        do {
          samples += try await feeds.feed(of: CampaignLocation(name: name, queue: queue)).metrics()
        } catch {
          try Task.checkCancellation()
          unreadable += 1
        }
      }
      return samples + [MetricSample(.unreadable, [:], Double(unreadable))]
    }
    return Self.asset(PrometheusText.text(samples), PrometheusText.type)
  }
}
