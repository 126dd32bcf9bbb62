import Campaigns
import Delivery
import FaultPoints
import Foundation
import Letters
import Logging
import Mail
import Queue
import Receipts
import Reports

/// Delivers a frozen campaign until it ends or is stopped, and writes down how it ended.
///
/// Shared by `launch`, `resume` and `rehearse`. Promises that the campaign's state, its receipts on disk and the signed
/// checkpoint agree with the store when it returns; when the store fails it says so and leaves the rest to the next run.
struct DeliveryRun: Sendable {
  let owned: OwnedSpool
  let campaign: Campaign
  let templates: TemplateSet
  let signer: LetterSigner?
  let record: CampaignRecord
  let transport: any Transport
  let time: any Timekeeper
  let log: Logger

  func run() async throws -> DeliveryEngine.End {
    let store = owned.store
    let receipts = try await owned.openReceipts(of: record)
    let lost = try await store.recover(campaign: record.id, at: time.now)
    if lost > 0 {
      Console.error(Counted.lost(lost))
    }
    try await store.setState(.running, of: record.id, at: time.now)
    let end: DeliveryEngine.End
    do {
      end = try await deliver(receipts)
    } catch let error as StoreError where error.isStorageFailure {
      // The disk is to blame: nothing more can be written, not even that we stopped.
      let words = CommandWords(campaign: campaign.name, folder: owned.spool.folder)
      throw Failure(
        .cannotWrite,
        """
        \(error)
        Stopped. Letters that were on the wire may be uncertain; `\(words("resume"))` goes on once the disk is in order.
        """)
    } catch let error where error is StoreError || error is DeliveryError {
      // A fault of the store says nothing about the campaign; after a lost lease it is another process's.
      throw error
    } catch {
      try await store.setState(.aborted, of: record.id, at: time.now)
      try await owned.sign(receipts, at: time.now)
      throw error
    }
    FaultPoint.deliveryEnded.reached()
    try await close(end)
    try await owned.sign(receipts, at: time.now)
    return end
  }

  private func deliver(_ receipts: ReceiptFile) async throws -> DeliveryEngine.End {
    let engine = DeliveryEngine(
      campaign: record.id, store: owned.store,
      source: LetterMessageSource(
        sender: campaign.sender,
        renderer: try LetterRenderer(
          campaign: campaign, templates: templates, date: campaign.localTime(record.createdAt),
          codes: VerificationCodes(key: record.plan.hashKey, campaign: record.plan.name)),
        composer: LetterComposer(campaign: campaign, key: record.plan.hashKey, signer: signer)),
      transport: transport, receipts: receipts,
      settings: .init(
        relays: campaign.relays,
        retry: RetrySchedule(delays: campaign.retry.schedule, giveUpAfter: campaign.retry.giveUpAfter),
        uncertain: campaign.uncertain, worker: "\(ProcessInfo.processInfo.processIdentifier)"),
      time: time, jitter: { Double.random(in: 0..<1) }, log: log)
    let time = time
    let display = ProgressDisplay(
      store: owned.store, campaign: record.id, relays: campaign.relays, isTerminal: Console.outputIsTerminal,
      now: { time.now })
    return try await StopSignal.cancelling {
      try await withThrowingTaskGroup(of: DeliveryEngine.End?.self) { group in
        group.addTask { try await engine.run() }
        group.addTask {
          do { try await display.run() } catch is CancellationError {}
          return nil
        }
        defer { display.finish() }
        var end: DeliveryEngine.End?
        for try await result in group where result != nil {
          end = result
          group.cancelAll()
        }
        // The engine's task returns an end or throws.
        return end ?? .cancelled
      }
    } onSignal: {
      Console.error("Stopping: what is on the wire is finished first.")
    }
  }

  private func close(_ end: DeliveryEngine.End) async throws {
    let store = owned.store
    switch end {
    case .finished:
      try await store.setState(.completed, of: record.id, at: time.now)
    case .requested(.cancel):
      let count = try await store.cancel(campaign: record.id, at: time.now)
      log.notice("\(Counted.words(count, "letter")) cancelled")
    case .requested(.pause), .cancelled, .relaysPaused:
      try await store.setState(.paused, of: record.id, at: time.now)
    }
    try await store.request(nil, of: record.id, at: time.now)
  }
}
