import Campaigns
import Files
import Foundation
public import Queue
import Receipts

/// Removes a finished campaign's personal data for good; its receipts remain.
///
/// The intent is durable, and with it customers and key are gone from the queue, before the first file is removed; the
/// receipt is written when everything is gone. A crash in between leaves a purge that every operation names and the
/// next purge finishes. Fails before anything is removed when the campaign is not over, or its time has not come.
public struct Purge: Sendable {
  /// The steps that a purge will take.
  public enum Plan: Sendable {
    case begins(CampaignSnapshot, PurgeFiles)
    /// The purge was interrupted, and continues.
    case continues
  }

  public enum Outcome: Sendable {
    case purged
    /// Nothing was left to do.
    case purgedBefore(CampaignRecord.Purge)
  }

  private let location: CampaignLocation
  private let dependencies: Dependencies

  public init(_ location: CampaignLocation, _ dependencies: Dependencies) {
    self.location = location
    self.dependencies = dependencies
  }

  /// - Parameters:
  ///   - atOnce: Purges whatever `retention` in the campaign file says.
  ///   - confirm: Called before anything is removed; what it throws ends the purge.
  public func run(atOnce: Bool, confirm: (Plan) throws -> Void) async throws -> Outcome {
    _ = try await OpenedCampaign(location, dependencies).launched()
    // SQLite rewrites the database here: on the queue's own disk, not in a folder shared with others.
    setenv("SQLITE_TMPDIR", location.queue.path, 1)
    let spool = try WritableSpool(location, dependencies)
    guard let record = try await spool.store.campaign(named: location.name) else {
      throw OperatorError(.usage, "\(location.name) was never launched, so the queue has nothing of it to purge.")
    }
    if let purge = record.purge, purge.finishedAt != nil {
      try await spool.writeReceipts(of: record, at: dependencies.now)
      return .purgedBefore(purge)
    }
    let campaign = try? CampaignFile.read(folder: location.folder)
    let files = PurgeFiles.find(location.folder, campaign: campaign, in: location.queue)
    if record.purge == nil {
      try await requireEnd(record, spool)
      if !atOnce { try requireRetentionOver(record) }
      try confirm(.begins(try await spool.store.snapshot(of: record.id), files))
      let step = StepProgress.begin(.removingCustomers)
      defer { step.end() }
      try await spool.store.beginPurge(of: record.id, files: files.removed.count, at: dependencies.now)
    } else {
      try confirm(.continues)
    }
    let removal = StepProgress.begin(.removingFiles)
    defer { removal.end() }
    try DurableRemoval.remove(files.removed.map(\.url), below: files.root)
    removal.end()
    let rest = StepProgress.begin(.removingCustomers)
    defer { rest.end() }
    try await spool.store.finishPurge(of: record.id, at: dependencies.now)
    try await spool.writeReceipts(of: record, at: dependencies.now)
    return .purged
  }

  private func requireEnd(_ record: CampaignRecord, _ spool: WritableSpool) async throws {
    let name = location.name
    guard record.state == .completed || record.state == .cancelled else {
      throw OperatorError(
        .usage,
        """
        \(name) is \(record.state.rawValue), not over; nothing was removed. \(step: .resume) finishes it, \
        \(step: .cancel) ends it.
        """)
    }
    let messages = try await spool.store.snapshot(of: record.id).messages
    let open = [MessageState.queued, .sending, .deferred].reduce(0) { $0 + (messages[$1] ?? 0) }
    guard open == 0 else {
      throw OperatorError(
        .usage,
        """
        \(pluralized(open, "letter")) of \(name) \(open == 1 ? "is" : "are") to be sent again; nothing was removed. \
        \(step: .resume) continues.
        """)
    }
    let uncertain = messages[.uncertain] ?? 0
    guard uncertain == 0 else {
      throw OperatorError(
        .usage,
        """
        \(pluralized(uncertain, "letter")) of \(name) \(uncertain == 1 ? "is" : "are") uncertain; nothing was removed. \
        \(step: .status) names the customers, \(step: .settle) settles the letters.
        """)
    }
  }

  private func requireRetentionOver(_ record: CampaignRecord) throws {
    // A campaign file that cannot be read must not look like one without the key.
    guard let retention = try CampaignFile.read(folder: location.folder).retention else {
      throw OperatorError(
        .usage,
        """
        campaign.yaml of \(location.name) does not say when its personal data is to be removed; nothing was removed. Add \
        “retention: {purge_after: 90d}”, or remove it at once with --now.
        """)
    }
    let end = retention.end(after: record.finishedAt ?? record.createdAt)
    guard dependencies.now >= end else {
      throw OperatorError(
        .stopped,
        """
        \(location.name) is kept until \(time: end) (\(retention.days) days after its end, campaign.yaml); nothing was \
        removed. --now does not wait.
        """)
    }
  }
}
