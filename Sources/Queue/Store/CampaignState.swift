/// Where a campaign stands.
///
/// ``canBecome(_:)`` is the transition table; `docs/states.md` draws it. A campaign whose process died stays `running`
/// until the next one goes on with it, hence `running` may become `running`: that is a resume, with its receipt.
public enum CampaignState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Frozen, not started.
  case draft
  case running, paused
  /// Nothing is queued, deferred or on the wire any more. Settling an uncertain message by `resend` may open it again.
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

public enum ControlRequest: String, Sendable, Hashable, Codable, CaseIterable { case pause, cancel }

/// How an uncertain message is settled.
public enum Resolution: String, Sendable, Hashable, CaseIterable { case accepted, resend }
