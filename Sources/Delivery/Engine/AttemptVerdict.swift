/// The meaning of an attempt for the customer's message and for the relay, derived from what the relay answered.
///
/// Pure. It never marks a customer for trouble on our side: whatever concerns the sender, policy, authentication or the
/// dialogue leaves the message open and tells ``RelayHealth`` instead.
public struct AttemptVerdict: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    case accepted
    case refused
    case uncertain
    /// Try again later: see ``Delay``.
    case deferred
    /// Try again at once, over any relay that is well: nothing was wrong with this message.
    case again
  }

  /// When a deferred message is tried again.
  public enum Delay: Sendable, Hashable {
    /// After the retry schedule's next delay.
    case schedule
    /// After the seconds the reply names, where it does; otherwise after 5, 10 and 20 minutes.
    case greylisting(Int?)
    /// After the seconds the reply names.
    case named(Int)
  }

  /// What the relay is told by it.
  public enum Signal: Sendable, Hashable {
    case none
    /// The recipient's domain asks for less: wait before the next message to it.
    case domainSlow(wait: Int?)
    /// The connection has carried all it may: close it and open another.
    case sessionFull
    /// The relay takes no more connections than are open.
    case connectionsFull
    /// The relay asks for less, or a quota is used up: rest, then send one letter alone.
    case throttled(wait: Int?, isQuota: Bool)
    /// The relay is gone: a broken connection, or one it closes.
    case away
    /// Our trouble, not the customer's: a few of these in a row pause the relay.
    case suspicion
    /// Our trouble for certain: pause the relay now.
    case pause
  }

  public var outcome: Outcome
  public var delay: Delay
  public var signal: Signal
  /// What the reply says; nil when there was none.
  public var classification: Classification?

  /// The relay speaks of this connection or of their number: it is closed, whatever else is done.
  var isAboutTheConnection: Bool {
    classification?.treatment == .newConnection || classification?.class == .tooManyConnections
  }

  /// The customer's address is dead, as far as anybody can know.
  var isDeadAddress: Bool { outcome == .refused && classification?.class == .addressDead }

  public init(
    _ outcome: Outcome, _ signal: Signal = .none, delay: Delay = .schedule, _ classification: Classification? = nil
  ) {
    self.outcome = outcome
    self.signal = signal
    self.delay = delay
    self.classification = classification
  }

  public init(_ result: SendResult) {
    switch result {
    case .stopped(_, let dotSent):
      self.init(dotSent ? .uncertain : .again)
    case .notStarted:
      self.init(.again)
    case .lost(_, _, let dotSent):
      self = dotSent ? AttemptVerdict(.uncertain) : AttemptVerdict(.again, .away)
    case .answered(let phase, let reply):
      self.init(reply, at: phase)
    }
  }

  private init(_ reply: Reply, at phase: Phase) {
    guard reply.isPositive ? phase == .final : reply.isTransient || reply.isPermanent else {
      // A 2xx before the final dot decides nothing; a session that reports one, or no reply code, has lost its place.
      self.init(.again, .away)
      return
    }
    let meaning = ReplyClassifier.classify(reply, at: phase)
    switch meaning.treatment {
    case .accept: self.init(.accepted, .none, meaning)
    case .refuseRecipient: self.init(.refused, .none, meaning)
    case .newConnection: self.init(.again, .sessionFull, meaning)
    case .slowDown: self = Self.slowing(meaning, reply, at: phase)
    case .pause: self.init(.again, .throttled(wait: meaning.wait, isQuota: true), meaning)
    case .suspectUs:
      // A refused MAIL is about us, whoever the recipient is, unless it is about the letter's size. A refused login at RCPT
      // may be about one recipient.
      let isCertain = reply.isPermanent && phase == .mail && meaning.scope != .message
      self.init(isCertain ? .again : .deferred, isCertain ? .pause : .suspicion, meaning)
    case .retry: self = Self.retrying(meaning, reply, at: phase)
    }
  }

  private init(_ outcome: Outcome, _ signal: Signal, _ meaning: Classification, delay: Delay = .schedule) {
    self.init(outcome, signal, delay: delay, meaning)
  }

  private static func slowing(_ meaning: Classification, _ reply: Reply, at phase: Phase) -> AttemptVerdict {
    if meaning.class == .tooManyConnections { return AttemptVerdict(.again, .connectionsFull, meaning) }
    switch meaning.scope {
    case .domain where phase != .mail && phase != .data && reply.code != 421:
      return AttemptVerdict(.deferred, .domainSlow(wait: meaning.wait), meaning, delay: named(meaning))
    case .recipient where phase == .rcpt, .message where phase == .final:
      return AttemptVerdict(.deferred, .none, meaning, delay: named(meaning))
    default:
      return AttemptVerdict(.again, .throttled(wait: meaning.wait, isQuota: false), meaning)
    }
  }

  private static func retrying(_ meaning: Classification, _ reply: Reply, at phase: Phase) -> AttemptVerdict {
    if meaning.class == .greylisted, phase != .mail {
      return AttemptVerdict(.deferred, .none, meaning, delay: .greylisting(meaning.wait))
    }
    // The relay closes the connection.
    if reply.code == 421 { return AttemptVerdict(.again, .away, meaning) }
    // Nothing is known of the recipient yet, or all is known and the relay does not go on.
    if phase == .mail || phase == .data {
      return AttemptVerdict(.again, .throttled(wait: meaning.wait, isQuota: false), meaning)
    }
    return AttemptVerdict(.deferred, .none, meaning, delay: named(meaning))
  }

  private static func named(_ meaning: Classification) -> Delay { meaning.wait.map { .named($0) } ?? .schedule }
}
