import Campaigns
import Delivery
import Files
import Foundation
public import Monitoring
import Queue
import Receipts
public import Reports

/// Reads the figures of a campaign again and again, for whoever watches it: cheap at each look, with a forecast that is made
/// anew only as often as its cost allows.
struct LiveFigures {
  let record: CampaignRecord
  let store: any MessageStore
  private let time: any DeliveryClock
  private var forecast: Forecast?
  private var nextForecast = ContinuousClock.now

  init(of record: CampaignRecord, in store: any MessageStore, _ time: any DeliveryClock) {
    (self.record, self.store, self.time) = (record, store, time)
  }

  /// - Parameter campaign: the campaign file; nil when it cannot be read, and with it the relays' limits.
  mutating func read(_ campaign: Campaign?) async throws -> CampaignStatus {
    let snapshot = try await store.snapshot(of: record.id)
    let now = time.now
    var status = CampaignStatus(snapshot, at: now)
    try? await status.readWaiting(of: record.id, in: store, at: now)
    if let campaign { try? await status.readPaces(of: campaign.relays, in: store, time) }
    if nextForecast <= .now {
      forecast = nil
      if let campaign, status.state == .running, status.remaining > 0 {
        let plan = try? await ForecastPlan(ForecastSettings(campaign), status, of: record, in: store, time)
        forecast = plan.map(Forecast.init)
      }
      // Its cost grows with the letters that are left: about a hundredth of the time goes into it.
      nextForecast = .now.advanced(by: .seconds(5 + Double(status.remaining) / 3000))
    }
    status.setHours(campaign?.hours, at: now)
    if campaign == nil || forecast != nil { status.estimate(within: forecast, at: now) }
    return status
  }
}

/// Watches a campaign from outside, as a reader of the store that takes no lock: the figures each time they are asked for.
///
/// A store that was replaced on disk is opened anew.
public actor CampaignWatch {
  /// The time between two looks: a fiftieth of a core is more than they take.
  public static let interval = Duration.seconds(1)

  private let location: CampaignLocation
  private let dependencies: Dependencies
  private let isStopped: @Sendable (Int32) -> Bool
  private var figures: LiveFigures?
  /// The store's file that ``figures`` are read from.
  private var file: FileIdentity?
  private var campaign: (file: Campaign?, readAt: Date)?

  public init(
    _ location: CampaignLocation, _ dependencies: Dependencies, isStopped: @escaping @Sendable (Int32) -> Bool
  ) {
    (self.location, self.dependencies, self.isStopped) = (location, dependencies, isStopped)
  }

  /// The figures now. Fails as ``StatusQuery`` does.
  public func look() async throws -> CampaignStatus { try await read().status }

  /// The samples for a monitoring system. Fails as ``look()`` does.
  ///
  /// - Parameter isAlone: Nobody else watches: the store of a campaign that is not running is closed again.
  public func metrics(isAlone: Bool) async throws -> [MetricSample] {
    let (status, figures) = try await read()
    let samples = try await CampaignMetrics(location, dependencies).samples(
      status, figures?.record, figures?.store, campaignFile())
    if isAlone, status.state != .running { self.figures = nil }
    return samples
  }

  private func read() async throws -> (status: CampaignStatus, figures: LiveFigures?) {
    let found = FileIdentity(location.spool.database.path)
    if found != file { figures = nil }
    if figures == nil {
      let opened = try await OpenedCampaign(location, dependencies)
      guard let store = opened.store, let record = opened.record else {
        return (CampaignStatus(draft: location.name, deadline: nil), nil)
      }
      figures = LiveFigures(of: record, in: store, dependencies.time)
      file = found
    }
    guard var reading = figures else { return (CampaignStatus(draft: location.name, deadline: nil), nil) }
    var status = try await reading.read(campaignFile())
    figures = reading
    status.setProcess(of: location, isStopped)
    status.setTrouble(of: location)
    return (status, reading)
  }

  /// The campaign file, read again now and then: limits may change.
  private func campaignFile() -> Campaign? {
    let now = dependencies.now
    if let campaign, now.timeIntervalSince(campaign.readAt) < 10 { return campaign.file }
    let file = try? CampaignFile.read(folder: location.folder)
    campaign = (file, now)
    return file
  }
}

extension CampaignStatus {
  /// Nothing more will happen by itself. A completed campaign has open letters again after letters were queued again.
  public var isOver: Bool { [.cancelled, .draft].contains(state) || state == .completed && remaining == 0 }
}
