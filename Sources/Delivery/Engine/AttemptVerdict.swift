/// The meaning of an attempt for the customer's message and for the relay, derived from what the relay answered.
///
/// Pure. It never marks a customer for trouble on our side: whatever concerns the sender, policy, authentication or the
/// dialogue leaves the message deferred and puts the relay under suspicion instead.
public struct AttemptVerdict: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    case accepted
    case refused
    case uncertain
    /// Try again after the retry schedule's next delay.
    case deferred
    /// Try again as soon as the relay is well: nothing was wrong with this message.
    case again
  }
  public enum Effect: String, Sendable, Hashable, CaseIterable {
    case none
    /// The relay asks for less: wait before the next message through it.
    case slowRelay
    /// The recipient's domain asks for less: wait before the next message to it.
    case slowDestination
    /// Our trouble, not the customer's: a few of these in a row pause the relay.
    case suspect
    /// Our trouble for certain: pause the relay now.
    case pause
  }
  public var outcome: Outcome
  public var effect: Effect

  public init(_ outcome: Outcome, _ effect: Effect = .none) {
    self.outcome = outcome
    self.effect = effect
  }

  public init(_ result: SendResult) {
    switch result {
    case .notStarted:
      self.init(.again)
    case .lost(_, _, let dotSent):
      self = dotSent ? AttemptVerdict(.uncertain) : AttemptVerdict(.again, .slowRelay)
    case .answered(let phase, let reply):
      self.init(reply, at: phase)
    }
  }

  private init(_ reply: Reply, at phase: Phase) {
    guard reply.isPositive == false || phase == .final, reply.isPositive || reply.isTransient || reply.isPermanent
    else {
      // A 2xx before the final dot decides nothing; a session that reports one, or no reply code, has lost its place.
      self.init(.again, .slowRelay)
      return
    }
    let classification = ReplyClassifier.classify(reply, at: phase)
    switch classification.treatment {
    case .accept: self.init(.accepted)
    case .refuseRecipient: self.init(.refused)
    // 421 closes the connection: whatever it says, the next message waits a little.
    case _ where reply.code == 421: self.init(.deferred, .slowRelay)
    case .retry, .newConnection: self.init(.deferred)
    case .slowDown: self.init(.deferred, Self.slowing(classification.scope))
    // A refused MAIL or login is about us, whoever the recipient is; a quota or a suspicion is believed when several
    // messages in a row have met it.
    case .suspectUs, .pause:
      self.init(
        .deferred, reply.isPermanent && (phase == .mail || classification.isAboutLogin(reply)) ? .pause : .suspect)
    }
  }

  private static func slowing(_ scope: ReplyScope) -> Effect {
    switch scope {
    case .relay, .sender, .connection: .slowRelay
    case .domain: .slowDestination
    case .recipient, .message: .none
    }
  }
}

extension Classification {
  /// The reply codes of RFC 4954: authentication required, credentials invalid, mechanism too weak, encryption required.
  fileprivate func isAboutLogin(_ reply: Reply) -> Bool { [530, 534, 535, 538].contains(reply.code) }
}
