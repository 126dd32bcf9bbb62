import Foundation
import Queue
import Receipts

/// Pauses or cancels a campaign from another terminal: asks the process that delivers it, or does it where none does.
struct CampaignControl {
  let options: CampaignOptions

  init(_ options: CampaignOptions) { self.options = options }

  func ask(_ request: ControlRequest) async throws {
    let (reader, record) = try await ReadCampaign(options).launched()
    let messages = try await reader.snapshot(of: record.id).messages
    // A completed campaign has open letters again after `resolve --resend`.
    let isOver = [.queued, .sending, .deferred].allSatisfy { messages[$0] == 0 }
    guard record.state != .cancelled, record.state != .completed || (request == .cancel && !isOver) else {
      try await completeReceipts(of: record)
      throw Failure(.usage, "\(options.campaign) is \(record.state.rawValue) already.")
    }
    do {
      try await settle(request, OwnedSpool(options), record)
    } catch SpoolLockError.held(let holder) where holder.campaign == options.campaign {
      try await askOther(request, record, holder)
    }
  }

  /// A process that died right after the last change has left its receipts in the database only, and nobody may come
  /// after this command. Another campaign's delivery is not waited for.
  private func completeReceipts(of record: CampaignRecord) async throws {
    do {
      try await OwnedSpool(options).writeReceipts(of: record, at: Date())
    } catch SpoolLockError.held {}
  }

  /// No process delivers: the change is ours to make.
  private func settle(_ request: ControlRequest, _ owned: OwnedSpool, _ record: CampaignRecord) async throws {
    let store = owned.store
    let now = Date()
    let lost = try await store.recover(campaign: record.id, at: now)
    if lost > 0 { Console.error(Counted.lost(lost)) }
    switch request {
    case .pause:
      guard record.state != .paused else {
        try await owned.writeReceipts(of: record, at: now)
        throw Failure(.usage, "\(options.campaign) is paused already.")
      }
      try await store.setState(.paused, of: record.id, at: now)
      Console.print("\(options.campaign) is paused; `\(options.words("resume"))` goes on with it.")
    case .cancel:
      if record.state == .completed { try await store.setState(.running, of: record.id, at: now) }
      let count = try await store.cancel(campaign: record.id, at: now)
      Console.print("\(options.campaign) is cancelled; \(Counted.words(count, "letter")) will not be sent.")
    }
    try await owned.writeReceipts(of: record, at: now)
  }

  private func askOther(_ request: ControlRequest, _ record: CampaignRecord, _ holder: SpoolLock.Holder) async throws {
    let store = try SQLiteStore.open(spool: options.spool.folder, access: .control)
    try await store.request(request, of: record.id, at: Date())
    let since = holder.since.map { ", which has been delivering since \(LocalTime.full($0))," } ?? ""
    Console.print("Asked process \(holder.pid)\(since) to \(request.rawValue); it finishes what is on the wire first.")
    var hasTold = false
    while SpoolLock.holder(of: Spool(folder: options.spool.folder))?.pid == holder.pid {
      if !hasTold, StoppedProcess.isStopped(holder.pid) {
        hasTold = true
        Console.error(
          """
          Process \(holder.pid) is stopped and cannot answer: `kill -CONT \(holder.pid)` lets it go on, \
          `kill -9 \(holder.pid)` ends it.
          """)
      }
      try await Task.sleep(for: .milliseconds(200))
    }
    let state = try await ReadCampaign(options).record?.state ?? record.state
    let wanted: CampaignState = request == .pause ? .paused : .cancelled
    guard state == wanted else {
      throw Failure(
        .stopped,
        "process \(holder.pid) has ended, but \(options.campaign) is \(state.rawValue), not \(wanted.rawValue).")
    }
    // It may have died right after the change.
    if try await !areReceiptsSigned(of: record) { try await completeReceipts(of: record) }
    Console.print("\(options.campaign) is \(state.rawValue).")
  }

  /// Whether the checkpoint on disk speaks of the store's last receipt.
  private func areReceiptsSigned(of record: CampaignRecord) async throws -> Bool {
    let (reader, _) = try await ReadCampaign(options).launched()
    let file = Spool(folder: options.spool.folder).receipts(of: options.campaign)
      .appendingPathComponent("checkpoint.json")
    guard let json = try? Data(contentsOf: file), let checkpoint = try? Checkpoint(json: Array(json)) else {
      return false
    }
    return try await reader.receipts(of: record.id, after: checkpoint.count, limit: 1).isEmpty
  }
}
