/// The faults of a rehearsal relay: what it does wrong, to which recipients and how often.
///
/// A plan is a list of rules about recipients and one of faults of the whole relay. It is a plain value and holds no state: the same plan with
/// the same seed hits the same recipients in every run, in any order of sending and over any number of connections.
///
/// The rules that apply to a recipient:
/// 1. those that name its address; when there is none,
/// 2. those that name its domain; when there is none,
/// 3. the one share rule it falls into, if any. Shares do not overlap: the first takes its part of all recipients, the
///    next takes the part after it, so every percentage is what it says.
///
/// After any of these come the rules for everyone.
///
/// Of a recipient's rules the first that has tries left acts; when none has any left, the message is accepted as usual.
///
/// Building a plan in code cannot fail. Shares beyond 100 % hit nobody there; the text form refuses them.
public struct FaultPlan: Sendable, Hashable {
  public struct Rule: Sendable, Hashable {
    public var fault: Fault
    public var recipients: Recipients
    /// How many attempts of each recipient are hit, at least 1; nil hits every attempt.
    public var tries: Int?
    /// The reply in place of the fault's usual one; it means nothing for a fault that is no answer.
    public var reply: FaultReply?

    /// Hits as many attempts as is usual for the fault: see ``Fault/usualTries``.
    public init(_ fault: Fault, _ recipients: Recipients, reply: FaultReply? = nil) {
      self.init(fault, recipients, tries: fault.usualTries, reply: reply)
    }

    public init(_ fault: Fault, _ recipients: Recipients, tries: Int?, reply: FaultReply? = nil) {
      self.fault = fault
      self.recipients = recipients
      self.tries = tries
      self.reply = reply
    }
  }

  /// The recipients a rule hits. Upper and lower case of ASCII letters are the same; domains are A-labels, as on the
  /// wire.
  public enum Recipients: Sendable, Hashable {
    case address(String)
    case domain(String)
    /// A part of all recipients, in hundredths of a percent: 1 to 10,000.
    case share(Int)
    case everyone

    public static func percent(_ percent: Int) -> Recipients { .share(percent * 100) }
  }

  public var rules: [Rule]
  /// Those that there can be only one of (session limit, size, pipelining) count where they are given last.
  public var relayFaults: [RelayFault]
  /// Connections at the same time; one more is greeted with 421 and closed. Nil sets no limit.
  public var connectionLimit: Int?
  /// The greeting in place of that 421.
  public var connectionReply: FaultReply?
  /// Every MAIL is answered with 554 5.7.1. It can be switched while the relay runs:
  /// ``RehearsalRelay/refuseEverything(_:)``.
  public var refusesEverything: Bool
  /// The answer in place of that 554.
  public var refusalReply: FaultReply?
  /// Another seed gives the shares to other recipients.
  public var seed: UInt64

  public init(
    rules: [Rule] = [], relayFaults: [RelayFault] = [], connectionLimit: Int? = nil,
    connectionReply: FaultReply? = nil, refusesEverything: Bool = false, refusalReply: FaultReply? = nil,
    seed: UInt64 = 0
  ) {
    self.rules = rules
    self.relayFaults = relayFaults
    self.connectionLimit = connectionLimit
    self.connectionReply = connectionReply
    self.refusesEverything = refusesEverything
    self.refusalReply = refusalReply
    self.seed = seed
  }

  /// A relay without faults.
  public static let none = FaultPlan()

  /// The plan that `rehearse` uses unless told otherwise: the mixture a large mailing meets on a bad day.
  ///
  ///     greylist 10%     deferred once, then accepted
  ///     unknown 3%       refused for good
  ///     full 2%          deferred at every attempt, so it expires
  ///     slow 2% 200ms    accepted, the reply comes late
  ///     lost-reply 1%    taken once without a reply: uncertain
  ///     421 1%           the relay hangs up once; accepted on the next connection
  public static let standard = FaultPlan(rules: [
    Rule(.greylist, .percent(10)),
    Rule(.unknown, .percent(3)),
    Rule(.full, .percent(2)),
    Rule(.slow(.milliseconds(200)), .percent(2)),
    Rule(.lostReply, .percent(1)),
    Rule(.shutdown, .percent(1)),
  ])
}
