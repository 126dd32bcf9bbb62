import Campaigns
import Delivery
import Foundation
import Queue
import Receipts
public import Reports

/// The state and the figures of a campaign, at any time, whether it is delivered or not.
public struct StatusQuery: Sendable {
  public let status: CampaignStatus
  /// Customers with an uncertain letter, each once.
  public let uncertain: [String]

  /// - Parameter isStopped: Whether a process of this machine is stopped.
  public static func run(
    _ location: CampaignLocation, _ dependencies: Dependencies, isStopped: (Int32) -> Bool
  ) async throws -> StatusQuery {
    let opened = try await OpenedCampaign(location, dependencies)
    guard let store = opened.store, let record = opened.record else {
      return StatusQuery(status: CampaignStatus(draft: location.name, deadline: nil), uncertain: [])
    }
    let now = dependencies.now
    var status = CampaignStatus(try await store.snapshot(of: record.id), at: now)
    try await status.readWaiting(of: record.id, in: store, at: now)
    if record.purge == nil { status.setCalls(try await CallFigures.read(of: record, in: store, at: now)) }
    status.setMailboxes(try await MailboxFigures.read(of: record, in: store))
    // Without the campaign file the limits are unknown.
    if let campaign = try? CampaignFile.read(folder: location.folder) {
      status.setHours(campaign.hours, at: now)
      if status.state == .running, status.remaining > 0 {
        let plan = try await ForecastPlan(ForecastSettings(campaign), status, of: record, in: store, dependencies.time)
        status.estimate(within: Forecast(plan), at: now)
      }
    } else {
      status.estimate(within: nil, at: now)
    }
    status.setProcess(of: location, isStopped)
    if status.state == .running, status.process == nil {
      status.idleWorker = Launch.worker(of: location.queue).map { DeliveringProcess($0, isStopped: isStopped($0.pid)) }
    }
    status.setTrouble(of: location)
    return StatusQuery(status: status, uncertain: try await store.uncertainCustomers(in: record.id))
  }

  /// The figures without relays and forecast: for a list of campaigns.
  public static func brief(_ location: CampaignLocation, _ dependencies: Dependencies) async throws -> CampaignStatus {
    let opened = try await OpenedCampaign(location, dependencies)
    guard let store = opened.store, let record = opened.record else {
      return CampaignStatus(draft: location.name, deadline: nil)
    }
    var status = CampaignStatus(try await store.snapshot(of: record.id), at: dependencies.now)
    if record.purge == nil {
      status.setCalls(try await CallFigures.read(of: record, in: store, at: dependencies.now))
    }
    return status
  }
}

extension EndedProcess {
  fileprivate init(_ end: SpoolLock.End) {
    switch end {
    case .released(let holder):
      self.init(pid: holder.pid, host: holder.host, since: holder.since, wasKilled: false)
    case .died(let holder): self.init(pid: holder.pid, host: holder.host, since: holder.since, wasKilled: true)
    }
  }
}

extension DeliveringProcess {
  fileprivate init(_ holder: SpoolLock.Holder, isStopped: Bool) {
    self.init(pid: holder.pid, host: holder.host, since: holder.since, isStopped: isStopped)
  }
}

extension CampaignStatus {
  /// Sets the process that delivers it, or what is known of the end of the last one.
  mutating func setProcess(of location: CampaignLocation, _ isStopped: (Int32) -> Bool) {
    let spool = location.spool
    let holder = state == .running ? SpoolLock.deliverer(of: location.name, in: spool) : nil
    setProcess(holder.map { DeliveringProcess($0, isStopped: isStopped($0.pid)) })
    // On another machine another one may have been the last.
    guard state == .running, holder == nil, !spool.isShared else { return }
    lastProcess = SpoolLock.lastEnd(of: spool, .campaign(location.name)).map(EndedProcess.init)
  }

  /// Sets why the worker does not deliver what it should.
  mutating func setTrouble(of location: CampaignLocation) {
    guard remaining > 0, state != .paused, state != .cancelled else { return }
    trouble = WorkerTrouble.read(of: location).map {
      DeliveryTrouble(message: $0.message, since: $0.since, retryAt: $0.retryAt)
    }
  }
}
