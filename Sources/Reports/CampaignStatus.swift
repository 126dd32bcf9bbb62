public import Campaigns
public import Delivery
public import Foundation
import Mail
public import Queue
public import Receipts

/// The status of a campaign: the document of `eilbrief status --json` (schema 1) and the figures of the live line.
///
/// Made from one snapshot, so the figures belong to one moment and add up: `messages.total` is the sum of its states,
/// `customers.total` that of letter, phone and none.
public struct CampaignStatus: Sendable, Encodable {
  public struct Customers: Sendable, Encodable {
    public var total = 0
    public var letter = 0
    public var phone = 0
    public var none = 0
  }

  public struct Rows: Sendable, Encodable {
    public var total = 0
    public var rejected = 0
  }

  public var schema = 1
  public var campaign: String
  public var state: CampaignState
  /// `sha256:` and the plan's hash; nil before the first launch.
  public var plan: String?
  public var customers = Customers()
  public var rows = Rows()
  /// Every state is present.
  public var messages: [MessageState: Int]
  public var deadline: Date?
  /// The estimated time of the last message; nil when nothing is left, or for a reason: ``noEstimate``.
  public private(set) var eta: Date?
  /// The forecast that ``eta`` is of.
  public private(set) var forecast: Forecast?
  /// Why no end is estimated though the campaign runs and letters are left.
  public private(set) var noEstimate: NoEstimate?
  /// The relays as the last delivery knew them. A relay rests only while a process delivers.
  public private(set) var relays: [RelayCondition] = []
  /// Outcomes per second; 0 when the newest is a minute old, the campaign does not run or no process delivers it.
  public var ratePerSecond = 0.0
  public var startedAt: Date?
  public var finishedAt: Date?
  /// A purge of the campaign's personal data; nil when no purge has begun. In the document only when it is there: the
  /// other figures are then what they were before.
  public var purge: CampaignRecord.Purge?
  /// The people who released it; empty when no approval was required. In the document only when somebody released it.
  public var releasedBy: [ReleasedBy] = []
  /// The process that delivers it now; nil when there is none.
  public private(set) var process: DeliveringProcess?
  /// The last process that was at work on it, where it runs and no process delivers it; nil where that is not known. In
  /// the document only when it is there.
  public var lastProcess: EndedProcess?
  /// The worker of the queue folder, where the campaign runs and no process delivers it. Not part of the document.
  public var idleWorker: DeliveringProcess?
  /// The moment at which the relays' limits let the next letter go, while all wait for that. For the live line; not
  /// part of the document.
  public private(set) var waitsForLimitUntil: Date?
  /// When the sending hours begin, while letters wait for that; set before the estimate, and not part of the document.
  public private(set) var outsideHoursUntil: Date?
  /// The moment at which the next deferred message falls due; nil when nobody would send it then. For the live line;
  /// not part of the document.
  public var nextDue: Date?
  /// The deferred messages by their due times; nil when they are not known. For the estimate; not part of the document.
  public private(set) var deferred: DeferredFigures?
  /// Letters a second that a relay takes, by its name, where it was found to take no more. For the live view; not part of
  /// the document.
  public internal(set) var paces: [String: Double] = [:]
  /// The letters that leave before all others; nil when there are none.
  public private(set) var canary: CanaryRecord?
  /// How far the telephone list is worked off; nil where that was not counted, or the customers are purged.
  public private(set) var calls: CallFigures?
  /// Accepted letters of which a report says that they did not reach the mailbox; 0 once the customers are purged.
  public private(set) var bounced = 0
  /// Excluded letters of a reminder for whose customers nothing is left to do; 0 once the customers are purged.
  public private(set) var needless = 0
  /// The campaign that it follows. In the document only when there is one.
  public private(set) var follows: Following?
  /// Who has changed the password; nil where no export of the mail server was read, or the customers are purged. In the
  /// document only when it is there.
  public private(set) var mailboxes: MailboxFigures?
  /// Why the worker of the queue folder does not deliver it; nil when it does, or none runs. In the document only when it
  /// is there.
  public var trouble: DeliveryTrouble?
  private var hasOutcome = false

  /// A campaign that was never launched.
  public init(draft name: String, deadline: Date?) {
    campaign = name
    state = .draft
    messages = Dictionary(uniqueKeysWithValues: MessageState.allCases.map { ($0, 0) })
    self.deadline = deadline
  }

  public init(_ snapshot: CampaignSnapshot, at now: Date) {
    campaign = snapshot.campaign.plan.name
    state = snapshot.campaign.state
    plan = snapshot.campaign.plan.planHash.labelled
    customers.letter = snapshot.customers[.letter] ?? 0
    customers.phone = snapshot.customers[.phone] ?? 0
    customers.none = snapshot.customers[.none] ?? 0
    customers.total = customers.letter + customers.phone + customers.none
    rows.total = snapshot.campaign.plan.rows
    rows.rejected = snapshot.campaign.plan.rejectedRows
    messages = snapshot.messages
    bounced = snapshot.bounced
    needless = snapshot.needless
    follows = snapshot.campaign.plan.follows
    deadline = snapshot.campaign.plan.deadline
    startedAt = snapshot.campaign.startedAt
    finishedAt = snapshot.campaign.finishedAt
    purge = snapshot.campaign.purge
    releasedBy = snapshot.campaign.plan.approvals.map(ReleasedBy.init)
    nextDue = snapshot.nextDue
    hasOutcome = snapshot.lastOutcomeAt != nil
    if state == .running { measureRate(snapshot, at: now) }
  }

  private mutating func measureRate(_ snapshot: CampaignSnapshot, at now: Date) {
    guard let last = snapshot.lastOutcomeAt, now.timeIntervalSince(last) < 60, let startedAt else { return }
    let span = min(60, max(1, last.timeIntervalSince(startedAt)))
    ratePerSecond = Double(snapshot.outcomesInLastMinute) / span
  }

  /// Sets the process that delivers it: where there is none, or it is stopped, nothing moves and nothing is estimated.
  public mutating func setProcess(_ process: DeliveringProcess?) {
    self.process = process
    guard process == nil || process?.isStopped == true else { return }
    ratePerSecond = 0
    eta = nil
    forecast = nil
    noEstimate = state == .running && remaining > 0 ? .notDelivered : nil
    waitsForLimitUntil = nil
    outsideHoursUntil = nil
    nextDue = nil
    // A rest is the delivering process's.
    relays = relays.map { $0.state == .resting ? RelayCondition(relay: $0.relay, words: $0.words) : $0 }
  }

  /// Sets why letters wait: the relays' conditions and the due times of deferred letters.
  public mutating func setWaiting(_ relays: [RelayCondition], _ deferred: DeferredFigures?) {
    self.relays = relays
    self.deferred = deferred
  }

  /// Sets when letters may leave. Outside of the hours nothing does, and no end is estimated.
  public mutating func setHours(_ hours: SendingHours?, at now: Date) { outsideHoursUntil = hours?.opening(at: now) }

  /// Reads why letters wait.
  public mutating func readWaiting(of campaign: Int64, in store: any MessageStore, at now: Date) async throws {
    canary = try await store.canary(in: campaign)
    setWaiting(
      try await store.conditions(in: campaign),
      count(.deferred) == 0 ? DeferredFigures() : try await store.deferredFigures(in: campaign, at: now))
  }

  /// Reads at which pace relays are sent to that have asked for less, for as long as that is believed.
  public mutating func readPaces(
    of relays: [Relay], in store: any MessageStore, _ time: any DeliveryClock
  ) async throws {
    for relay in relays {
      guard let pace = try await store.learned(of: .relay(relay), on: time.base.asWallClock)?.pace,
        time.now.timeIntervalSince(pace.at) < pace.lasts
      else { continue }
      paces[relay.name] = pace.value
    }
  }

  /// Estimates the end, or says why it cannot be: ``EndEstimate``.
  ///
  /// - Parameter forecast: Of the letters that wait; nil when the relays' limits are not known.
  public mutating func estimate(within forecast: Forecast?, at now: Date) {
    guard state == .running, remaining > 0 else { return }
    if forecast == nil, let until = outsideHoursUntil {
      (eta, noEstimate) = (nil, .outsideHours(until: until, letters: remaining))
      return
    }
    if let canary, canary.state != .passed {
      (eta, noEstimate) = (nil, .canary(letters: remaining))
      return
    }
    if let forecast, count(.queued) > 0, forecast.next.timeIntervalSince(now) >= Forecast.noticed {
      waitsForLimitUntil = forecast.next
    }
    let letters = EndEstimate.Letters(
      untried: count(.queued) + count(.sending), deferred: count(.deferred), figures: deferred, rate: ratePerSecond,
      hasBegun: hasOutcome)
    switch EndEstimate(of: letters, through: relays, next: forecast?.next, end: forecast?.end, at: now) {
    case .end(let end): (eta, noEstimate, self.forecast) = (end, nil, forecast)
    case .none(let reason): (eta, noEstimate, self.forecast) = (nil, reason, nil)
    }
  }

  public func count(_ state: MessageState) -> Int { messages[state] ?? 0 }
  public var total: Int { messages.values.reduce(0, +) }
  /// Messages that can still move on by themselves.
  public var remaining: Int { count(.queued) + count(.sending) + count(.deferred) }
  /// Some letter was tried, or an outcome is known.
  public var hasBegun: Bool { hasOutcome || messages.contains { $0.key != .queued && $0.value > 0 } }
  /// Customers who should get a letter and for whom it is not certain that the relay accepted it.
  public var notAccepted: Int { total - count(.accepted) - needless }
  /// Letters that are not sent, or no longer, though their customers are to be told.
  public var lost: Int {
    [MessageState.refused, .expired, .excluded, .cancelled].reduce(-needless) { $0 + count($1) }
  }

  /// Sets how far the telephone list is worked off.
  public mutating func setCalls(_ calls: CallFigures) { self.calls = calls }

  /// Sets who has changed the password.
  public mutating func setMailboxes(_ mailboxes: MailboxFigures?) { self.mailboxes = mailboxes }

  /// Every customer of the plan is told, by a letter that was accepted or on the telephone, or needs nothing; nil where
  /// calls were not counted.
  public var isEverybodyTold: Bool? { calls.map { remaining == 0 && $0.open == 0 } }
  /// Every letter was accepted and is not known to have come back, or its customer was told on the telephone.
  public var everyLetterIsSettled: Bool {
    notAccepted == 0 && bounced == 0 || remaining == 0 && calls?.openForLetters == 0
  }

  /// Customers are to be called: a letter is lost, or was not accepted by the deadline, or the call is planned.
  public func hasCalls(at now: Date) -> Bool {
    if let calls { return calls.open > 0 }
    let isLate = deadline.map { $0 <= now } ?? false
    return bounced > 0 || lost > 0 || isLate && remaining > 0
  }

  private enum Key: String, CodingKey {
    case schema, campaign, state, plan, customers, rows, messages, deadline, eta, process, relays, canary, forecast,
      calls, bounced, needless, mailboxes, follows
    case noEstimate = "no_eta"
    case lastProcess = "last_process"
    case everybodyTold = "everybody_told"
    case ratePerSecond = "rate_per_second"
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case purgeBegunAt = "purge_begun_at"
    case purgedAt = "purged_at"
    case releasedBy = "released_by"
    case trouble = "worker_trouble"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(schema, forKey: .schema)
    try container.encode(campaign, forKey: .campaign)
    try container.encode(state, forKey: .state)
    // Absent values are written as null: a reader sees every key of the schema.
    try container.encode(plan, forKey: .plan)
    try container.encode(customers, forKey: .customers)
    try container.encode(rows, forKey: .rows)
    var figures = ["total": total]
    for state in MessageState.allCases { figures[state.rawValue] = count(state) }
    try container.encode(figures, forKey: .messages)
    try container.encode(bounced, forKey: .bounced)
    if let follows {
      try container.encode(["campaign": follows.campaign, "as": follows.kind.rawValue], forKey: .follows)
      try container.encode(needless, forKey: .needless)
    }
    try container.encode(deadline, forKey: .deadline)
    try container.encode(eta, forKey: .eta)
    try container.encode(noEstimate, forKey: .noEstimate)
    try container.encode(forecast.map(ForecastReport.init), forKey: .forecast)
    try container.encode(relays.map(RelayReport.init), forKey: .relays)
    try container.encode(canary.map(CanaryReport.init), forKey: .canary)
    try container.encode(calls, forKey: .calls)
    if let mailboxes { try container.encode(mailboxes, forKey: .mailboxes) }
    try container.encode(isEverybodyTold, forKey: .everybodyTold)
    // Three places: a relay that takes 100 per hour lets 0.028 per second pass.
    try container.encode((ratePerSecond * 1000).rounded() / 1000, forKey: .ratePerSecond)
    try container.encode(process, forKey: .process)
    if let lastProcess { try container.encode(lastProcess, forKey: .lastProcess) }
    try container.encode(startedAt, forKey: .startedAt)
    try container.encode(finishedAt, forKey: .finishedAt)
    if !releasedBy.isEmpty { try container.encode(releasedBy, forKey: .releasedBy) }
    if let trouble { try container.encode(trouble, forKey: .trouble) }
    if let purge {
      try container.encode(purge.begunAt, forKey: .purgeBegunAt)
      try container.encode(purge.finishedAt, forKey: .purgedAt)
    }
  }
}

/// A person who approved a plan, and when, as the documents of `status`, `receipts verify` and an export have it.
public struct ReleasedBy: Sendable, Hashable, Encodable {
  public let name: String
  public let at: Date

  public init(_ approval: FrozenApproval) {
    name = approval.name.text
    at = approval.at
  }
}

/// Why a worker does not deliver a campaign that it should.
public struct DeliveryTrouble: Sendable, Hashable, Encodable {
  public var message: String
  public var since: Date
  /// When it is tried again; nil when the operator has to do something first.
  public var retryAt: Date?

  public init(message: String, since: Date, retryAt: Date?) {
    self.message = message
    self.since = since
    self.retryAt = retryAt
  }

  private enum CodingKeys: String, CodingKey {
    case message, since
    case retryAt = "retry_at"
  }
}

/// The process that delivers a campaign now, as `eilbrief status --json` names it.
public struct DeliveringProcess: Sendable, Hashable, Encodable {
  public var pid: Int32
  public var host: String
  public var since: Date?
  /// Stopped by a signal (SIGSTOP, Ctrl-Z): it holds the queue and delivers nothing until it may continue.
  public var isStopped: Bool

  public init(pid: Int32, host: String, since: Date?, isStopped: Bool) {
    self.pid = pid
    self.host = host
    self.since = since
    self.isStopped = isStopped
  }

  private enum CodingKeys: String, CodingKey {
    case pid, host, since
    case isStopped = "stopped"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(pid, forKey: .pid)
    try container.encode(host, forKey: .host)
    try container.encode(since, forKey: .since)
    try container.encode(isStopped, forKey: .isStopped)
  }
}

/// The last process that was at work on a campaign, as `eilbrief status --json` names it.
public struct EndedProcess: Sendable, Hashable, Encodable {
  public var pid: Int32
  public var host: String
  public var since: Date?
  /// It did not end by itself: it was killed, its machine went down, or its disk took no more.
  public var wasKilled: Bool

  public init(pid: Int32, host: String, since: Date?, wasKilled: Bool) {
    self.pid = pid
    self.host = host
    self.since = since
    self.wasKilled = wasKilled
  }

  private enum CodingKeys: String, CodingKey {
    case pid, host, since
    case wasKilled = "killed"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(pid, forKey: .pid)
    try container.encode(host, forKey: .host)
    try container.encode(since, forKey: .since)
    try container.encode(wasKilled, forKey: .wasKilled)
  }
}
