/// What a receipt tells. `docs/receipts.md` says which fields each one has.
///
/// `cancelled` is written for a campaign (no `message`) and for each message it took out.
public enum ReceiptEvent: String, Sendable, Hashable, Codable, CaseIterable {
  case planFrozen = "plan-frozen"
  case approved, started, paused, resumed, completed, aborted, purged
  case attempt, accepted, deferred, refused, uncertain, expired, excluded, cancelled, resolved

  /// The state a message has after this event; nil for the events of a campaign and for `resolved`, which needs its
  /// resolution.
  package var state: MessageState? {
    switch self {
    case .attempt: .sending
    case .accepted: .accepted
    case .deferred: .deferred
    case .refused: .refused
    case .uncertain: .uncertain
    case .expired: .expired
    case .excluded: .excluded
    case .cancelled: .cancelled
    case .planFrozen, .approved, .started, .paused, .resumed, .completed, .aborted, .purged, .resolved: nil
    }
  }

  /// It came out of an attempt: number, relay and the relay's answer belong to it.
  var isOutcome: Bool {
    switch self {
    case .accepted, .deferred, .refused, .uncertain: true
    default: false
    }
  }
}
