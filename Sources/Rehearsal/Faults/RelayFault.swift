/// One thing that is wrong with the relay as a whole, whoever a letter is for.
///
/// Every limit that counts takes the time of ``RelayOptions/now``.
public enum RelayFault: Sendable, Hashable {
  /// After this many letters of a connection, sent to their final dot, MAIL is answered `421 4.4.5` and the connection
  /// is closed, whatever the code of the reply.
  case sessionLimit(Int, FaultReply? = nil)
  /// More than the rate allows is answered `452 4.5.3`, until the window has moved on.
  case quota(SendingRate, at: DialoguePhase = .rcpt, FaultReply? = nil)
  /// More than the rate allows is answered `454 4.7.0`, until the window has moved on. The same as a quota, in the words
  /// of a limit per second.
  case throttle(SendingRate, at: DialoguePhase = .data, FaultReply? = nil)
  /// EHLO offers SIZE with this many octets; what is larger is answered `552 5.3.4`: in answer to MAIL when it states
  /// its size, else after the final dot.
  case size(Int, FaultReply? = nil)
  /// When so many letters were taken, the relay is gone for this time: the port refuses connections, and those that are
  /// open are closed. The letter that was the last still gets its reply. Then the same port takes connections again.
  case away(Duration, after: Int)
  case pipelining(Pipelining)
  /// The greeting, or every EHLO or MAIL, has no reply, ever. For the later phases see ``Fault/hang(_:)``.
  case hang(DialoguePhase)

  public enum Pipelining: String, Sendable, Hashable, CaseIterable {
    /// PIPELINING is not offered.
    case off
    /// PIPELINING is offered, but of commands that come in one go only the first is seen.
    case swallow
  }

  /// The fault's word in the text form of a plan and in ``RelayCounts/faults``.
  public var word: String {
    switch self {
    case .sessionLimit: "session-limit"
    case .quota: "quota"
    case .throttle: "throttle"
    case .size: "size"
    case .away: "away"
    case .pipelining: "pipelining"
    case .hang: "hang"
    }
  }
}

/// A place in the dialogue, by the names that `explain` has for them.
public enum DialoguePhase: String, Sendable, Hashable, CaseIterable {
  case greeting, ehlo, mail, rcpt, data, final

  /// Those at which the recipient of the letter is known.
  static let ofLetter: [DialoguePhase] = [.rcpt, .data, .final]
  /// Those at which a letter can be refused for how many there were.
  static let ofLimit: [DialoguePhase] = [.mail, .rcpt, .data, .final]
}

/// At most `count` in any window of `window`, written as limits are in a campaign file: `300/h`, `250/10min`.
public struct SendingRate: Sendable, Hashable {
  public var count: Int
  public var window: Duration

  public init(_ count: Int, per window: Duration) {
    self.count = count
    self.window = window
  }
}

/// The faults of a plan that concern the whole relay, ready for a dialogue to look at.
struct RelayRules: Sendable {
  let sessionLimit: (count: Int, reply: Reply)?
  let maximumSize: Int
  let tooBig: Reply
  /// The size limit is a fault of the plan, to be counted.
  let countsSize: Bool
  let pipelining: RelayFault.Pipelining?
  let hangs: Set<DialoguePhase>
  let tooManyConnections: Reply
  let refusal: Reply

  init(_ options: RelayOptions) {
    let plan = options.faults
    var sessionLimit: (count: Int, reply: Reply)?
    var size: (octets: Int, reply: FaultReply?)?
    var pipelining: RelayFault.Pipelining?
    var hangs: Set<DialoguePhase> = []
    for fault in plan.relayFaults {
      switch fault {
      case .sessionLimit(let count, let reply):
        sessionLimit = (count, reply.completed(by: UsualReplies.sessionLimit))
      case .size(let octets, let reply): size = (octets, reply)
      case .pipelining(let kind): pipelining = kind
      case .hang(let phase): hangs.insert(phase)
      case .quota, .throttle, .away: break
      }
    }
    self.sessionLimit = sessionLimit
    maximumSize = size?.octets ?? options.maximumSize
    tooBig = (size?.reply).completed(by: UsualReplies.size)
    countsSize = size != nil
    self.pipelining = pipelining
    self.hangs = hangs
    tooManyConnections = plan.connectionReply.completed(by: UsualReplies.connections)
    refusal = plan.refusalReply.completed(by: UsualReplies.refuseAll)
  }
}
