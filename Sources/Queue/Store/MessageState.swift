/// Where a message stands. The words are the same in the database, the receipts, the JSON and on the screen.
///
/// ``canBecome(_:)`` is the one transition table; CHECK constraints in the store guard the same rules, and
/// `docs/states.md` draws them.
public enum MessageState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Waiting for its first attempt.
  case queued
  /// Claimed by a worker: the intent is durable, bytes may be on the wire.
  case sending
  /// Not accepted yet, to be tried again at its due time.
  case deferred
  /// The relay took responsibility with a 2xx after the final dot. Not "delivered", not "read".
  case accepted
  /// The relay refused it for good.
  case refused
  /// Deferred until the give-up time had passed.
  case expired
  /// The final dot went out and no reply came: it may or may not have been accepted. Only the operator settles it
  /// (or the policy `uncertain: resend`).
  case uncertain
  /// Taken out before it was sent, with a reason; the customer is on the telephone list.
  case excluded
  /// The campaign was cancelled before it was accepted: not sent, or, after an uncertain outcome, not sent again.
  case cancelled

  /// A final state is never left. `uncertain` is not final: it waits for the operator.
  public var isFinal: Bool {
    switch self {
    case .accepted, .refused, .expired, .excluded, .cancelled: true
    case .queued, .sending, .deferred, .uncertain: false
    }
  }

  public func canBecome(_ next: MessageState) -> Bool {
    switch self {
    case .queued: [.sending, .excluded, .cancelled].contains(next)
    case .sending: [.accepted, .deferred, .refused, .uncertain].contains(next)
    case .deferred: [.sending, .expired, .excluded, .cancelled].contains(next)
    case .uncertain: [.accepted, .queued].contains(next)
    case .accepted, .refused, .expired, .excluded, .cancelled: false
    }
  }
}
