public import Foundation
import Mail
public import Queue
public import Receipts

/// The calls that were made and whom they told, without saying who that is.
///
/// Counted from the queue, or after a purge from the receipts, which keep outcome and time of each call.
public struct CallsMade: Sendable, Hashable, Encodable {
  /// Calls by what came of each.
  public private(set) var outcomes: [CallOutcome: Int] = [:]
  /// Customers who were called, whatever came of it.
  public private(set) var customers = 0
  /// Customers who are told: each once, at the call that told them.
  public private(set) var reachedByDeadline = 0
  public private(set) var reachedAfterDeadline = 0
  public private(set) var first: Date?
  public private(set) var last: Date?

  public init() {}

  /// - Parameter histories: One for each customer.
  public init(_ histories: some Sequence<CallHistory>, deadline: Date) {
    for history in histories where !history.calls.isEmpty {
      customers += 1
      for call in history.calls {
        outcomes[call.outcome, default: 0] += 1
        first = min(first ?? call.at, call.at)
        last = max(last ?? call.at, call.at)
      }
      guard let told = history.told else { continue }
      if told.at < deadline { reachedByDeadline += 1 } else { reachedAfterDeadline += 1 }
    }
  }

  public var total: Int { outcomes.values.reduce(0, +) }
  public var reached: Int { reachedByDeadline + reachedAfterDeadline }

  private enum CodingKeys: String, CodingKey {
    case total, outcomes, customers, reached, first, last
    case reachedByDeadline = "reached_by_deadline"
    case reachedAfterDeadline = "reached_after_deadline"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(total, forKey: .total)
    var figures: [String: Int] = [:]
    for outcome in CallOutcome.allCases {
      figures[outcome.figure] = outcomes[outcome] ?? 0
    }
    try container.encode(figures, forKey: .outcomes)
    try container.encode(customers, forKey: .customers)
    try container.encode(reached, forKey: .reached)
    try container.encode(reachedByDeadline, forKey: .reachedByDeadline)
    try container.encode(reachedAfterDeadline, forKey: .reachedAfterDeadline)
    try container.encode(first, forKey: .first)
    try container.encode(last, forKey: .last)
  }
}

/// The calls by receipts alone, for a campaign whose customers are purged.
///
/// Memory grows with the customers who were called.
public struct ReceiptCalls: Sendable {
  private var calls: [String: [CallRecord]] = [:]

  public init() {}

  public mutating func add(_ receipt: Receipt) {
    guard let call = receipt.call, let customer = receipt.customer?.hex else { return }
    calls[customer, default: []].append(
      CallRecord(customer: customer, at: call.at, outcome: call.outcome, caller: ""))
  }

  public func made(deadline: Date) -> CallsMade { CallsMade(calls.values.map { CallHistory($0) }, deadline: deadline) }
}
