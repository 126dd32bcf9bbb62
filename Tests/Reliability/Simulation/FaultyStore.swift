import Campaigns
import Foundation
import Queue
import Receipts

extension ProcessLife {
  /// As the store on disk does in each transaction, and the file of receipts before it writes.
  func checkLock(in world: World) throws {
    if world.lockHolder == number { return }
    world.trace.note(.stale, world.clock, number, world.lockHolder, "overtaken")
    throw StoreError.overtaken(path: "deliver.lock", reason: "process \(world.lockHolder) has taken over")
  }
}

/// One process's way to the store: it takes time, it fails now and then, and ends with the process.
///
/// A change that fails may be on disk all the same. After most faults nothing more can be written by this process, as
/// after an I/O error; after the others the disk is only full for a while. The auditor sees every change at the moment it
/// is durable.
struct FaultyStore: MessageStore {
  let base: SimulatedStore
  let process: ProcessLife
  let world: World
  /// Nil where nobody watches.
  let auditor: Auditor?
  let faults: StoreFaults

  private static let gone = StoreError.storageFailed(path: "queue.sqlite", cause: "the process is gone")

  private func pass() async throws {
    guard await process.pass() else { throw Self.gone }
  }

  private func change<Value>(_ name: StoreCall, _ body: () async throws -> Value) async throws -> Value {
    try await pass()
    if faults.isBroken { throw StoreError.storageFailed(path: "queue.sqlite", cause: "input/output error") }
    _ = await world.wait(world.dice.below(faults.latency), of: process)
    try await pass()
    let fault = faults.next()
    if fault == .notWritten { throw try failed(name) }
    try process.checkLock(in: world)
    let value = try await body()
    world.trace.note(.write, world.clock, process.number, name.rawValue, "\(name)")
    auditor?.follow(base, by: process.number)
    if world.dice.below(2) == 0 { _ = await world.wait(world.dice.below(faults.latency), of: process) }
    try await pass()
    if fault == .written { throw try failed(name) }
    return value
  }

  private func failed(_ name: StoreCall) throws -> StoreError {
    world.trace.note(.fault, world.clock, process.number, name.rawValue, "\(name)")
    auditor?.storeFailed(process.number)
    return .cannotWrite(path: "queue.sqlite", cause: "input/output error")
  }

  private func read<Value>(_ name: StoreCall, _ body: () async throws -> Value) async throws -> Value {
    try await pass()
    if faults.nextRead() {
      auditor?.storeFailed(process.number)
      throw StoreError.cannotRead(path: "queue.sqlite", cause: "input/output error")
    }
    let value = try await body()
    _ = await world.wait(world.dice.below(faults.latency), of: process)
    try await pass()
    world.trace.note(.read, world.clock, process.number, name.rawValue, "\(name)")
    return value
  }

  // MARK: Changes

  func freeze(
    _ plan: FrozenPlan, next: @escaping @Sendable () throws -> PlannedCustomer?, at now: Date
  ) async throws {
    try await change(.freeze) { try await base.freeze(plan, next: next, at: now) }
  }

  func setState(_ state: CampaignState, of campaign: Int64, at now: Date) async throws {
    try await change(.setState) { try await base.setState(state, of: campaign, at: now) }
  }

  func commit(_ steps: [StoreChange]) async throws -> [StoreChangeResult] {
    try await change(.commit) {
      let results = try await base.commit(steps)
      for (step, result) in zip(steps, results) {
        if case .makeDue(let message, _, let at) = step, result == .done { auditor?.madeDue(Int(message), at: at) }
        guard result == .stale else { continue }
        if case .record = step { auditor?.recordedTooLate(process.number) }
        if case .claim(let request) = step {
          world.trace.note(.stale, world.clock, process.number, Int(request.message), "claimed too late")
        }
      }
      return results
    }
  }

  func heartbeat(worker: String, leaseUntil: Date) async throws {
    try await change(.heartbeat) { try await base.heartbeat(worker: worker, leaseUntil: leaseUntil) }
  }

  func recover(campaign: Int64, at now: Date) async throws -> Int {
    try await change(.recover) { try await base.recover(campaign: campaign, at: now) }
  }

  func expire(
    in campaign: Int64, firstAttemptUntil limit: Date, triedSince: Date?, at now: Date
  ) async throws -> Int {
    try await change(.expire) {
      try await base.expire(in: campaign, firstAttemptUntil: limit, triedSince: triedSince, at: now)
    }
  }

  func openUse(on clock: ClockBase, keeping scopes: [LimitScope: TimeInterval], at now: Date) async throws -> Int64 {
    try await change(.openUse) { try await base.openUse(on: clock, keeping: scopes, at: now) }
  }

  func keep(_ learned: [LearnedLimits], clock: Int64, as base: ClockBase) async throws {
    try await change(.learned) { try await self.base.keep(learned, clock: clock, as: base) }
  }

  func cancel(campaign: Int64, at now: Date) async throws -> Int {
    try await change(.cancel) { try await base.cancel(campaign: campaign, at: now) }
  }

  func resolve(
    in campaign: Int64, customer: String?, letter: String?, as resolution: Resolution, evidence: String?, at now: Date
  ) async throws -> [String] {
    try await change(.resolve) {
      try await base.resolve(
        in: campaign, customer: customer, letter: letter, as: resolution, evidence: evidence, at: now)
    }
  }

  func settle(_ settlements: [Settlement], in campaign: Int64, at now: Date) async throws -> [Int64] {
    try await change(.resolve) { try await base.settle(settlements, in: campaign, at: now) }
  }

  func resendUncertain(in campaign: Int64, at now: Date) async throws -> Int {
    try await change(.resend) { try await base.resendUncertain(in: campaign, at: now) }
  }

  func makeDue(in campaign: Int64, customer: String?, at now: Date) async throws -> Int {
    try await change(.makeDue) { try await base.makeDue(in: campaign, customer: customer, at: now) }
  }

  func reschedule(
    in campaign: Int64, by schedule: RetrySchedule,
    _ due: @escaping @Sendable (_ message: DeferredMessage, _ old: RetrySchedule?) -> Date
  ) async throws -> Int {
    try await change(.reschedule) { try await base.reschedule(in: campaign, by: schedule, due) }
  }

  func request(_ request: ControlRequest?, of campaign: Int64, at now: Date) async throws {
    try await change(.request) { try await base.request(request, of: campaign, at: now) }
  }

  func note(_ conditions: [RelayCondition], in campaign: Int64) async throws {
    try await change(.note) { try await base.note(conditions, in: campaign) }
  }

  func chooseCanary(
    in campaign: Int64, letters: Int, providers: [String: String]
  ) async throws -> CanaryRecord? {
    try await change(.canary) {
      try await base.chooseCanary(in: campaign, letters: letters, providers: providers)
    }
  }

  func setCanary(_ record: CanaryRecord, in campaign: Int64) async throws {
    try await change(.canary) { try await base.setCanary(record, in: campaign) }
  }

  func expireAtDeadline(in campaign: Int64, at now: Date) async throws -> Int {
    try await change(.expire) { try await base.expireAtDeadline(in: campaign, at: now) }
  }

  // MARK: Reading

  func canary(in campaign: Int64) async throws -> CanaryRecord? {
    try await read(.canary) { try await base.canary(in: campaign) }
  }

  func canaryLetters(in campaign: Int64) async throws -> [CanaryLetter] {
    try await read(.canary) { try await base.canaryLetters(in: campaign) }
  }

  func dueCanary(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] {
    try await read(.due) { try await base.dueCanary(in: campaign, at: now, after: after, limit: limit) }
  }

  func nextDueCanary(in campaign: Int64, after moment: Date?) async throws -> Date? {
    try await read(.nextDue) { try await base.nextDueCanary(in: campaign, after: moment) }
  }

  func deferredFigures(in campaign: Int64, at now: Date) async throws -> DeferredFigures {
    try await read(.snapshot) { try await base.deferredFigures(in: campaign, at: now) }
  }

  func forEachWaiting(in campaign: Int64, _ body: @Sendable (WaitingMessage) throws -> Void) async throws {
    try await read(.customers) { try await base.forEachWaiting(in: campaign, body) }
  }

  func conditions(in campaign: Int64) async throws -> [RelayCondition] {
    try await read(.snapshot) { try await base.conditions(in: campaign) }
  }

  func forEachUnaccepted(in campaign: Int64, _ body: @Sendable (UnacceptedMessage) throws -> Void) async throws {
    try await read(.customers) { try await base.forEachUnaccepted(in: campaign, body) }
  }

  func uncertain(in campaign: Int64) async throws -> [UncertainMessage] {
    try await read(.uncertain) { try await base.uncertain(in: campaign) }
  }

  func campaign(named name: String) async throws -> CampaignRecord? {
    try await read(.campaign) { try await base.campaign(named: name) }
  }

  func campaigns() async throws -> [CampaignRecord] { try await read(.campaigns) { try await base.campaigns() } }

  func due(in campaign: Int64, at now: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] {
    try await read(.due) { try await base.due(in: campaign, at: now, after: after, limit: limit) }
  }

  func mailPlaces(in campaign: Int64) async throws -> [MailPlace] {
    try await read(.snapshot) { try await base.mailPlaces(in: campaign) }
  }

  func keep(_ places: [MailPlace], in campaign: Int64) async throws {
    try await change(.note) { try await base.keep(places, in: campaign) }
  }

  func due(_ messages: [Int64], in campaign: Int64, at now: Date) async throws -> [DueMessage] {
    try await read(.due) { try await base.due(messages, in: campaign, at: now) }
  }

  func nextDue(in campaign: Int64, after moment: Date?) async throws -> Date? {
    try await read(.nextDue) { try await base.nextDue(in: campaign, after: moment) }
  }

  func lastAcceptance(through relay: String, in campaign: Int64) async throws -> Date? {
    try await read(.lastAcceptance) { try await base.lastAcceptance(through: relay, in: campaign) }
  }

  func relayTally(in campaign: Int64) async throws -> [RelayTally] {
    try await base.relayTally(in: campaign)
  }

  func use(of scope: LimitScope, since: Date, on clock: ClockBase) async throws -> [Date] {
    try await read(.use) { try await base.use(of: scope, since: since, on: clock) }
  }

  func learned(of scope: LimitScope, on clock: ClockBase) async throws -> LearnedLimits? {
    try await read(.use) { try await base.learned(of: scope, on: clock) }
  }

  func takePlace(
    of scopes: [LimitScope], at moment: Date, since: Date, on clock: ClockBase,
    if isFree: @escaping @Sendable ([Date]) -> Bool
  ) async throws -> Bool {
    try await base.takePlace(of: scopes, at: moment, since: since, on: clock, if: isFree)
  }

  func testLetters(
    of scope: LimitScope, after number: Int64, on clock: ClockBase
  ) async throws -> [CountedTestLetter] {
    try await base.testLetters(of: scope, after: number, on: clock)
  }

  func snapshot(of campaign: Int64) async throws -> CampaignSnapshot {
    try await read(.snapshot) { try await base.snapshot(of: campaign) }
  }

  func forEachCustomer(in campaign: Int64, _ body: @Sendable (CustomerRecord) throws -> Void) async throws {
    try await read(.customers) { try await base.forEachCustomer(in: campaign, body) }
  }

  func customers(in campaign: Int64, withCodeIndex index: Int64) async throws -> [CustomerRecord]? {
    try await base.customers(in: campaign, withCodeIndex: index)
  }

  func pendingRequest(of campaign: Int64) async throws -> ControlRequest? {
    try await read(.pendingRequest) { try await base.pendingRequest(of: campaign) }
  }

  func receipts(of campaign: Int64, after seq: Int64, limit: Int) async throws -> [ReceiptLine] {
    try await read(.receipts) { try await base.receipts(of: campaign, after: seq, limit: limit) }
  }
}

/// What is asked of the store, for the trace.
enum StoreCall: Int {
  case freeze, setState, commit, heartbeat, recover, expire, cancel, resolve, resend, request
  case campaign, campaigns, due, nextDue, use, snapshot, customers, pendingRequest, receipts, uncertain
  case makeDue, reschedule, lastAcceptance, note, openUse, learned, canary
}

/// The faults of one process's store.
final class StoreFaults: @unchecked Sendable {
  enum Fault { case none, notWritten, written }

  private let world: World
  private let writeShare: Int
  private let readShare: Int
  let latency: Int
  private(set) var isBroken = false

  init(world: World, writeShare: Int, readShare: Int, latency: Int) {
    self.world = world
    self.writeShare = writeShare
    self.readShare = readShare
    self.latency = max(1, latency)
  }

  func next() -> Fault {
    guard world.dice.chance(writeShare) else { return .none }
    isBroken = world.dice.below(3) > 0
    return world.dice.below(2) == 0 ? .notWritten : .written
  }

  func nextRead() -> Bool { world.dice.chance(readShare) }
}

/// The receipts' file: it has whatever the store has, unless the disk fails.
struct SimulatedReceiptLog: ReceiptLog {
  let process: ProcessLife
  let world: World
  let auditor: Auditor
  let share: Int

  func flush() async throws -> Int {
    let error = StoreError.cannotWrite(path: "receipts.jsonl", cause: "input/output error")
    guard await process.pass() else { throw error }
    _ = await world.wait(world.dice.below(1_000), of: process)
    guard await process.pass() else { throw error }
    try process.checkLock(in: world)
    world.trace.note(.receipt, world.clock, process.number, 0)
    if world.dice.chance(share) {
      auditor.storeFailed(process.number)
      throw error
    }
    return 0
  }
}
