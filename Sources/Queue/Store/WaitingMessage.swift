public import Foundation

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
