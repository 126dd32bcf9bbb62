/// The state of a message. The words are the same in the database, the receipts, the JSON and on the screen.
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
  /// The relay refused it for good. The operator may open it again.
  case refused
  /// Deferred until the give-up time had passed, or not accepted when the deadline had, where nothing is sent after it. The
  /// operator may open it again.
  case expired
  /// The final dot went out and no reply came: it may or may not have been accepted. Only the operator settles it
  /// (or the policy `uncertain: resend`).
  case uncertain
  /// Taken out before it was sent, with a reason; the customer is on the call list.
  case excluded
  /// The campaign was cancelled before it was accepted: not sent, or, after an uncertain outcome, not sent again.
  case cancelled

  /// A final state is an outcome: a campaign is completed with it. Of the final states only `refused` and `expired` can
  /// be left, when such a message is reopened. `uncertain` is not final: it waits for the operator.
  public var isFinal: Bool {
    switch self {
    case .accepted, .refused, .expired, .excluded, .cancelled: true
    case .queued, .sending, .deferred, .uncertain: false
    }
  }

  public func canBecome(_ next: MessageState) -> Bool {
    switch self {
    case .queued: [.sending, .expired, .excluded, .cancelled].contains(next)
    case .sending: [.accepted, .deferred, .refused, .uncertain].contains(next)
    case .deferred: [.sending, .expired, .excluded, .cancelled].contains(next)
    case .uncertain: [.accepted, .queued].contains(next)
    case .refused, .expired: next == .queued
    case .accepted, .excluded, .cancelled: false
    }
  }
}

/// The state of a campaign.
///
/// ``canBecome(_:)`` is the transition table; `docs/states.md` draws it. A campaign whose process died stays `running`
/// until the next process continues it, hence `running` may become `running`: that is a resume, with its receipt.
public enum CampaignState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Frozen, not started.
  case draft
  case running, paused
  /// Nothing is queued, deferred or on the wire any more. A message that is queued again (`resend`, `reopen`) may open
  /// it again.
  case completed
  /// Given up by the operator, for good.
  case cancelled
  /// Stopped by a fault; may be resumed.
  case aborted

  public func canBecome(_ next: CampaignState) -> Bool {
    switch self {
    case .draft: [.running, .cancelled, .aborted].contains(next)
    case .running: [.running, .paused, .completed, .cancelled, .aborted].contains(next)
    case .paused: [.running, .completed, .cancelled, .aborted].contains(next)
    case .completed: [.running].contains(next)
    case .aborted: [.running, .cancelled].contains(next)
    case .cancelled: false
    }
  }

  /// Over for now: `finishedAt` is set.
  public var isFinished: Bool {
    switch self {
    case .completed, .cancelled, .aborted: true
    case .draft, .running, .paused: false
    }
  }

  /// The event of the receipt that the change from `previous` writes.
  package func event(after previous: CampaignState) -> ReceiptEvent? {
    switch self {
    case .draft: nil
    case .running: previous == .draft ? .started : .resumed
    case .paused: .paused
    case .completed: .completed
    case .cancelled: .cancelled
    case .aborted: .aborted
    }
  }
}

/// A decision about a message that no attempt makes: the ways in which an uncertain message is settled, and the way in
/// which a refused or expired one is opened again.
public enum Resolution: String, Sendable, Hashable, CaseIterable {
  /// An uncertain message was accepted.
  case accepted
  /// An uncertain message is sent again: the customer may get it twice.
  case resend
  /// A refused or expired message is sent again. It was certainly not taken, so nobody gets it twice by this.
  case reopen

  /// The states in which a message can be settled this way.
  public var origins: Set<MessageState> {
    switch self {
    case .accepted, .resend: [.uncertain]
    case .reopen: [.refused, .expired]
    }
  }

  /// The state that it leads to.
  public var result: MessageState {
    switch self {
    case .accepted: .accepted
    case .resend, .reopen: .queued
    }
  }
}
