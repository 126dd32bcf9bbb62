import Campaigns
import Delivery
public import Foundation
import Logging
import Queue
import Receipts
import Reports
public import ServiceLifecycle
import Synchronization

/// Delivers all launched, unfinished campaigns of a queue folder until it is told to stop.
///
/// Each is delivered as ``Launch`` does, all of them from one store. A campaign that was frozen or is running is the
/// worker's; one that is paused, aborted or over is left alone, until an operation makes it running again. One that fails
/// is told of, noted for `status` and tried again; it never stops the others. A graceful shutdown drains every delivery as
/// a pause does and leaves the campaigns running: the next start goes on. There is one worker for a queue folder; another
/// one waits for its end.
public struct Worker: Service {
  public struct Settings: Sendable {
    /// How often is looked for campaigns; half of the time in which a new one begins at the latest.
    public var interval: Duration
    /// How long answers to whole letters are waited for at a stop.
    public var answerLimit: Duration
    /// Ends when nothing is left to deliver but what has failed.
    public var endsWhenIdle: Bool

    public init(
      interval: Duration = .seconds(1), answerLimit: Duration = .seconds(10), endsWhenIdle: Bool = false
    ) {
      self.interval = interval
      self.answerLimit = answerLimit
      self.endsWhenIdle = endsWhenIdle
    }
  }

  private let queue: URL
  private let settings: Settings
  private let manager: ServiceManager
  private let dependencies: Dependencies
  private let report: @Sendable (_ event: WorkerEvent, _ campaign: String) -> Void
  private let stop = WorkerStop()

  /// - Parameter report: Called for each event with the campaign that it is about, or with nothing.
  public init(
    queue: URL, settings: Settings = Settings(), manager: ServiceManager, _ dependencies: Dependencies,
    report: @escaping @Sendable (_ event: WorkerEvent, _ campaign: String) -> Void
  ) {
    self.queue = queue
    self.settings = settings
    self.manager = manager
    self.dependencies = dependencies
    self.report = report
  }

  /// Returns after a graceful shutdown, or when its task was cancelled. Fails with the kind `cannotWrite` when the queue
  /// folder cannot be used at all.
  public func run() async throws {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await work()
      } onGracefulShutdown: {
        stop.stop()
      }
    } onCancel: {
      stop.stop()
    }
  }

  private func work() async throws {
    guard let lock = try await takeLock() else { return }
    let round = WorkerRound(
      queue: queue, settings: settings, stop: stop, troubles: WorkerTroubles(queue), dependencies, report)
    report(.started(queue: queue), "")
    manager.ready()
    await withDiscardingTaskGroup { group in
      while !stop.isStopped {
        let jobs = await round.look()
        for job in jobs { group.addTask(operation: job) }
        if settings.endsWhenIdle, jobs.isEmpty, await round.isIdle { return }
        manager.status(await round.summary)
        // Only here: a loop that hangs is dead, whatever timers still run.
        manager.alive()
        await stop.pause(for: interval)
      }
      report(.stopping(campaigns: await round.active), "")
      manager.stopping()
    }
    report(.stopped, "")
    withExtendedLifetime(lock) {}
  }

  /// A round at least as often as the watchdog wants to hear of it.
  private var interval: Duration { min(settings.interval, manager.watchdogInterval ?? settings.interval) }

  /// Nil when it was stopped while another worker had the folder.
  private func takeLock() async throws -> SpoolLock? {
    var isTold = false
    while true {
      do throws(SpoolLockError) {
        return try SpoolLock.take(Spool(folder: queue), .worker, campaign: "", at: dependencies.now)
      } catch {
        guard case .held(let holder) = error else { throw error }
        if !isTold {
          report(.waiting(holder), "")
          // It has started as far as it can: a service manager need not wait.
          manager.ready()
          manager.status("Waits for process \(holder.pid) on \(holder.host), the worker of this queue folder.")
        }
        isTold = true
      }
      manager.alive()
      await stop.pause(for: interval)
      if stop.isStopped {
        manager.stopping()
        return nil
      }
    }
  }
}

/// A worker's campaigns: what runs, what failed, what is to begin.
actor WorkerRound {
  private let queue: URL
  private let settings: Worker.Settings
  private let stop: WorkerStop
  private let troubles: WorkerTroubles
  private let dependencies: Dependencies
  private let report: @Sendable (WorkerEvent, String) -> Void

  private var store: (any MessageStore)?
  private var running: [String: CampaignStatus?] = [:]
  /// The campaign files of what runs.
  private var files: [String: Campaign] = [:]
  private var telling: Set<String> = []
  /// What campaigns wait for, by the monotonic clock.
  private var notBefore: [String: Date] = [:]
  private var shared: SharedSpool?
  private var lastWords = ""
  /// Files of notices as they were when nothing was left to tell.
  private var told: [String: TimeInterval] = [:]

  init(
    queue: URL, settings: Worker.Settings, stop: WorkerStop, troubles: WorkerTroubles, _ dependencies: Dependencies,
    _ report: @escaping @Sendable (WorkerEvent, String) -> Void
  ) {
    self.queue = queue
    self.settings = settings
    self.stop = stop
    self.troubles = troubles
    self.dependencies = dependencies
    self.report = report
  }

  var active: Int { running.count }
  /// Nothing runs, and nothing waits for another process.
  var isIdle: Bool { running.isEmpty && telling.isEmpty && lastWords.isEmpty }

  /// One line for a service manager.
  var summary: String {
    var parts = running.sorted { $0.key < $1.key }.map { name, status in
      status.map { "\(name) \($0.count(.accepted)) of \($0.total) accepted" } ?? "\(name) begins"
    }
    if troubles.count > 0 { parts.append("\(pluralized(troubles.count, "campaign")) in trouble") }
    return parts.isEmpty ? "Nothing to deliver." : parts.joined(separator: ", ")
  }

  typealias Job = @Sendable () async -> Void

  /// What is to begin now. Never fails: what cannot be read now is tried in the next round.
  func look() async -> [Job] {
    let records: [CampaignRecord]
    do {
      records = try await campaigns()
    } catch {
      store = nil
      tell(.unreadable(OperatorError(describing: error) ?? OperatorError(.software, "\(error)")), once: "\(error)")
      return []
    }
    var jobs: [Job] = []
    for record in records {
      guard let location = try? CampaignLocation(name: record.plan.name, queue: queue), record.purge == nil else {
        continue
      }
      if let job = notices(of: location, record) { jobs.append(job) }
      guard [.draft, .running].contains(record.state) else {
        // Whoever resumes it begins anew.
        notBefore[location.name] = nil
        if record.state != .aborted { troubles.clear(location.name) }
        continue
      }
      guard running[location.name] == nil,
        notBefore[location.name].map({ $0 <= dependencies.time.monotonicNow }) ?? true
      else { continue }
      // What cannot be read fails when it begins, and is told.
      let file = try? CampaignFile.read(folder: location.folder)
      if let file, files.values.contains(where: { SharedLimiters.areApart(file, $0) }) { continue }
      guard let shared = share() else { continue }
      running[location.name] = .some(nil)
      files[location.name] = file
      jobs.append { await self.deliver(location, from: shared) }
    }
    if running.isEmpty { shared = nil }
    return jobs
  }

  private func campaigns() async throws -> [CampaignRecord] {
    if store == nil {
      do throws(StoreError) {
        store = try dependencies.stores.open(queue: queue, access: .reader, lock: nil)
      } catch {
        switch error {
        case .noSpool: return []
        case .olderVersion:
          // Opened as its owner it is converted.
          _ = share()
          if running.isEmpty { shared = nil }
          store = try dependencies.stores.open(queue: queue, access: .reader, lock: nil)
        default: throw error
        }
      }
    }
    return try await store?.campaigns() ?? []
  }

  /// The store for deliveries; nil, and told, while another process has the queue folder.
  private func share() -> SharedSpool? {
    if let shared { return shared }
    do {
      let opened = try SharedSpool(queue, dependencies)
      shared = opened
      lastWords = ""
      return opened
    } catch SpoolLockError.held(let holder) {
      tell(.busy(holder), once: "\(holder.pid) \(holder.campaign)")
    } catch {
      tell(.unreadable(OperatorError(describing: error) ?? OperatorError(.software, "\(error)")), once: "\(error)")
    }
    return nil
  }

  private func tell(_ event: WorkerEvent, once words: String) {
    if words != lastWords { report(event, "") }
    lastWords = words
  }

  // MARK: One campaign

  private func deliver(_ location: CampaignLocation, from shared: SharedSpool) async {
    let name = location.name
    let observer = WorkerObserver(
      stop: stop, report: { [report] in report(.event($0), name) },
      // Unstructured: a display is not waited for.
      show: { status in Task { await self.show(status, of: name) } })
    do {
      report(.began, name)
      let outcome = try await Launch(
        location, .resume, frozenIsEnough: true, answerLimit: settings.answerLimit, isRequestKept: true, observer,
        dependencies.logging(of: location.name)
      ).run(in: shared)
      report(.ended(outcome), name)
      troubles.clear(name)
      notBefore[name] = nil
    } catch SpoolLockError.held(let holder) where holder.campaign == name {
      // An operation that changes it just now.
      notBefore[name] = dependencies.time.monotonicNow.addingTimeInterval(0.5)
    } catch {
      await note(error, of: location, shared)
    }
    running[name] = nil
    files[name] = nil
    // A store that has failed is not used again; the others end by themselves.
    if running.isEmpty { self.shared = nil }
  }

  private func show(_ status: CampaignStatus, of name: String) {
    if running[name] != nil { running[name] = .some(status) }
  }

  private func note(_ error: any Error, of location: CampaignLocation, _ shared: SharedSpool) async {
    let name = location.name
    let fault = OperatorError(describing: error) ?? OperatorError(.software, "\(error)")
    let state = try? await shared.store.campaign(named: name)?.state
    let isTriedAgain = state == .running || state == .draft || state == nil
    let command = NextCommand(campaign: name, queue: queue.path)
    let text = command.text(fault.message)
    let (isNew, retryAt) = troubles.note(name, text, isTriedAgain: isTriedAgain, at: dependencies.now)
    notBefore[name] = retryAt.map {
      dependencies.time.monotonicNow.addingTimeInterval($0.timeIntervalSince(dependencies.now))
    }
    if isNew { report(.trouble(fault, retryAt: retryAt), name) }
    guard isNew, isTriedAgain, let campaign = try? CampaignFile.read(folder: location.folder),
      !campaign.notify.isEmpty, let record = try? await shared.store.campaign(named: name)
    else { return }
    let messages = (try? await shared.store.snapshot(of: record.id).messages) ?? [:]
    let notice = Notice(
      event: .decision, reason: .fault, at: dependencies.now, letters: CampaignNotices.named(messages))
    try? NoticeBook(location).add([notice], isConfirmed: true, mark: CampaignNotices.faultMark + text)
  }

  // MARK: Notices

  /// Tells what is left to be told of a campaign, also by processes that have ended.
  private func notices(of location: CampaignLocation, _ record: CampaignRecord) -> Job? {
    let (name, book) = (location.name, NoticeBook(location))
    guard !telling.contains(name), let changedAt = book.changedAt, told[name] != changedAt,
      let campaign = try? CampaignFile.read(folder: location.folder)
    else { return nil }
    do {
      if running[name] == nil, SpoolLock.deliverer(of: name, in: location.spool) == nil {
        try book.settle(record.state)
      }
      guard let next = try book.nextAttempt(campaign.notify, at: dependencies.now) else {
        // An entry that is not confirmed will be when its delivery has ended.
        if try book.entries.allSatisfy(\.isConfirmed) { told[name] = changedAt }
        return nil
      }
      guard next <= dependencies.now else { return nil }
    } catch {
      told[name] = changedAt
      dependencies.log.warning("\(name): nobody can be told (“notify”): \(error)")
      return nil
    }
    telling.insert(name)
    let (post, stop) = (NoticePost(campaign, location, dependencies.logging(of: location.name)), stop)
    return {
      // Broken off by the order to stop: the next start tells it.
      try? await stop.cancelling { while try await post.tellNext() { try Task.checkCancellation() } }
      await self.hasTold(name)
    }
  }

  private func hasTold(_ name: String) { telling.remove(name) }
}

/// The observer of a worker's delivery.
private struct WorkerObserver: DeliveryObserver {
  let stop: WorkerStop
  let report: @Sendable (DeliveryEvent) -> Void
  let show: @Sendable (CampaignStatus) -> Void

  func note(_ event: DeliveryEvent) { report(event) }
  /// Nothing is frozen here.
  func confirm(_ question: LaunchQuestion) throws {}
  var progressInterval: Duration { .seconds(1) }
  func show(_ progress: CampaignStatus) { show(progress) }
  func endProgress() {}

  func untilStopped<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await stop.cancelling(work)
  }
}
