public import Campaigns
public import Foundation
import Mail
public import Queue
public import Receipts
import Synchronization

extension SimulatedStore {
  public func commit(_ steps: [StoreChange]) async throws -> [StoreChangeResult] {
    try contents.withLock { contents in
      // Looked at first: a commit is whole or absent.
      for case .record(_, let record) in steps where record.result == .accepted {
        guard let code = record.code, (200..<300).contains(code) else {
          throw StoreError.invariant("accepted without a positive reply")
        }
      }
      return steps.map { step in
        switch step {
        case .claim(let request): contents.claim(request)
        case .record(let claim, let record): contents.record(record, by: claim)
        case .exclude(let message, let fence, let reason, let at):
          contents.exclude(message, fence, reason, Milliseconds(at))
        case .reopen(let message, let fence, let at): contents.reopen(message, fence, Milliseconds(at))
        case .makeDue(let message, let fence, let at): contents.makeDue(message, fence, Milliseconds(at))
        case .count(let taken, let others, let known):
          contents.limits.isBehind(known) ? .behind : contents.count(taken, givingBack: others)
        }
      }
    }
  }

  public func heartbeat(worker: String, leaseUntil: Date) async throws {
    let until = Milliseconds(leaseUntil)
    contents.withLock { contents in
      for index in contents.messages.indices where contents.messages[index].worker == worker {
        contents.messages[index].leaseUntil = until
      }
    }
  }

  public func recover(campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    return contents.withLock { contents in
      let found = contents.messages(in: campaign) { $0.state == .sending }
      for id in found {
        contents.move(id, to: .uncertain, at: now) { message in
          message.worker = nil
          message.leaseUntil = nil
          message.record = nil
          message.reply = Self.lostWords
        }
        contents.append(.uncertain, about: id, at: now) { $0.reply = Self.lostWords }
      }
      let waiting = contents.messages(in: campaign) { $0.state == .deferred }
      for id in waiting {
        guard let due = contents.dueAt(id) else { continue }
        let index = Int(id) - 1
        if Milliseconds(due).value <= contents.messages[index].changedAt.value + Milliseconds.atOnce {
          contents.messages[index].giveUpFrom = now
        }
      }
      return found.count
    }
  }

  static let lostWords = "the process ended before it had recorded an outcome"

  public func expire(
    in campaign: Int64, firstAttemptUntil limit: Date, triedSince: Date?, at now: Date
  ) async throws -> Int {
    let (limit, since, now) = (Milliseconds(limit), triedSince.map { Milliseconds($0) }, Milliseconds(now))
    return contents.withLock { contents in
      let found = contents.messages(in: campaign) { message in
        message.state == .deferred && (message.giveUpFrom ?? message.firstAttemptAt).map { $0 <= limit } == true
          && since.map { message.lastAttemptAt ?? $0 >= $0 } != false
      }
      for id in found {
        contents.move(id, to: .expired, at: now)
        contents.append(.expired, about: id, at: now)
      }
      return found.count
    }
  }

  public func cancel(campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    return try contents.withLock { contents in
      // Looked at first: the change is whole or absent.
      _ = try contents.mayBecome(.cancelled, campaign)
      let found = contents.messages(in: campaign) { [.queued, .deferred].contains($0.state) }
      for id in found {
        contents.move(id, to: .cancelled, at: now)
        contents.append(.cancelled, about: id, at: now)
      }
      try contents.setState(.cancelled, of: campaign, at: now)
      return found.count
    }
  }

  public func resolve(
    in campaign: Int64, customer: String?, letter: String?, as resolution: Resolution, evidence: String?, at now: Date
  ) async throws -> [String] {
    let now = Milliseconds(now)
    return try contents.withLock { contents in
      try contents.resolve(
        in: campaign, as: resolution, evidence: evidence, at: now, where: { customer == nil || $0 == customer },
        and: { letter == nil || $0.planned.letter == letter }
      ).map { contents.customers[contents.messages[Int($0) - 1].customer].planned.id }
    }
  }

  public func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    return try contents.withLock { contents in
      try contents.resolve(
        in: campaign, as: .resend, evidence: Self.policyWords, at: now, where: { _ in true }, and: { !$0.resent }
      ).count
    }
  }

  public func makeDue(in campaign: Int64, customer: String?, at now: Date) async throws -> Int {
    let now = Milliseconds(now)
    return contents.withLock { contents in
      let found = contents.messages(in: campaign) { message in
        message.state == .deferred && (customer == nil || contents.customers[message.customer].planned.id == customer)
      }
      for id in found {
        let index = Int(id) - 1
        contents.messages[index].giveUpFrom = now
        if let due = contents.dueAt(id) { contents.turns[index] = .deferred(until: min(due, now.date)) }
      }
      return found.count
    }
  }

  public func reschedule(
    in campaign: Int64, by schedule: RetrySchedule,
    _ due: @escaping @Sendable (_ message: DeferredMessage, _ old: RetrySchedule?) -> Date
  ) async throws -> Int {
    try contents.withLock { contents in
      let index = try contents.index(of: campaign)
      let old = contents.campaigns[index].retry
      contents.campaigns[index].retry = schedule
      if old == schedule { return 0 }
      var changed = 0
      for id in contents.messages(in: campaign, where: { $0.state == .deferred }) {
        let message = contents.messages[Int(id) - 1]
        guard let dueAt = contents.dueAt(id), let first = message.firstAttemptAt else { continue }
        let new = due(
          DeferredMessage(
            attempts: message.attempts, dueAt: dueAt, deferredAt: message.changedAt.date,
            giveUpFrom: (message.giveUpFrom ?? first).date), old)
        guard Milliseconds(new).date != dueAt else { continue }
        contents.turns[Int(id) - 1] = .deferred(until: Milliseconds(new).date)
        changed += 1
      }
      return changed
    }
  }

  public func settle(_ settlements: [Settlement], in campaign: Int64, at now: Date) async throws -> [Int64] {
    let now = Milliseconds(now)
    return try contents.withLock { contents in
      let record = contents.campaigns[try contents.index(of: campaign)].record
      if record.state == .cancelled, settlements.contains(where: { $0.resolution != .accepted }) {
        throw StoreError.invalidCampaignChange(
          campaign: record.plan.name, from: .cancelled, to: .running, reason: "nothing is sent in it any more")
      }
      var settled: [Int64] = []
      for settlement in settlements {
        let isOpen = contents.messages(in: campaign) { message in
          settlement.resolution.origins.contains(message.state) && message.fence == settlement.fence
        }.contains(settlement.message)
        guard isOpen else { continue }
        contents.settle(settlement.message, as: settlement.resolution, evidence: settlement.evidence, at: now)
        settled.append(settlement.message)
      }
      return settled
    }
  }

  static let policyWords = "policy uncertain: resend"
}

extension SimulatedStore.Contents {
  /// False when the campaign has that state already and nothing is to be written.
  func mayBecome(_ state: CampaignState, _ campaign: Int64) throws -> Bool {
    let record = campaigns[try index(of: campaign)].record
    if record.state == state, state != .running { return false }
    guard record.state.canBecome(state) else {
      throw StoreError.invalidCampaignChange(
        campaign: record.plan.name, from: record.state, to: state, reason: "that change does not exist")
    }
    return true
  }

  mutating func setState(_ state: CampaignState, of campaign: Int64, at now: Milliseconds) throws {
    guard try mayBecome(state, campaign) else { return }
    let index = try index(of: campaign)
    let record = campaigns[index].record
    let tally = campaigns[index].tally
    let open = [MessageState.queued, .sending, .deferred].reduce(0) { $0 + (tally[$1] ?? 0) }
    if state == .completed, open > 0 {
      throw StoreError.invalidCampaignChange(
        campaign: record.plan.name, from: record.state, to: state, reason: "\(open) messages have no outcome yet")
    }
    campaigns[index].record.state = state
    if state == .running, record.startedAt == nil { campaigns[index].record.startedAt = now.date }
    campaigns[index].record.finishedAt = state.isFinished ? now.date : nil
    guard let event = state.event(after: record.state) else { return }
    var receipt = SimulatedReceipt(event: event, at: now)
    receipt.figures = MessageState.allCases.map { ($0.rawValue, tally[$0] ?? 0) }
    campaigns[index].receipts.append(receipt)
  }

  mutating func claim(_ request: ClaimRequest) -> StoreChangeResult {
    if limits.isBehind(request.knowing) { return .behind }
    let id = request.message
    guard let message = message(id), message.fence == request.fence, [.queued, .deferred].contains(message.state)
    else { return .stale }
    let at = Milliseconds(request.at)
    let isAgain = turns[Int(id) - 1] == .again
    move(id, to: .sending, at: at) { message in
      message.attempts += 1
      message.worker = request.worker
      message.leaseUntil = Milliseconds(request.leaseUntil)
      message.relay = request.relay
      message.sha256 = request.sha256
      if isAgain { message.giveUpFrom = at }
      message.firstAttemptAt = message.firstAttemptAt ?? at
      message.lastAttemptAt = at
      message.record = nil
      message.reply = nil
    }
    append(.attempt, about: id, at: at)
    _ = count(request.counts)
    return .claimed(Claim(message: id, fence: message.fence + 1, attempt: message.attempts + 1))
  }

  mutating func record(_ record: AttemptOutcome, by claim: Claim) -> StoreChangeResult {
    let id = claim.message
    guard let message = message(id), message.fence == claim.fence, message.state == .sending,
      let event = ReceiptEvent(rawValue: record.state.rawValue)
    else { return .stale }
    let at = Milliseconds(record.at)
    move(id, to: record.state, at: at, raisesFence: false) { message in
      message.worker = nil
      message.leaseUntil = nil
      message.record = record
    }
    if case .deferred(let until) = record.result {
      turns[Int(id) - 1] = .deferred(until: Milliseconds(until).date)
    }
    append(event, about: id, at: at) { $0.record = record }
    _ = count(record.counts, givingBack: record.givesBack)
    campaigns[Int(messages[Int(id) - 1].campaign) - 1].outcomes.append(at)
    return .done
  }

  mutating func exclude(_ id: Int64, _ fence: Int64, _ reason: ExclusionReason, _ at: Milliseconds) -> StoreChangeResult
  {
    guard let message = message(id), message.fence == fence, [.queued, .deferred].contains(message.state) else {
      return .stale
    }
    move(id, to: .excluded, at: at) { $0.exclusion = reason }
    append(.excluded, about: id, at: at) { $0.reason = reason.text }
    return .done
  }

  mutating func reopen(_ id: Int64, _ fence: Int64, _ at: Milliseconds) -> StoreChangeResult {
    guard let message = message(id), message.fence == fence, message.state == .refused,
      campaigns[Int(message.campaign) - 1].record.state != .cancelled
    else { return .stale }
    settle(id, as: .reopen, evidence: StoreChange.reopenEvidence, at: at)
    return .done
  }

  mutating func makeDue(_ id: Int64, _ fence: Int64, _ at: Milliseconds) -> StoreChangeResult {
    guard let message = message(id), message.fence == fence, let due = dueAt(id) else { return .stale }
    turns[Int(id) - 1] = .deferred(until: min(due, at.date))
    return .done
  }

  mutating func resolve(
    in campaign: Int64, as resolution: Resolution, evidence: String?, at now: Milliseconds,
    where isAsked: (String) -> Bool, and isMeant: (SimulatedStore.Message) -> Bool
  ) throws -> [Int64] {
    let record = campaigns[try index(of: campaign)].record
    if resolution != .accepted, record.state == .cancelled {
      throw StoreError.invalidCampaignChange(
        campaign: record.plan.name, from: .cancelled, to: .running, reason: "nothing is sent in it any more")
    }
    // The engine asks often, and nearly always in vain: a look at the state has to be enough.
    let origins = Array(resolution.origins)
    let found = campaigns[try index(of: campaign)].messages.filter { id in
      let index = Int(id) - 1
      return origins.contains(messages[index].state) && isMeant(messages[index])
        && isAsked(customers[messages[index].customer].planned.id)
    }
    for id in found { settle(id, as: resolution, evidence: evidence, at: now) }
    return found
  }

  mutating func settle(_ id: Int64, as resolution: Resolution, evidence: String?, at now: Milliseconds) {
    move(id, to: resolution == .accepted ? .accepted : .queued, at: now) { message in
      if resolution == .resend { message.resent = true }
    }
    if resolution != .accepted {
      // What was never tried leaves in its turn.
      let message = messages[Int(id) - 1]
      turns[Int(id) - 1] =
        message.attempts > 0
        ? .again : .untried(priority: message.planned.priority, rank: message.planned.rank)
    }
    append(.resolved, about: id, at: now) { receipt in
      receipt.resolution = resolution
      receipt.evidence = evidence
    }
  }

  private func message(_ id: Int64) -> SimulatedStore.Message? {
    messages.indices.contains(Int(id) - 1) ? messages[Int(id) - 1] : nil
  }

  /// The campaign's messages that are meant, in plan order.
  func messages(in campaign: Int64, where isMeant: (SimulatedStore.Message) -> Bool) -> [Int64] {
    guard let index = try? index(of: campaign) else { return [] }
    return campaigns[index].messages.filter { isMeant(messages[Int($0) - 1]) }
  }

  mutating func move(
    _ id: Int64, to state: MessageState, at now: Milliseconds, raisesFence: Bool = true,
    _ change: (inout SimulatedStore.Message) -> Void = { _ in }
  ) {
    let index = Int(id) - 1
    let campaign = Int(messages[index].campaign) - 1
    let old = messages[index].state
    precondition(old.canBecome(state), "\(old) cannot become \(state)")
    campaigns[campaign].tally[old, default: 0] -= 1
    campaigns[campaign].tally[state, default: 0] += 1
    messages[index].state = state
    messages[index].changedAt = now
    if raisesFence { messages[index].fence += 1 }
    turns[index] = nil
    change(&messages[index])
  }

  mutating func append(
    _ event: ReceiptEvent, about id: Int64, at now: Milliseconds,
    _ fill: (inout SimulatedReceipt) -> Void = { _ in }
  ) {
    guard let message = message(id) else { return }
    var receipt = SimulatedReceipt(event: event, at: now)
    receipt.message = id
    receipt.attempts = message.attempts
    receipt.relay = message.relay
    receipt.sha256 = message.sha256
    fill(&receipt)
    campaigns[Int(message.campaign) - 1].receipts.append(receipt)
  }
}
