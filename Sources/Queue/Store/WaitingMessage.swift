public import Foundation
import Receipts

/// A message that is queued or deferred, as a forecast of the delivery needs it.
public struct WaitingMessage: Sendable, Hashable {
  /// The customer's number in the store.
  public var customer: Int64
  public var priority: Int
  public var attempts: Int
  /// When a deferred message is due; nil for another one.
  public var dueAt: Date?
  /// The relay of the last attempt.
  public var relay: String?
  /// The relay's answer to the last attempt, while the message is deferred.
  public var lastAnswer: LastAnswer?
  /// The domain of its recipient, as A-labels.
  public var domain: String

  public init(
    customer: Int64, priority: Int, attempts: Int, dueAt: Date?, relay: String?, lastAnswer: LastAnswer? = nil,
    domain: String
  ) {
    self.customer = customer
    self.priority = priority
    self.attempts = attempts
    self.dueAt = dueAt
    self.relay = relay
    self.lastAnswer = lastAnswer
    self.domain = domain
  }
}

extension WaitingMessage {
  /// What ``init(_:)`` reads, before the domain.
  package static let columns =
    "customer, priority, attempts, due_at, relay, phase, code, substr(reply, 1, 2000), changed_at"

  /// Reads a row of ``columns`` and the domain.
  package init(_ row: some StoredRow) {
    let due = row.milliseconds(3)?.date
    var answer: LastAnswer?
    if let due, let phase = row.text(5), !row.isNull(6) {
      answer = LastAnswer(
        phase: phase, code: Int(row.integer(6)), text: row.text(7) ?? "", at: row.milliseconds(8)?.date ?? due)
    }
    self.init(
      customer: row.integer(0), priority: Int(row.integer(1)), attempts: Int(row.integer(2)), dueAt: due,
      relay: row.text(4), lastAnswer: answer, domain: row.text(9) ?? "")
  }
}
