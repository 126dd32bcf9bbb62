import Campaigns
import Delivery
import Foundation
import Monitoring
import Queue
import Receipts
import Reports

/// A campaign as samples for a monitoring system: its figures in the store, and what its delivery has counted.
///
/// Labels hold the names of campaigns, relays and limits from the campaign file, and nothing of a customer.
struct CampaignMetrics {
  private let location: CampaignLocation
  private let dependencies: Dependencies

  init(_ location: CampaignLocation, _ dependencies: Dependencies) {
    (self.location, self.dependencies) = (location, dependencies)
  }

  /// - Parameters:
  ///   - record: With `store`; nil for a campaign that was never launched.
  ///   - campaign: The campaign file; nil when it cannot be read, and with it the relays' limits.
  func samples(
    _ status: CampaignStatus, _ record: CampaignRecord?, _ store: (any MessageStore)?, _ campaign: Campaign?
  ) async throws -> [MetricSample] {
    var samples = CampaignState.allCases.map {
      MetricSample(.campaignState, labels(["state": $0.rawValue]), $0 == status.state ? 1 : 0)
    }
    guard let record, let store else { return samples }
    let isDelivering = status.process.map { !$0.isStopped } ?? false
    samples.append(MetricSample(.isDelivering, labels(), isDelivering ? 1 : 0))
    samples.append(MetricSample(.hasTrouble, labels(), status.trouble == nil ? 0 : 1))
    samples += letters(status, try await store.relayTally(in: record.id))
    if let deadline = status.deadline { samples.append(MetricSample(.deadline, labels(), deadline)) }
    samples += forecast(status)
    for relay in campaign?.relays ?? [] {
      samples += try await self.relay(relay, status, in: record.id, store)
    }
    return samples + delivery()
  }

  private func labels(_ others: [String: String] = [:]) -> [String: String] {
    others.merging(["campaign": location.name]) { $1 }
  }

  /// They add up to the letters of each state, read a moment before.
  private func letters(_ status: CampaignStatus, _ tally: [RelayTally]) -> [MetricSample] {
    MessageState.allCases.flatMap { state in
      let told = tally.filter { $0.state == state }.sorted { $0.relay < $1.relay }
      let rest = max(0, status.count(state) - told.reduce(0) { $0 + $1.count })
      return [MetricSample(.letters, labels(["state": state.rawValue, "relay": ""]), Double(rest))]
        + told.map {
          MetricSample(.letters, labels(["state": state.rawValue, "relay": $0.relay]), Double($0.count))
        }
    }
  }

  private func forecast(_ status: CampaignStatus) -> [MetricSample] {
    guard let forecast = status.forecast else { return [] }
    let cases: [(ForecastAssumptions.Case, ForecastOutcome)] = [
      (.earliest, forecast.earliest), (.likely, forecast.likely), (.latest, forecast.latest),
    ]
    return cases.flatMap { name, outcome in
      let labels = labels(["case": name.rawValue])
      let late = MetricSample(.forecastLate, labels, Double(outcome.late.customers.count))
      return [late] + (outcome.moments.all.map { [MetricSample(.forecastEnd, labels, $0)] } ?? [])
    }
  }

  private func relay(
    _ relay: Relay, _ status: CampaignStatus, in campaign: Int64, _ store: any MessageStore
  ) async throws -> [MetricSample] {
    let labels = labels(["relay": relay.name])
    let state = status.relays.first { $0.relay == relay.name }?.state ?? .sending
    var samples = RelayCondition.State.allCases.map {
      MetricSample(.relayState, labels.merging(["state": $0.rawValue]) { $1 }, $0 == state ? 1 : 0)
    }
    if let last = try await store.lastAcceptance(through: relay.name, in: campaign) {
      samples.append(MetricSample(.lastAccepted, labels, last))
    }
    guard !relay.limits.isEmpty else { return samples }
    let (clock, now) = (dependencies.time.base.asWallClock, dependencies.now)
    let past = try await RateLimiter.past(of: [relay], in: store, on: clock, at: now)
    for limit in relay.limits {
      let named = labels.merging(["limit": limit.description]) { $1 }
      var limiter = RateLimiter(limits: [limit], past: past)
      samples.append(MetricSample(.limit, named, Double(limit.count)))
      samples.append(MetricSample(.limitLeft, named, Double(limiter.left(at: now) ?? limit.count)))
    }
    return samples
  }

  private func delivery() -> [MetricSample] {
    guard let found = MetricsSnapshot.read(DeliveryMeasuring.file(of: location)) else {
      return []
    }
    return found.samples(with: labels())
  }
}
