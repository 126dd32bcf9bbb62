public import Receipts

/// What the state of a letter means, for people.
public enum StateTexts {
  /// Of excluded letters of a reminder.
  public static let needless = "not sent: nothing is left to do for these customers"

  public static func meaning(of state: MessageState) -> String {
    switch state {
    case .queued: "waiting to be sent"
    case .sending: "on the wire, or in doubt if nothing is running"
    case .deferred: "not accepted yet, to be tried again"
    case .accepted: "by the relay; not proof that it was delivered or read"
    case .refused: "for good: call these customers"
    case .expired: "given up after repeated attempts, or at the deadline: call these customers"
    case .uncertain: "the relay may or may not have taken it"
    case .excluded: "not sent, with a reason: call these customers"
    case .cancelled: "not sent, or not again, because the campaign was cancelled"
    }
  }
}
