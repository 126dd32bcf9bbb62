import Delivery
import Files
import Foundation
public import Queue
public import Receipts

/// Pauses or cancels a campaign: asks the process that delivers it, or makes the change itself where no process does.
///
/// Fails with the kind `usage` when the campaign is over or paused already, and with `stopped` when the delivering
/// process has ended without doing it.
public struct CampaignControl: Sendable {
  /// An event during the operation, reported when it happens.
  public enum Event: Sendable {
    case recovered(lost: Int)
    /// The process that delivers was asked; it stops at once, but for answers to letters that are sent whole.
    case asked(SpoolLock.Holder, ControlRequest)
    /// The process that was asked is stopped and cannot answer.
    case holderIsStopped(SpoolLock.Holder)
  }

  /// The result of the operation.
  public enum Outcome: Sendable, Hashable {
    /// No process delivered the campaign, and the change is made. `letters` of a cancelled campaign will not be sent.
    case paused
    case cancelled(letters: Int)
    /// The delivering process made the change.
    case doneByHolder(CampaignState)
  }

  private let location: CampaignLocation
  private let dependencies: Dependencies
  private let isStopped: @Sendable (Int32) -> Bool
  private let report: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - isStopped: Whether a process of this machine is stopped.
  ///   - report: Called for each event during the operation.
  public init(
    _ location: CampaignLocation, _ dependencies: Dependencies, isStopped: @escaping @Sendable (Int32) -> Bool,
    report: @escaping @Sendable (Event) -> Void
  ) {
    self.location = location
    self.dependencies = dependencies
    self.isStopped = isStopped
    self.report = report
  }

  /// Letters that a cancellation would keep from being sent.
  public static func openLetters(of location: CampaignLocation, _ dependencies: Dependencies) async throws -> Int {
    let campaign = try await OpenedCampaign(location, dependencies).launched()
    let messages = try await campaign.store.snapshot(of: campaign.record.id).messages
    return (messages[.queued] ?? 0) + (messages[.deferred] ?? 0)
  }

  public func run(_ request: ControlRequest) async throws -> Outcome {
    let opened = try await OpenedCampaign(location, dependencies).launched()
    let record = opened.record
    let messages = try await opened.store.snapshot(of: record.id).messages
    // A completed campaign has open letters again after letters were queued again.
    let isOver = [.queued, .sending, .deferred].allSatisfy { messages[$0] == 0 }
    guard record.state != .cancelled, record.state != .completed || (request == .cancel && !isOver) else {
      try await completeReceipts(of: record)
      throw OperatorError(.usage, "\(location.name) is \(record.state.rawValue) already.")
    }
    do {
      return try await apply(request, WritableSpool(location, besideWorker: true, dependencies), record)
    } catch SpoolLockError.held(let holder) where holder.campaign == location.name {
      return try await askOther(request, record, holder)
    }
  }

  /// Completes the receipts on disk: a process that died right after the last change has left them in the store only,
  /// and perhaps no other operation follows this one. Does not wait for another campaign's delivery.
  private func completeReceipts(of record: CampaignRecord) async throws {
    do {
      try await WritableSpool(location, besideWorker: true, dependencies)
        .writeReceipts(of: record, at: dependencies.now)
    } catch SpoolLockError.held {}
  }

  /// Makes the change in this process: no other one delivers the campaign.
  private func apply(
    _ request: ControlRequest, _ spool: WritableSpool, _ record: CampaignRecord
  ) async throws -> Outcome {
    let store = spool.store
    let now = dependencies.now
    let lost = try await store.recover(campaign: record.id, at: now)
    if lost > 0 { report(.recovered(lost: lost)) }
    let outcome: Outcome
    switch request {
    case .pause:
      guard record.state != .paused else {
        try await spool.writeReceipts(of: record, at: now)
        throw OperatorError(.usage, "\(location.name) is paused already.")
      }
      try await store.setState(.paused, of: record.id, at: now)
      outcome = .paused
    case .cancel:
      if record.state == .completed { try await store.setState(.running, of: record.id, at: now) }
      outcome = .cancelled(letters: try await store.cancel(campaign: record.id, at: now))
    }
    try await spool.writeReceipts(of: record, at: now)
    return outcome
  }

  private func askOther(
    _ request: ControlRequest, _ record: CampaignRecord, _ holder: SpoolLock.Holder
  ) async throws -> Outcome {
    let store = try dependencies.stores.open(queue: location.queue, access: .control, lock: nil)
    // Before it is asked: one that was stopped in the middle of a change keeps the store until it goes on.
    var hasReported = isStopped(holder.pid)
    if hasReported { report(.holderIsStopped(holder)) }
    try await store.request(request, of: record.id, at: dependencies.now)
    report(.asked(holder, request))
    while SpoolLock.deliverer(of: location.name, in: location.spool)?.pid == holder.pid {
      if !hasReported, isStopped(holder.pid) {
        hasReported = true
        report(.holderIsStopped(holder))
      }
      try await dependencies.time.pause(for: .milliseconds(200))
    }
    let state = try await OpenedCampaign(location, dependencies).record?.state ?? record.state
    let wanted: CampaignState = request == .pause ? .paused : .cancelled
    guard state == wanted else {
      throw OperatorError(
        .stopped,
        "process \(holder.pid) no longer delivers \(location.name), which is \(state.rawValue), not \(wanted.rawValue)."
      )
    }
    // The process may have died right after the change.
    if try await !areReceiptsSigned(of: record) { try await completeReceipts(of: record) }
    return .doneByHolder(state)
  }

  /// Whether the checkpoint on disk is about the store's last receipt.
  private func areReceiptsSigned(of record: CampaignRecord) async throws -> Bool {
    let opened = try await OpenedCampaign(location, dependencies).launched()
    let file = location.spool.receipts(of: location.name).appendingPathComponent("checkpoint.json")
    guard let json = try? DurableFile.read(file), let checkpoint = try? Checkpoint(json: json) else {
      return false
    }
    return try await opened.store.receipts(of: record.id, after: checkpoint.count, limit: 1).isEmpty
  }
}
