import Campaigns
public import Foundation
public import Queue
import Receipts
import Reports

/// A campaign that a worker is to deliver: frozen, or resumed, and left in the queue folder.
public struct HandOver: Sendable {
  /// Letters that are left to send.
  public let letters: Int
  let campaign: String
  /// The worker of the queue folder; nil when none runs.
  public let worker: SpoolLock.Holder?

  /// What to do next.
  public var message: OperatorMessage {
    let count = pluralized(letters, "letter")
    guard let worker else {
      return """
        Handed over: \(count) of \(campaign) wait for a worker, and none runs on this queue folder. \(step: .work) begins \
        one (or systemctl start eilbrief-worker); \(step: .watch) shows it at work.
        """
    }
    return """
      Handed over to the worker, process \(worker.pid) on \(worker.host): \(count) of \(campaign) to send. \(step: .watch) \
      shows it at work, \(step: .pause) stops it.
      """
  }
}

extension Launch {
  /// Does everything but deliver: the worker of the queue folder does that, or the next one that is started.
  ///
  /// All that ``run()`` checks is checked here, and the plan is frozen when it returns. Fails with the kind `usage` when
  /// the campaign is being delivered already.
  public func handOver() async throws -> HandOver {
    let files = try await files()
    let prepared: Prepared
    do {
      prepared = try await self.prepared(files, dependencies.transport(files.secrets), in: nil, besideWorker: true)
    } catch SpoolLockError.held(let holder) where holder.campaign == location.name {
      throw OperatorError(
        .usage,
        "process \(holder.pid) on \(holder.host) is at work on \(location.name) already: \(step: .watch) shows it.")
    }
    let (store, record) = (prepared.spool.store, prepared.record)
    guard prepared.over == nil else {
      return HandOver(letters: 0, campaign: location.name, worker: Self.worker(of: location.queue))
    }
    if record.state == .paused { try await store.moveCanary(from: .look, to: .passed, in: record.id) }
    if record.state != .running { try await store.setState(.running, of: record.id, at: now) }
    try await prepared.spool.writeReceipts(of: record, at: now)
    let status = CampaignStatus(try await store.snapshot(of: record.id), at: now)
    return HandOver(letters: status.remaining, campaign: location.name, worker: Self.worker(of: location.queue))
  }

  /// The worker of a queue folder; nil when none runs.
  public static func worker(of queue: URL) -> SpoolLock.Holder? { SpoolLock.holder(of: Spool(folder: queue), .worker) }
}
