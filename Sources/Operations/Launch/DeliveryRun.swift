import Campaigns
import Delivery
import FaultPoints
import Foundation
import Letters
import Logging
import Mail
import Monitoring
import Queue
import Receipts
import Reports

/// Delivers a frozen campaign until it ends or is stopped, and writes down how it ended.
///
/// Shared by launch, resume and rehearsal. Promises that the campaign's state, its receipts on disk and the signed
/// checkpoint agree with the store when it returns; when the store fails it says so and leaves the rest to the next
/// run.
struct DeliveryRun: Sendable {
  let spool: WritableSpool
  let campaign: Campaign
  let templates: TemplateSet
  let signer: LetterSigner?
  let record: CampaignRecord
  let transport: any Transport
  /// Nil where no destination is found by its mail exchangers.
  var exchangers: (any ExchangerLookup)?
  var answerLimit = DeliveryEngine.Settings.standardAnswerLimit
  /// Nothing is paused for a look, and a deadline that has passed already changes nothing.
  var isRehearsal = false
  /// A stop by this process leaves the campaign running: a worker goes on with it when it starts again.
  var staysRunning = false
  var notices: CampaignNotices?
  /// Shared by a worker's deliveries.
  var limiters: SharedLimiters?
  let observer: any DeliveryObserver
  let dependencies: Dependencies

  private var time: any DeliveryClock { dependencies.time }

  func run() async throws -> DeliveryEngine.End {
    let store = spool.store
    let receipts = try await spool.openReceipts(of: record)
    let lost = try await store.recover(campaign: record.id, at: time.now)
    if lost > 0 { observer.note(.recovered(lost: lost)) }
    // Whoever resumes it has looked.
    if record.state == .paused { try await store.moveCanary(from: .look, to: .passed, in: record.id) }
    try await store.setState(.running, of: record.id, at: time.now)
    let end: DeliveryEngine.End
    do {
      end = try await deliver(receipts)
    } catch let error as StoreError where error.isStorageFailure {
      // The disk is to blame: nothing more can be written, not even that we stopped.
      throw OperatorError(
        .cannotWrite,
        """
        \(error)
        Stopped. Letters that were on the wire may be uncertain; \(step: .resume) continues once the disk is in order.
        """)
    } catch let error where error is StoreError || error is DeliveryError {
      // A fault of the store says nothing about the campaign; after a lost lease it is another process's.
      throw error
    } catch {
      // What concerns one letter excludes that letter. This concerns all.
      await notices?.expectFault()
      try await store.setState(.aborted, of: record.id, at: time.now)
      try await spool.sign(receipts, at: time.now)
      await notices?.confirm()
      let fault = OperatorError(describing: error) ?? OperatorError(.software, "\(error)")
      throw OperatorError(
        fault.kind,
        fault.message + """

          This concerns every letter, so the campaign is aborted. The letters that are left stay in the queue: \
          \(step: .resume) continues once it is mended.
          """)
    }
    FaultPoint.deliveryEnded.reached()
    let ended = try await requested(insteadOf: end)
    await notices?.expect(ended)
    try await close(ended)
    try await spool.sign(receipts, at: time.now)
    await notices?.confirm()
    return ended
  }

  private func deliver(_ receipts: ReceiptFile) async throws -> DeliveryEngine.End {
    let isPast = campaign.deadline.date <= time.now
    var settings = DeliveryEngine.Settings(
      relays: campaign.relays,
      retry: campaign.retry,
      uncertain: campaign.uncertain, stopAt: campaign.stopAt, hours: campaign.hours,
      destinations: campaign.destinations, exchangers: exchangers,
      answerLimit: answerLimit,
      deadline: isRehearsal && isPast ? nil : DeliveryDeadline(campaign.deadline.date, campaign.afterDeadline),
      canary: campaign.canary, pausesForCanary: !isRehearsal,
      worker: "\(ProcessInfo.processInfo.processIdentifier)")
    settings.limiters = limiters
    settings.othersTakeOut = record.plan.follows?.kind == .reminder
    let measuring = isRehearsal ? nil : DeliveryMeasuring(of: spool.location, dependencies)
    settings.metrics = measuring?.metrics ?? .none
    defer { try? measuring?.write() }
    let engine = DeliveryEngine(
      campaign: record.id, store: spool.store,
      source: try LetterMessageSource(
        campaign: campaign, templates: templates, frozenAt: record.createdAt, key: record.plan.hashKey, signer: signer),
      transport: transport, receipts: receipts,
      settings: settings,
      time: time, jitter: dependencies.jitter, log: dependencies.log,
      tell: { observer.note(.news($0, isRehearsal: isRehearsal)) })
    return try await observer.untilStopped {
      try await withThrowingTaskGroup(of: DeliveryEngine.End?.self) { group in
        group.addTask { try await engine.run() }
        group.addTask {
          do { try await showProgress() } catch is CancellationError {}
          return nil
        }
        group.addTask {
          await measuring?.keepWriting()
          return nil
        }
        defer { observer.endProgress() }
        var end: DeliveryEngine.End?
        for try await result in group where result != nil {
          end = result
          group.cancelAll()
        }
        // The engine's task returns an end or throws.
        return end ?? .cancelled
      }
    }
  }

  /// Reads the store like any other reader, so what is shown is durable. Runs until cancelled. What cannot be read just
  /// now is not shown: a display does not stop a delivery.
  private func showProgress() async throws {
    var figures = LiveFigures(of: record, in: spool.store, time)
    while true {
      try await Task.sleep(for: observer.progressInterval)
      guard let status = try? await figures.read(campaign) else { continue }
      observer.show(status)
      await notices?.look(status)
    }
  }

  /// What the operator has asked for since the delivery was stopped comes first.
  private func requested(insteadOf end: DeliveryEngine.End) async throws -> DeliveryEngine.End {
    guard staysRunning, case .cancelled = end, let request = try await spool.store.pendingRequest(of: record.id) else {
      return end
    }
    return .requested(request)
  }

  private func close(_ end: DeliveryEngine.End) async throws {
    let store = spool.store
    switch end {
    case .cancelled where staysRunning: return
    case .finished:
      try await store.setState(.completed, of: record.id, at: time.now)
    case .requested(.cancel):
      let count = try await store.cancel(campaign: record.id, at: time.now)
      dependencies.log.notice("\(pluralized(count, "letter")) cancelled")
    case .requested(.pause), .cancelled, .relaysPaused, .tooUncertain:
      try await store.setState(.paused, of: record.id, at: time.now)
    case .canary:
      // Paused first: a resume after a crash between the two looks again.
      try await store.setState(.paused, of: record.id, at: time.now)
      try await store.moveCanary(from: .waiting, to: .look, in: record.id)
    }
    try await store.request(nil, of: record.id, at: time.now)
  }

}

extension MessageStore {
  func moveCanary(
    from old: CanaryRecord.State, to new: CanaryRecord.State, in campaign: Int64
  ) async throws {
    guard var canary = try await canary(in: campaign), canary.state == old else { return }
    canary.state = new
    try await setCanary(canary, in: campaign)
  }
}
