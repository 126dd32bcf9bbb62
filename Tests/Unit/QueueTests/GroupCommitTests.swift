import Campaigns
import Foundation
import Mail
import Queue
import Receipts
import TestSupport
import Testing

@Suite struct GroupCommitTests {
  @Test func stepsOfManyTasksShareFewCommits() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.open(spool: folder.url, access: .owner)
    let campaign = try await store.freezeSample(letters: 200)
    let group = GroupCommit(store: store, limit: 64)
    let due = try await store.due(in: campaign, at: Sample.time(1), after: nil, limit: 200)
    let claims = try await withThrowingTaskGroup(of: Claim?.self) { tasks in
      for message in due { tasks.addTask { try await group.submit(Sample.claim(message)).claim } }
      return try await tasks.reduce(into: [Claim]()) { $0 += [$1].compactMap { $0 } }
    }
    #expect(claims.count == 200)
    #expect(await group.commits < 100)
    for claim in claims { try await group.record(Sample.accepted(), by: claim) }
    try await group.settle()
    #expect(try await store.snapshot(of: campaign).messages[.accepted] == 200)
    try await group.record(Sample.accepted(), by: claims[0])
    try await group.settle()
    #expect(await group.staleRecords == 1)
  }

  @Test func arrivalOrderIsCommitOrder() async throws {
    let log = LoggingStore()
    let group = GroupCommit(store: log, limit: 3)
    for number in 1...10 {
      try await group.record(Sample.accepted(), by: Claim(message: Int64(number), fence: 1, attempt: 1))
    }
    _ = try await group.submit(.exclude(message: 11, fence: 1, reason: .noSMTPUTF8, at: Sample.time(0)))
    let batches = await log.batches
    #expect(batches.flatMap { $0 } == Array(1...11))
    #expect(batches.allSatisfy { $0.count <= 3 })
  }

  @Test func afterAFailedCommitEveryoneFails() async throws {
    struct Broken: Error {}
    let log = LoggingStore(failingAt: 2, with: Broken())
    let group = GroupCommit(store: log, limit: 1)
    _ = try await group.submit(.exclude(message: 1, fence: 1, reason: .noSMTPUTF8, at: Sample.time(0)))
    await withTaskGroup(of: Bool.self) { tasks in
      for number in 2..<12 {
        tasks.addTask {
          do {
            _ = try await group.submit(
              .exclude(message: Int64(number), fence: 1, reason: .noSMTPUTF8, at: Sample.time(0)))
            return false
          } catch { return error is Broken }
        }
      }
      for await failed in tasks { #expect(failed) }
    }
    await #expect(throws: Broken.self) {
      try await group.record(Sample.accepted(), by: Claim(message: 1, fence: 1, attempt: 1))
    }
    await #expect(throws: Broken.self) { try await group.settle() }
    #expect(await log.batches.count == 1)
  }

  @Test func aCancelledCallersStepIsStillCommitted() async throws {
    let log = LoggingStore()
    let group = GroupCommit(store: log)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await group.submit(.exclude(message: 1, fence: 1, reason: .noSMTPUTF8, at: Sample.time(0)))
    }
    #expect(try await task.value == .done)
    #expect(await log.batches == [[1]])
  }
}

/// Notes what is committed, and may fail at one commit. Everything else is not asked of it.
private actor LoggingStore: MessageStore {
  private(set) var batches: [[Int]] = []
  private let failing: (commit: Int, error: any Error)?
  private struct NotAsked: Error {}

  init(failingAt commit: Int? = nil, with error: (any Error)? = nil) {
    failing = commit.flatMap { commit in error.map { (commit, $0) } }
  }

  func commit(_ steps: [StoreChange]) async throws -> [StoreChangeResult] {
    if let failing, batches.count + 1 == failing.commit { throw failing.error }
    batches.append(
      steps.map { step in
        switch step {
        case .claim(let request): Int(request.message)
        case .record(let claim, _): Int(claim.message)
        case .exclude(let message, _, _, _), .reopen(let message, _, _), .makeDue(let message, _, _): Int(message)
        case .count: 0
        }
      })
    return steps.map { _ in .done }
  }

  func freeze(_: FrozenPlan, next: @escaping @Sendable () throws -> PlannedCustomer?, at: Date) async throws {
    throw NotAsked()
  }
  func campaign(named: String) async throws -> CampaignRecord? { throw NotAsked() }
  func campaigns() async throws -> [CampaignRecord] { throw NotAsked() }
  func setState(_: CampaignState, of: Int64, at: Date) async throws { throw NotAsked() }
  func due(in: Int64, at: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] { throw NotAsked() }
  func mailPlaces(in: Int64) async throws -> [MailPlace] { throw NotAsked() }
  func keep(_: [MailPlace], in: Int64) async throws { throw NotAsked() }
  func due(_: [Int64], in: Int64, at: Date) async throws -> [DueMessage] { throw NotAsked() }
  func nextDue(in: Int64, after: Date?) async throws -> Date? { throw NotAsked() }
  func heartbeat(worker: String, leaseUntil: Date) async throws { throw NotAsked() }
  func recover(campaign: Int64, at: Date) async throws -> Int { throw NotAsked() }
  func expire(in: Int64, firstAttemptUntil: Date, triedSince: Date?, at: Date) async throws -> Int {
    throw NotAsked()
  }
  func expireAtDeadline(in: Int64, at: Date) async throws -> Int { throw NotAsked() }
  func chooseCanary(in: Int64, letters: Int, providers: [String: String]) async throws -> CanaryRecord? {
    throw NotAsked()
  }
  func canary(in: Int64) async throws -> CanaryRecord? { throw NotAsked() }
  func canaryLetters(in: Int64) async throws -> [CanaryLetter] { throw NotAsked() }
  func setCanary(_: CanaryRecord, in: Int64) async throws { throw NotAsked() }
  func dueCanary(in: Int64, at: Date, after: DueCursor?, limit: Int) async throws -> [DueMessage] { throw NotAsked() }
  func nextDueCanary(in: Int64, after: Date?) async throws -> Date? { throw NotAsked() }
  func cancel(campaign: Int64, at: Date) async throws -> Int { throw NotAsked() }
  func resolve(
    in: Int64, customer: String?, letter: String?, as: Resolution, evidence: String?, at: Date
  ) async throws -> [String] { throw NotAsked() }
  func uncertain(in: Int64) async throws -> [UncertainMessage] { throw NotAsked() }
  func settle(_: [Settlement], in: Int64, at: Date) async throws -> [Int64] { throw NotAsked() }
  func resendUncertain(in: Int64, at: Date) async throws -> Int { throw NotAsked() }
  func makeDue(in: Int64, customer: String?, at: Date) async throws -> Int { throw NotAsked() }
  func reschedule(
    in: Int64, by: RetrySchedule, _: @escaping @Sendable (DeferredMessage, RetrySchedule?) -> Date
  ) async throws -> Int { throw NotAsked() }
  func lastAcceptance(through: String, in: Int64) async throws -> Date? { throw NotAsked() }
  func relayTally(in: Int64) async throws -> [RelayTally] { throw NotAsked() }
  func openUse(on: ClockBase, keeping: [LimitScope: TimeInterval], at: Date) async throws -> Int64 {
    throw NotAsked()
  }
  func use(of: LimitScope, since: Date, on: ClockBase) async throws -> [Date] { throw NotAsked() }
  func keep(_: [LearnedLimits], clock: Int64, as: ClockBase) async throws { throw NotAsked() }
  func learned(of: LimitScope, on: ClockBase) async throws -> LearnedLimits? { throw NotAsked() }
  func takePlace(
    of: [LimitScope], at: Date, since: Date, on: ClockBase, if: @escaping @Sendable ([Date]) -> Bool
  ) async throws -> Bool { throw NotAsked() }
  func testLetters(of: LimitScope, after: Int64, on: ClockBase) async throws -> [CountedTestLetter] { throw NotAsked() }
  func snapshot(of: Int64) async throws -> CampaignSnapshot { throw NotAsked() }
  func deferredFigures(in: Int64, at: Date) async throws -> DeferredFigures { throw NotAsked() }
  func forEachWaiting(in: Int64, _: @Sendable (WaitingMessage) throws -> Void) async throws { throw NotAsked() }
  func note(_: [RelayCondition], in: Int64) async throws { throw NotAsked() }
  func conditions(in: Int64) async throws -> [RelayCondition] { throw NotAsked() }
  func forEachUnaccepted(in: Int64, _: @Sendable (UnacceptedMessage) throws -> Void) async throws { throw NotAsked() }
  func forEachCustomer(in: Int64, _: @Sendable (CustomerRecord) throws -> Void) async throws { throw NotAsked() }
  func request(_: ControlRequest?, of: Int64, at: Date) async throws { throw NotAsked() }
  func customers(in: Int64, withCodeIndex: Int64) async throws -> [CustomerRecord]? { throw NotAsked() }
  func pendingRequest(of: Int64) async throws -> ControlRequest? { throw NotAsked() }
  func receipts(of: Int64, after: Int64, limit: Int) async throws -> [ReceiptLine] { throw NotAsked() }
}
