import Campaigns
public import Foundation
import Mail
public import Queue
public import Receipts
import Synchronization

/// A store in memory that keeps the same rules as the one on disk: what the simulation delivers from.
///
/// Every change is whole or absent and durable at once; faults, waits and crashes are ``FaultyStore``'s. Passes the store
/// conformance suite. Receipts are kept as values and turned into chained lines when they are asked for.
public final class SimulatedStore: MessageStore {
  let contents = Mutex(Contents())

  public init() {}

  struct Contents {
    var campaigns: [Campaign] = []
    /// Customer number n stands at n - 1.
    var customers: [Customer] = []
    /// Message number n stands at n - 1.
    var messages: [Message] = []
    /// The turn of a queued or deferred message, nil for others; beside `messages`, for fast scans.
    var turns: [DueTurn?] = []
    var limits = Limits()
  }

  struct Campaign {
    var record: CampaignRecord
    /// Numbers of its customers.
    var customers: Range<Int64>
    /// Numbers of its messages.
    var messages: Range<Int64>
    var kinds: [Outcome.Kind: Int]
    var tally: [MessageState: Int]
    var request: ControlRequest?
    var outcomes: [Milliseconds] = []
    var receipts: [SimulatedReceipt] = []
    var lines = ReceiptLines()
    /// Those that its receipts show.
    var readableDomains: Set<Domain> = []
    /// What the due times of deferred messages were made by.
    var retry: RetrySchedule?
    /// By the domain.
    var places: [String: MailPlace] = [:]
    var canary: CanaryRecord?
    var canaryLetters: Set<Int64> = []
    /// By the relay's name.
    var conditions: [String: RelayCondition] = [:]
  }

  struct Customer {
    var campaign: Int64
    var planned: PlannedCustomer
    /// Numbers of its messages.
    var messages: Range<Int64>
  }

  struct Message {
    var campaign: Int64
    /// Index in `customers`.
    var customer: Int
    var planned: PlannedMessage
    var state: MessageState = .queued
    var attempts = 0
    var fence: Int64 = 0
    var worker: String?
    var leaseUntil: Milliseconds?
    var relay: String?
    var sha256: SHA256Digest?
    var firstAttemptAt: Milliseconds?
    /// What the give-up time counts from, when that is not the first attempt.
    var giveUpFrom: Milliseconds?
    var lastAttemptAt: Milliseconds?
    var changedAt: Milliseconds
    var record: AttemptOutcome?
    /// What stands in place of a reply after a lost process.
    var reply: String?
    var resent = false
    var exclusion: ExclusionReason?

    /// What the relay said to the last attempt, while it is deferred.
    var lastAnswer: LastAnswer? {
      guard state == .deferred, let record, let code = record.code else { return nil }
      return LastAnswer(
        phase: record.phase, code: code, text: String(record.reply.prefix(2000)), at: changedAt.date)
    }
  }

  // MARK: Campaigns

  public func freeze(
    _ plan: FrozenPlan, next: @escaping @Sendable () throws -> PlannedCustomer?, at now: Date
  ) async throws {
    let now = Milliseconds(now)
    if let fault = plan.approvalsFault { throw StoreError.invalidPlan(fault) }
    try contents.withLock { contents in
      guard !contents.campaigns.contains(where: { $0.record.plan.name == plan.name }) else {
        throw StoreError.campaignExists(plan.name)
      }
      let id = Int64(contents.campaigns.count + 1)
      let firstCustomer = Int64(contents.customers.count + 1)
      let firstMessage = Int64(contents.messages.count + 1)
      var added: [Customer] = []
      var messages: [Message] = []
      var names: Set<String> = []
      var domains = DomainCount()
      var readable: [Domain] = []
      var kinds = Dictionary(uniqueKeysWithValues: Outcome.Kind.allCases.map { ($0, 0) })
      while let customer = try next() {
        guard (customer.kind == .letter) == !customer.messages.isEmpty else {
          throw StoreError.invalidPlan("customer \(customer.id) has a letter without a message or the other way round")
        }
        guard names.insert(customer.id).inserted else {
          throw StoreError.invalidPlan("customer \(customer.id) is in it twice")
        }
        kinds[customer.kind, default: 0] += 1
        guard Set(customer.messages.map(\.letter)).count == customer.messages.count,
          customer.messages.allSatisfy({ (0..<1000).contains($0.priority) && (0...Int(UInt32.max)).contains($0.rank) })
        else { throw StoreError.invalidPlan("customer \(customer.id) gets a letter twice, or one without an order") }
        readable += domains.add(Set(customer.messages.map(\.recipient.domain)))
        let first = firstMessage + Int64(messages.count)
        for message in customer.messages {
          messages.append(
            Message(
              campaign: id, customer: contents.customers.count + added.count, planned: message, changedAt: now))
        }
        added.append(
          Customer(
            campaign: id, planned: customer,
            messages: first..<first + Int64(customer.messages.count)))
      }
      var tally = Dictionary(uniqueKeysWithValues: MessageState.allCases.map { ($0, 0) })
      tally[.queued] = messages.count
      var kept = plan
      kept.deadline = Milliseconds(plan.deadline).date
      var campaign = Campaign(
        record: CampaignRecord(
          id: id, plan: kept, state: .draft, createdAt: now.date, startedAt: nil, finishedAt: nil),
        customers: firstCustomer..<firstCustomer + Int64(added.count),
        messages: firstMessage..<firstMessage + Int64(messages.count), kinds: kinds, tally: tally)
      campaign.readableDomains = Set(readable)
      var receipt = SimulatedReceipt(event: .planFrozen, at: now)
      receipt.plan = "sha256:\(plan.planHash.hex)"
      receipt.figures =
        [("rows", plan.rows), ("rejected", plan.rejectedRows), ("customers", added.count)]
        + Outcome.Kind.allCases.map { ($0.rawValue, kinds[$0] ?? 0) } + [("letters", messages.count)]
      campaign.receipts.append(receipt)
      for approval in plan.approvals {
        var approved = SimulatedReceipt(event: .approved, at: now)
        approved.approval = approval
        approved.plan = receipt.plan
        campaign.receipts.append(approved)
      }
      contents.campaigns.append(campaign)
      contents.customers += added
      contents.messages += messages
      contents.turns += messages.map { .untried(priority: $0.planned.priority, rank: $0.planned.rank) }
    }
  }

  public func campaign(named name: String) async throws -> CampaignRecord? {
    contents.withLock { $0.campaigns.first { $0.record.plan.name == name }?.record }
  }

  public func campaigns() async throws -> [CampaignRecord] { contents.withLock { $0.campaigns.map(\.record) } }

  public func setState(_ state: CampaignState, of campaign: Int64, at now: Date) async throws {
    let now = Milliseconds(now)
    try contents.withLock { try $0.setState(state, of: campaign, at: now) }
  }

  public func request(_ request: ControlRequest?, of campaign: Int64, at now: Date) async throws {
    try contents.withLock { contents in
      let index = try contents.index(of: campaign)
      contents.campaigns[index].request = request
    }
  }

  public func pendingRequest(of campaign: Int64) async throws -> ControlRequest? {
    contents.withLock { contents in (try? contents.index(of: campaign)).flatMap { contents.campaigns[$0].request } }
  }

  // MARK: Reading

  public func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] {
    due(in: campaign, at: now, after: after, limit: limit) { _, _ in true }
  }

  func due(
    in campaign: Int64, at now: Date, after: DueCursor?, limit: Int, where isMeant: (Campaign, Int64) -> Bool
  ) -> [DueMessage] {
    let now = DueTurn.deferred(until: Milliseconds(now).date)
    return contents.withLock { contents in
      guard let index = try? contents.index(of: campaign) else { return [] }
      let range = contents.campaigns[index]
      var found: [DueCursor] = []
      contents.forEachTurn(in: range.messages) { id, turn in
        guard turn <= now, isMeant(range, id) else { return }
        let place = DueCursor(turn: turn, message: id)
        if after.map({ place > $0 }) ?? true { found.append(place) }
      }
      found.sort()
      return found.prefix(max(limit, 0)).map { contents.dueMessage($0.message, $0.turn) }
    }
  }

  public func mailPlaces(in campaign: Int64) async throws -> [MailPlace] {
    try contents.withLock { contents in
      contents.campaigns[try contents.index(of: campaign)].places.values.sorted { $0.domain < $1.domain }
    }
  }

  public func keep(_ places: [MailPlace], in campaign: Int64) async throws {
    try contents.withLock { contents in
      let index = try contents.index(of: campaign)
      for var place in places {
        place.at = Milliseconds(place.at).date
        contents.campaigns[index].places[place.domain] = place
      }
    }
  }

  public func due(_ messages: [Int64], in campaign: Int64, at now: Date) async throws -> [DueMessage] {
    let now = DueTurn.deferred(until: Milliseconds(now).date)
    return contents.withLock { contents in
      guard let index = try? contents.index(of: campaign) else { return [] }
      let range = contents.campaigns[index].messages
      return messages.compactMap { id in
        guard range.contains(id), let turn = contents.turns[Int(id) - 1], turn <= now else { return nil }
        return contents.dueMessage(id, turn)
      }
    }
  }

  public func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date? {
    contents.withLock { contents in
      guard let index = try? contents.index(of: campaign) else { return nil }
      return contents.nextDue(in: contents.campaigns[index], after: moment.map { Milliseconds($0).date })
    }
  }

  public func uncertain(in campaign: Int64) async throws -> [UncertainMessage] {
    contents.withLock { contents in
      contents.messages(in: campaign) { $0.state == .uncertain }.compactMap { contents.uncertainMessage($0) }
    }
  }

  public func lastAcceptance(through relay: String, in campaign: Int64) async throws -> Date? {
    contents.withLock { contents in
      contents.messages(in: campaign) { message in
        // The operator's word is not the relay's.
        message.state == .accepted && message.relay == relay && message.record?.result == .accepted
      }.map { contents.messages[Int($0) - 1].changedAt }.max()?.date
    }
  }

  public func relayTally(in campaign: Int64) async throws -> [RelayTally] {
    contents.withLock { contents in
      let told = contents.messages(in: campaign) { message in
        message.state == .accepted
          ? message.record?.result == .accepted
          : [.deferred, .refused, .expired, .uncertain].contains(message.state)
      }.map { contents.messages[Int($0) - 1] }
      return Dictionary(grouping: told.filter { $0.relay != nil }) { [$0.relay ?? "", $0.state.rawValue] }.map {
        RelayTally(relay: $0.key[0], state: $0.value[0].state, count: $0.value.count)
      }
    }
  }

  public func takePlace(
    of scopes: [LimitScope], at moment: Date, since: Date, on clock: ClockBase,
    if isFree: @escaping @Sendable ([Date]) -> Bool
  ) async throws -> Bool {
    contents.withLock { contents in
      let past = scopes.flatMap { contents.limits.use(of: $0, since: since, on: clock) }.sorted()
      guard isFree(past), let scope = scopes.first else { return false }
      contents.limits.testLetters.append((scope, Milliseconds(moment).date, clock))
      return true
    }
  }

  public func testLetters(
    of scope: LimitScope, after number: Int64, on clock: ClockBase
  ) async throws -> [CountedTestLetter] {
    contents.withLock { contents in
      contents.limits.testLetters.enumerated().filter { $0.element.scope == scope && $0.offset >= number }
        .map { CountedTestLetter(number: Int64($0.offset + 1), at: clock.moment($0.element.at, of: $0.element.base)) }
    }
  }

  public func snapshot(of campaign: Int64) async throws -> CampaignSnapshot {
    try contents.withLock { contents in
      let found = contents.campaigns[try contents.index(of: campaign)]
      let last = found.outcomes.max()
      let inLastMinute = found.outcomes.filter { $0.value / 1000 > (last?.value ?? 0) / 1000 - 60 }.count
      return CampaignSnapshot(
        campaign: found.record, customers: found.kinds, messages: found.tally,
        nextDue: contents.nextDue(in: found, after: nil), lastOutcomeAt: last?.date,
        outcomesInLastMinute: inLastMinute)
    }
  }

  public func forEachCustomer(in campaign: Int64, _ body: @Sendable (CustomerRecord) throws -> Void) async throws {
    let records = try contents.withLock { contents in
      let found = contents.campaigns[try contents.index(of: campaign)]
      return found.customers.map { contents.customerRecord($0) }
    }
    for record in records { try body(record) }
  }

  public func customers(in campaign: Int64, withCodeIndex index: Int64) async throws -> [CustomerRecord]? {
    try contents.withLock { contents in
      let found = contents.campaigns[try contents.index(of: campaign)]
      let planned = found.customers.map { contents.customers[Int($0) - 1].planned }
      guard planned.allSatisfy({ $0.messages.allSatisfy { $0.codeIndex != nil } }) else { return nil }
      return found.customers.filter { number in
        contents.customers[Int(number) - 1].planned.messages.contains { $0.codeIndex == index }
      }.map { contents.customerRecord($0) }
    }
  }

  public func receipts(of campaign: Int64, after seq: Int64, limit: Int) async throws -> [ReceiptLine] {
    contents.withLock { contents in
      guard let index = try? contents.index(of: campaign) else { return [] }
      contents.encodeReceipts(of: index)
      return contents.campaigns[index].lines.lines(after: seq, limit: limit)
    }
  }
}

extension SimulatedStore.Contents {
  func index(of campaign: Int64) throws -> Int {
    guard campaigns.indices.contains(Int(campaign) - 1) else { throw StoreError.noSuchCampaign(campaign) }
    return Int(campaign) - 1
  }

  func forEachTurn(in numbers: Range<Int64>, _ body: (_ id: Int64, _ turn: DueTurn) -> Void) {
    turns.withUnsafeBufferPointer { turns in
      var id = numbers.lowerBound
      while id < numbers.upperBound {
        if let turn = turns[Int(id) - 1] { body(id, turn) }
        id += 1
      }
    }
  }

  func nextDue(in campaign: SimulatedStore.Campaign, after moment: Date?) -> Date? {
    var next: Date?
    forEachTurn(in: campaign.messages) { _, turn in
      guard case .deferred(let until) = turn, moment.map({ until > $0 }) ?? true else { return }
      next = min(next ?? until, until)
    }
    return next
  }

  func dueMessage(_ id: Int64, _ turn: DueTurn) -> DueMessage {
    let message = messages[Int(id) - 1]
    let customer = customers[message.customer].planned
    return DueMessage(
      message: id, fence: message.fence, attempts: message.attempts, turn: turn,
      recipient: message.planned.recipient, messageID: message.planned.messageID, relay: message.relay,
      lastAnswer: message.lastAnswer, firstAttemptAt: message.firstAttemptAt?.date,
      giveUpFrom: message.giveUpFrom?.date, customer: customer.id,
      letter: message.planned.letter, payload: customer.payload)
  }

  func uncertainMessage(_ id: Int64) -> UncertainMessage? {
    let message = messages[Int(id) - 1]
    guard let at = message.lastAttemptAt else { return nil }
    return UncertainMessage(
      message: id, fence: message.fence, customer: customers[message.customer].planned.id,
      letter: message.planned.letter, recipient: message.planned.recipient, messageID: message.planned.messageID,
      relay: message.relay ?? "", attempts: message.attempts, attemptedAt: at.date, changedAt: message.changedAt.date)
  }

  func customerRecord(_ id: Int64) -> CustomerRecord {
    let customer = customers[Int(id) - 1]
    return CustomerRecord(
      id: customer.planned.id, kind: customer.planned.kind, reasons: customer.planned.reasons,
      calls: customer.planned.calls, payload: customer.planned.payload,
      messages: customer.messages.map { messageRecord($0) })
  }

  /// Set for a deferred message only.
  func dueAt(_ id: Int64) -> Date? {
    if case .deferred(let until) = turns[Int(id) - 1] { until } else { nil }
  }

  private func messageRecord(_ id: Int64) -> MessageRecord {
    let message = messages[Int(id) - 1]
    return MessageRecord(
      message: id, letter: message.planned.letter, state: message.state, attempts: message.attempts,
      recipient: message.planned.recipient, messageID: message.planned.messageID, relay: message.relay,
      firstAttemptAt: message.firstAttemptAt?.date, lastAttemptAt: message.lastAttemptAt?.date,
      dueAt: dueAt(id), changedAt: message.changedAt.date,
      phase: message.record?.phase, code: message.record?.code, enhanced: message.record?.enhanced,
      reply: message.record?.reply ?? message.reply, sha256: message.sha256, resent: message.resent,
      exclusion: message.exclusion)
  }
}
