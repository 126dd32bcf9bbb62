/// One thing that can go wrong with a message at a relay.
///
/// The first seven are answers; the rest concern when, or whether, an answer comes.
public enum Fault: Sendable, Hashable {
  /// RCPT is answered `451 4.7.1`.
  case greylist
  /// RCPT is answered `450 4.2.0` until this time has passed since the first try of the same sender and recipient.
  case greylistFor(Duration)
  /// RCPT is answered `450 4.2.1`.
  case temporary
  /// RCPT is answered `452 4.2.2`.
  case full
  /// RCPT is answered `550 5.1.1`.
  case unknown
  /// RCPT is answered `550 5.7.133`: a policy, not an unknown mailbox.
  case refuse
  /// The whole message is read, then answered `554 5.7.1`.
  case reject
  /// The message is taken; its reply comes after this time.
  case slow(Duration)
  /// The message is taken, then the connection is closed without a reply.
  case lostReply
  /// The connection is closed after the final dot, and the message is not taken. To the sender it looks the same as
  /// ``lostReply``: that is the point of having both.
  case lostMessage
  /// `421 4.3.2`, then the connection is closed: in answer to MAIL when RCPT came along with it (PIPELINING), otherwise
  /// in answer to RCPT, because before that the relay cannot know whom the message is for.
  case shutdown
  /// The connection is closed when the first bytes of the message have come in after `354`. The message is not taken. A
  /// sender that wrote a short message and its dot in one go cannot tell this from ``lostMessage``.
  case cutData
  /// RCPT, DATA or the final dot has no reply, ever. The message is not taken.
  case hang(DialoguePhase)

  /// The fault's word in the text form of a plan and in ``RelayCounts/faults``.
  public var word: String {
    switch self {
    case .greylist, .greylistFor: "greylist"
    case .temporary: "temporary"
    case .full: "full"
    case .unknown: "unknown"
    case .refuse: "refuse"
    case .reject: "reject"
    case .slow: "slow"
    case .lostReply: "lost-reply"
    case .lostMessage: "lost-message"
    case .shutdown: "421"
    case .cutData: "cut-data"
    case .hang: "hang"
    }
  }

  /// The number of attempts that are hit when a rule does not say. A fault that passes by itself hits only the first
  /// one; a fault that a recipient *is*, such as unknown, hits every one (nil).
  public var usualTries: Int? {
    switch self {
    case .greylist, .lostReply, .lostMessage, .shutdown, .cutData: 1
    case .greylistFor, .temporary, .full, .unknown, .refuse, .reject, .slow, .hang: nil
    }
  }

  /// What it answers, for the faults that are an answer; another code takes another status, see
  /// ``FaultReply/completed(by:)``.
  ///
  /// - Parameter wait: What is left of the time of ``greylistFor(_:)``.
  func usualReply(wait: Duration = .zero) -> Reply? {
    switch self {
    case .greylist: Reply(451, "4.7.1", "Greylisted, try again later")
    case .greylistFor: Reply(450, "4.2.0", "Greylisted, try again in \(Self.wholeSeconds(wait)) seconds")
    case .temporary: Reply(450, "4.2.1", "Mailbox temporarily not available")
    case .full: Reply(452, "4.2.2", "Mailbox full")
    case .unknown: Reply(550, "5.1.1", "Recipient unknown")
    case .refuse: Reply(550, "5.7.133", "Sender not authenticated for this recipient: known senders only")
    case .reject: Reply(554, "5.7.1", "Message content rejected")
    case .shutdown: Reply(421, "4.3.2", "Service shutting down")
    case .slow, .lostReply, .lostMessage, .cutData, .hang: nil
    }
  }

  /// Whether its reply is the answer to RCPT.
  var answersRecipient: Bool {
    switch self {
    case .greylist, .greylistFor, .temporary, .full, .unknown, .refuse: true
    case .reject, .shutdown, .slow, .lostReply, .lostMessage, .cutData, .hang: false
    }
  }

  /// Rounded up, so that a sender that waits as long as it is told is not told again.
  private static func wholeSeconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds + (attoseconds > 0 ? 1 : 0)
  }
}
