import Campaigns
import Foundation
import Mail
import Queue
import Receipts

/// A fictional provider's campaign. Times count from its morning in whole seconds.
enum Sample {
  static let hashKey = [UInt8](repeating: 7, count: 32)

  static func time(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_795_420_800 + seconds) }

  static func approval(_ name: String) throws -> FrozenApproval {
    FrozenApproval(name: try ApproverName(name), at: time(-60.25), line: SHA256.digest(of: Array(name.utf8)))
  }

  static func plan(_ name: String = "passwords", rows: Int = 10) -> FrozenPlan {
    FrozenPlan(
      name: name, planHash: SHA256.digest(of: Array(name.utf8)), rows: rows, rejectedRows: 1, deadline: time(28_800),
      hashKey: hashKey, inputs: Data("{\"customers\":\"…\"}".utf8))
  }

  static func letter(_ number: Int) throws -> PlannedCustomer {
    PlannedCustomer(
      id: "K\(number)", kind: .letter, payload: Data("{\"n\":\(number)}".utf8),
      messages: [
        PlannedMessage(
          recipient: try EmailAddress("Kunde\(number)@Kanzlei\(number % 3).example"),
          messageID: try MessageID(left: "passwords.\(number)", domain: try Domain("kanzlei-it.example")),
          letter: "password-change", priority: 0, template: "password-change@0123456789ab")
      ])
  }

  static func phone(_ number: Int) -> PlannedCustomer {
    PlannedCustomer(
      id: "P\(number)", kind: .phone, reasons: [.noAddress, .segment("zentrales Postfach")],
      payload: Data("{}".utf8), messages: [])
  }

  static func customers(letters: Int, phones: Int = 1) throws -> [PlannedCustomer] {
    try (0..<letters).map { try letter($0 + 1) } + (0..<phones).map { phone($0 + 1) }
  }

  static func claim(_ due: DueMessage, at seconds: Double = 1, worker: String = "w1", counts: [LimitUse] = [])
    -> StoreChange
  {
    .claim(
      ClaimRequest(
        message: due.message, fence: due.fence, worker: worker, relay: "main", at: time(seconds),
        leaseUntil: time(seconds + 60), sha256: SHA256.digest(of: Array(due.customer.utf8)),
        counts: counts))
  }

  static func accepted(at seconds: Double = 2) -> AttemptOutcome {
    AttemptOutcome(
      result: .accepted, at: time(seconds), phase: "final", code: 250, enhanced: "2.0.0",
      reply: "2.0.0 Ok: queued as 4XyZ")
  }

  static func deferred(until: Double, at seconds: Double = 2) -> AttemptOutcome {
    AttemptOutcome(
      result: .deferred(until: time(until)), at: time(seconds), phase: "rcpt", code: 451, enhanced: "4.7.1",
      reply: "4.7.1 <kunde1@kanzlei1.example>: greylisted")
  }

  static func refused(at seconds: Double = 2) -> AttemptOutcome {
    AttemptOutcome(
      result: .refused, at: time(seconds), phase: "rcpt", code: 550, enhanced: "5.1.1", reply: "5.1.1 unknown user")
  }

  static func uncertain(at seconds: Double = 2) -> AttemptOutcome {
    AttemptOutcome(
      result: .uncertain, at: time(seconds), phase: "final", code: nil, enhanced: nil,
      reply: "connection closed after the final dot")
  }
}

extension StoreChangeResult {
  var claim: Claim? { if case .claimed(let claim) = self { claim } else { nil } }
}

/// Gives the customers of a plan one by one. Asked by one transaction at a time, hence `@unchecked`.
final class Feed: @unchecked Sendable {
  private var rest: IndexingIterator<[PlannedCustomer]>
  init(_ customers: [PlannedCustomer]) { rest = customers.makeIterator() }
  func next() -> PlannedCustomer? { rest.next() }
}

extension MessageStore {
  func freeze(_ plan: FrozenPlan, customers: [PlannedCustomer], at now: Date) async throws {
    let feed = Feed(customers)
    try await freeze(plan, next: { feed.next() }, at: now)
  }

  /// A frozen campaign's number.
  func freezeSample(
    _ name: String = "passwords", letters: Int, phones: Int = 1, follows: Following? = nil
  ) async throws -> Int64 {
    var plan = Sample.plan(name, rows: letters + phones + 1)
    plan.follows = follows
    try await freeze(
      plan, customers: try Sample.customers(letters: letters, phones: phones),
      at: Sample.time(0))
    return try await campaign(named: name)?.id ?? 0
  }

  /// Claims everything that is due; in plan order.
  func claimAll(in campaign: Int64, at seconds: Double = 1, limit: Int = 1000) async throws -> [Claim] {
    let due = try await due(in: campaign, at: Sample.time(seconds), after: nil, limit: limit)
    return try await commit(due.map { Sample.claim($0, at: seconds) }).compactMap(\.claim)
  }

  func lines(of campaign: Int64) async throws -> [String] {
    try await receipts(of: campaign, after: 0, limit: 100_000).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  func receiptValues(of campaign: Int64) async throws -> [Receipt] {
    try await receipts(of: campaign, after: 0, limit: 100_000).map { try Receipt(line: $0.bytes) }
  }
}
