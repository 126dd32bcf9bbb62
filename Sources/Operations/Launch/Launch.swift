import Campaigns
public import Delivery
import Foundation
import Letters
import Mail
import Queue
import Receipts
import Reports
import SMTP

/// Launches a campaign or resumes one: freezes the plan where there is none yet, and delivers.
///
/// Reads and checks everything before anything is frozen; nothing is half done when it fails. A campaign that was
/// launched is resumed; its input must be what was frozen, while relays, limits, passwords and retry times may change.
///
/// ```swift
/// let outcome = try await Launch(location, .launch(withoutRejected: false), observer, dependencies).run()
/// ```
public struct Launch: Sendable {
  public enum Mode: Sendable, Hashable {
    /// Freezes a campaign that was never launched; resumes one that was.
    case launch(withoutRejected: Bool)
    /// Only resumes a campaign.
    case resume
    /// Resumes a campaign and tries deferred letters at once, all or those of the named customers.
    case resumeNow(customers: [String])
  }

  let location: CampaignLocation
  private let mode: Mode
  private let lateIsFine: Bool
  private let frozenIsEnough: Bool
  private let answerLimit: Duration
  private let isRequestKept: Bool
  private let observer: any DeliveryObserver
  let dependencies: Dependencies

  /// - Parameters:
  ///   - lateIsFine: A campaign that cannot keep its deadline is launched all the same.
  ///   - frozenIsEnough: A campaign that was launched is resumed with the customers as they were frozen: the customer file
  ///     is not read, and may be gone.
  ///   - answerLimit: How long the relays' answers to letters that are sent whole are waited for when the delivery is
  ///     stopped.
  ///   - isRequestKept: What the operator asked of the last process is done by this one; else it is dropped.
  public init(
    _ location: CampaignLocation, _ mode: Mode, lateIsFine: Bool = false, frozenIsEnough: Bool = false,
    answerLimit: Duration = DeliveryEngine.Settings.standardAnswerLimit, isRequestKept: Bool = false,
    _ observer: any DeliveryObserver, _ dependencies: Dependencies
  ) {
    self.location = location
    self.mode = mode
    self.lateIsFine = lateIsFine
    self.frozenIsEnough = frozenIsEnough
    self.answerLimit = answerLimit
    self.isRequestKept = isRequestKept
    self.observer = observer
    self.dependencies = dependencies.logging(of: location.name)
  }

  var now: Date { dependencies.now }

  /// Returns when the operator was told of the end as well, or for as long as a few attempts take (`notify`).
  public func run() async throws -> DeliveryOutcome {
    let (result, notices) = await runLeavingNotices()
    await notices?.wait()
    return try result.get()
  }

  /// The same, without the wait: what is still to be told is returned, so that the end can be shown first.
  public func runLeavingNotices() async -> (Result<DeliveryOutcome, any Error>, PendingNotices?) {
    var pending: PendingNotices?
    do {
      return (.success(try await run(in: nil, &pending)), pending)
    } catch {
      return (.failure(error), pending)
    }
  }

  /// - Parameter shared: What a worker delivers from, which tells of all its campaigns itself.
  func run(in shared: SharedSpool) async throws -> DeliveryOutcome {
    var nothing: PendingNotices?
    return try await run(in: shared, &nothing)
  }

  /// - Parameter shared: Nil for a process that delivers this campaign alone.
  private func run(in shared: SharedSpool?, _ pending: inout PendingNotices?) async throws -> DeliveryOutcome {
    let files = try await files()
    let transport = dependencies.transport(files.secrets)
    let prepared = try await prepared(files, transport, in: shared, besideWorker: false)
    let (spool, record) = (prepared.spool, prepared.record)
    let notices = CampaignNotices(files.campaign, spool, record, tellsItself: shared == nil, dependencies)
    await notices?.settle(record.state)
    if let outcome = prepared.over {
      if record.state != .completed {
        await notices?.expect(outcome.end)
        await notices?.confirm()
      }
      pending = await notices?.pending
      return outcome
    }
    let end: DeliveryEngine.End
    do {
      end = try await DeliveryRun(
        spool: spool, campaign: files.campaign, templates: files.templates,
        signer: files.keys.frozen(at: record.createdAt).requiredSigner(), record: record, transport: transport,
        exchangers: MailExchangers { dependencies.dns(nil) }, answerLimit: answerLimit, staysRunning: shared != nil,
        notices: notices, limiters: shared?.limiters, observer: observer, dependencies: dependencies
      ).run()
    } catch {
      pending = await notices?.pending
      throw error
    }
    pending = await notices?.pending
    return try await DeliveryOutcome(end, of: record, in: spool.store, at: now)
  }

  /// What a launch reads of the campaign's folder, besides the customers.
  struct Files {
    let campaign: Campaign
    let templates: TemplateSet
    let secrets: RelaySecrets
    let keys: CampaignKeys
  }

  func files() async throws -> Files {
    try await location.requireUnpurged(dependencies)
    let campaign = try CampaignFile.read(folder: location.folder)
    let templates = try TemplateSet.load(folder: location.templates)
    let secrets = try RelayCredentials.read(campaign, credentials: dependencies.credentials)
    let keys = CampaignKeys(campaign, credentials: dependencies.credentials, at: now, frozenAt: now)
    _ = try keys.requiredSigner()
    let trimmed = secrets.warnings + [keys.passphraseWarning].compactMap { $0 }
    if !trimmed.isEmpty { observer.note(.secretsTrimmed(trimmed)) }
    return Files(campaign: campaign, templates: templates, secrets: secrets, keys: keys)
  }

  /// A frozen campaign; over when nothing is left to send.
  struct Prepared {
    let spool: WritableSpool
    let record: CampaignRecord
    var over: DeliveryOutcome?
  }

  /// Freezes the campaign, or makes sure that it can be resumed.
  func prepared(
    _ files: Files, _ transport: any Transport, in shared: SharedSpool?, besideWorker: Bool
  ) async throws -> Prepared {
    let (campaign, templates, keys) = (files.campaign, files.templates, files.keys)
    let locked = try shared == nil ? LockedSpool(location, at: now, besideWorker: besideWorker, isLaunch: true) : nil
    // A launch that is refused does not create a store.
    let opened: WritableSpool? =
      if let shared {
        try WritableSpool(location, in: shared, dependencies)
      } else if let locked, locked.hasStore {
        try WritableSpool(locked, dependencies)
      } else {
        nil
      }
    if let opened, let frozen = try await opened.store.campaign(named: location.name) {
      return Prepared(
        spool: opened, record: frozen, over: try await resume(frozen, opened, campaign, templates, keys))
    }
    guard case .launch(let withoutRejected) = mode, let locked else {
      throw OperatorError(
        .usage, "\(location.name) was never launched: \(step: .launch(withoutRejected: false)) begins it.")
    }
    if let objection = try CampaignReceipts(location).objection(isLaunched: false) {
      throw OperatorError(.data, "\(objection); nothing was frozen.")
    }
    let loaded = LoadedCampaign(
      campaign: campaign, templates: templates, book: try CustomerBook(campaign), keys: keys)
    let (plan, customers, release) = try await prepare(
      loaded, transport, opened?.store, withoutRejected: withoutRejected)
    let spool = try opened ?? WritableSpool(locked, dependencies)
    return Prepared(spool: spool, record: try await freeze(loaded, plan, customers, release, into: spool))
  }

  // MARK: Resuming

  /// Prepares a frozen campaign for delivery. Returns the outcome when nothing is left to send, else nil.
  private func resume(
    _ frozen: CampaignRecord, _ spool: WritableSpool, _ campaign: Campaign, _ templates: TemplateSet,
    _ keys: CampaignKeys
  ) async throws -> DeliveryOutcome? {
    let store = spool.store
    // Drops what was asked of the previous process; what is asked from now on, while this one begins, reaches its
    // engine.
    if !isRequestKept { try await store.request(nil, of: frozen.id, at: now) }
    // No later run would complete what a process that died while cancelling has left.
    if frozen.state == .cancelled { try await spool.writeReceipts(of: frozen, at: now) }
    let signer = try keys.frozen(at: frozen.createdAt).requiredSigner()
    try await requireResumable(frozen, spool, campaign, templates, signer)
    let isOver = campaign.afterDeadline == .stop && campaign.deadline.date <= now
    if campaign.uncertain == .resend, !isOver { _ = try await store.resendUncertain(in: frozen.id, at: now) }
    try await setDueTimes(frozen, store, campaign.retry)
    let status = CampaignStatus(try await store.snapshot(of: frozen.id), at: now)
    guard status.remaining > 0 else {
      observer.note(.nothingToSend)
      if frozen.state != .completed {
        try await store.setState(.running, of: frozen.id, at: now)
        try await store.setState(.completed, of: frozen.id, at: now)
      }
      try await spool.writeReceipts(of: frozen, at: now)
      return try await DeliveryOutcome(.finished, of: frozen, in: store, at: now)
    }
    try DescriptorBudget(campaign.relays).secure()
    observer.note(.resuming(remaining: status.remaining, total: status.total, relays: campaign.relays))
    // It goes on all the same: those who are told late are told.
    let plan = try await ForecastPlan(ForecastSettings(campaign), status, of: frozen, in: store, dependencies.time)
    if let warning = ForecastTexts.deadline(Forecast(plan)) { observer.note(.late(warning)) }
    return nil
  }

  /// Deferred letters wait by the retry schedule of the campaign file as it now is, or no longer at all.
  private func setDueTimes(
    _ frozen: CampaignRecord, _ store: any MessageStore, _ retry: RetrySchedule
  ) async throws {
    var customers: [String] = []
    if case .resumeNow(let named) = mode {
      customers = named
      try await NamedCustomers.read(named, of: frozen, in: store).require(
        [.deferred], of: frozen, consequence: "nothing was resumed", lack: "no deferred letter")
    }
    let moved = try await store.reschedule(in: frozen.id, by: retry) { retry.due(of: $0, deferredBy: $1) }
    if moved > 0 { observer.note(.rescheduled(letters: moved)) }
    guard case .resumeNow = mode else { return }
    var count = 0
    for customer in customers.isEmpty ? [nil] : customers.map(Optional.some) {
      count += try await store.makeDue(in: frozen.id, customer: customer, at: now)
    }
    observer.note(.madeDue(letters: count))
  }

  /// Fails when the campaign is over for good, or its input is no longer what was frozen.
  private func requireResumable(
    _ frozen: CampaignRecord, _ spool: WritableSpool, _ campaign: Campaign, _ templates: TemplateSet,
    _ signer: LetterSigner?
  ) async throws {
    try frozen.requireCustomers()
    guard frozen.state != .cancelled else {
      throw OperatorError(.usage, Self.cancelled(try await spool.store.snapshot(of: frozen.id)))
    }
    let input: InputComparison
    do {
      input = try await InputComparison(
        frozen, in: spool.store, campaign, templates: templates.files(of: campaign), signer: signer,
        customers: frozenIsEnough ? .ignored : .file)
    } catch let error as CustomerFileError {
      throw OperatorError(.data, LaunchStatus.withoutCustomerFile(location.name, frozen, error))
    }
    guard input.changes.isEmpty else {
      throw OperatorError(
        .data,
        """
        \(location.name) was frozen at \(time: frozen.createdAt), and what it is made of has changed since:
          \(input.changes.map(\.text).joined(separator: "\n  "))
        \(LaunchStatus.goingOn(isOnlyCustomerFile: input.changes.allSatisfy(\.isOfCustomerFile)))
        """)
    }
    if input.isOrderChanged { observer.note(.orderKept) }
    if input.hasSameCustomers {
      let file = campaign.customers.file.lastPathComponent
      observer.note(.remark("\(file) was saved anew with the same customers in it; the frozen plan goes on."))
    }
  }

  /// The message for a cancelled campaign: it is over for good, and some customers were told already.
  private static func cancelled(_ snapshot: CampaignSnapshot) -> OperatorMessage {
    let accepted = snapshot.messages[.accepted] ?? 0
    let uncertain = snapshot.messages[.uncertain] ?? 0
    var told = "\(accepted) \(accepted == 1 ? "letter was" : "letters were") accepted before"
    if uncertain > 0 { told += ", \(uncertain) \(uncertain == 1 ? "is" : "are") uncertain" }
    return """
      \(snapshot.campaign.plan.name) was cancelled and does not go on; \(told).
      For the others make a new campaign: a new folder with campaign.yaml, the customer file and templates/, without \
      receipts/. Take the customers who were told already out of its customer file, or they are told twice: \
      \(step: .report) lists them.
      """
  }

  // MARK: The first launch

  /// Makes the plan, requires its release and tries the relays; the operator agrees to it.
  private func prepare(
    _ loaded: LoadedCampaign, _ transport: any Transport, _ store: (any MessageStore)?, withoutRejected: Bool
  ) async throws -> (Plan, StagedCustomers, CampaignRelease?) {
    let campaign = loaded.campaign
    try DeadlineForecast.requireSending(campaign, at: now)
    if let objection = try await FollowedCampaign.objection(campaign, store) {
      throw OperatorError(.campaignFile, objection)
    }
    try DescriptorBudget(campaign.relays).secure()
    var staging = PlanStaging(in: location.queue)
    var letters = PlannedLetters(campaign)
    let (plan, check) = try LetterCheck.run(loaded, date: campaign.localTime(now)) { customer, outcome in
      try staging.append(customer, outcome)
      letters.add(customer, outcome)
    }
    try check.requireNoErrors()
    try RejectedCustomers(loaded, plan).requireNone(unless: withoutRejected, verb: "launch")
    guard plan.counts.letter > 0 else {
      throw OperatorError(.data, "no customer gets a letter; there is nothing to launch.")
    }
    let release = try CampaignRelease.read(loaded, plan, location)
    try release?.requireReleased()
    let deadline = try await DeadlineForecast(
      campaign, letters.letters, from: store, lookup: MailExchangers { [dependencies] in dependencies.dns(nil) },
      dependencies.time)
    if !lateIsFine, let refusal = deadline.refusal(withoutRejected: withoutRejected) { throw refusal }
    let troubles = try await RelayProbe(
      campaign: campaign, needs: check.needs(loaded, at: now), transport: transport, time: dependencies.time,
      log: dependencies.log
    ).run()
    if !troubles.isEmpty { observer.note(.relaysUnusable(troubles)) }
    try observer.confirm(
      LaunchQuestion(letters: plan.counts.messages, relays: campaign.relays, deadline: deadline))
    return (plan, staging.finish(), release)
  }

  private func freeze(
    _ loaded: LoadedCampaign, _ plan: Plan, _ customers: StagedCustomers, _ release: CampaignRelease?,
    into spool: WritableSpool
  ) async throws -> CampaignRecord {
    let now = now
    let frozen = loaded.frozen(at: now)
    guard frozen.keys.signer?.recipients?.digests == loaded.keys.signer?.recipients?.digests else {
      throw OperatorError(
        .data,
        """
        a customer's certificate began or ended meanwhile, and the plan was made before; nothing was frozen. Launch again.
        """)
    }
    try await TestLetterPlace.countEarlier(
      of: location, loaded.campaign.relays, in: spool.store, dependencies.time)
    let approvals = release?.state.counting.map(\.frozen) ?? []
    let record = try await PlanFreezer(
      loaded: frozen, plan: plan, customers: customers, hashKey: dependencies.randomBytes(32), approvals: approvals,
      follows: loaded.campaign.follows
    ).freeze(into: spool.store, at: now)
    // Nothing is deferred yet.
    _ = try await spool.store.reschedule(in: record.id, by: frozen.campaign.retry) { message, _ in message.dueAt }
    if !approvals.isEmpty { observer.note(.released(approvals)) }
    if let told = RejectedCustomers(loaded, plan).outcome { observer.note(.remark(told)) }
    observer.note(
      .launched(letters: plan.counts.messages, relays: loaded.campaign.relays, plan: plan.hash))
    return record
  }
}
