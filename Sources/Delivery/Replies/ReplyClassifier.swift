/// Classifies a relay's reply: by enhanced status first, then by code, then by text.
///
/// Pure. It never marks a customer for trouble on our side: whatever concerns the sender, policy, authentication or the
/// dialogue leaves the message deferred and puts the relay under suspicion instead.
public enum ReplyClassifier {
  public static func classify(_ result: SendResult) -> Classification {
    switch result {
    case .notStarted:
      Classification(.again)
    case .lost(_, _, let dotSent):
      dotSent ? Classification(.uncertain) : Classification(.again, .slowRelay)
    case .answered(let phase, let reply):
      classify(reply, at: phase)
    }
  }

  static func classify(_ reply: Reply, at phase: Phase) -> Classification {
    if reply.isPositive {
      // A 2xx before the final dot decides nothing; a session that reports one as the answer has lost its place.
      return phase == .final ? Classification(.accepted) : Classification(.again, .slowRelay)
    }
    if reply.code == 421 { return Classification(.deferred, .slowRelay) }
    if reply.isTransient { return transient(reply) }
    guard reply.isPermanent else { return Classification(.again, .slowRelay) }
    if phase == .mail { return Classification(.deferred, .pause) }
    if authenticationCodes.contains(reply.code) { return Classification(.deferred, .pause) }
    if let status = reply.enhanced, let classification = permanent(status) { return classification }
    return permanent(code: reply.code, text: reply.text, phase: phase)
  }

  private static func transient(_ reply: Reply) -> Classification {
    reply.enhanced?.subject == 7 ? Classification(.deferred, .slowDestination) : Classification(.deferred)
  }

  /// Returns nil when the status leaves the decision to the code: `5.0.0` and `5.5.0` are used for anything.
  private static func permanent(_ status: EnhancedStatus) -> Classification? {
    switch (status.subject, status.detail) {
    case (1, 7), (1, 8):  // the sender's address
      Classification(.deferred, .suspect)
    case (1, _), (2, _), (4, _):  // address, mailbox, routing
      Classification(.refused)
    case (0, _), (5, 0):
      nil
    default:  // 5.3 the relay's system, 5.5 dialogue, 5.6 content, 5.7 policy and security
      Classification(.deferred, .suspect)
    }
  }

  private static func permanent(code: Int, text: String, phase: Phase) -> Classification {
    if (500...504).contains(code) || speaksOfUs(text) { return Classification(.deferred, .suspect) }
    // A refused DATA says nothing about the recipient, who was accepted just before.
    return phase == .data ? Classification(.deferred, .suspect) : Classification(.refused)
  }

  /// The reply codes of RFC 4954: authentication required, credentials invalid, mechanism too weak, encryption
  /// required.
  private static let authenticationCodes: Set<Int> = [530, 534, 535, 538]

  private static func speaksOfUs(_ text: String) -> Bool {
    let lowered = text.lowercased()
    return ourWords.contains { lowered.contains($0) }
  }

  /// Words by which relays and receivers speak of the sender, not of the recipient.
  static let ourWords = [
    "sender rejected", "sender address rejected", "sender denied", "not allowed to send", "authentication",
    "not authenticated", "relaying denied", "relay access denied", "relay not permitted", "unable to relay",
    "blacklist", "blocklist", "block list", "blocked", "nowl", "spam", "reputation", "policy", "spf", "dkim", "dmarc",
    "rate limit", "too many", "banned", "reverse dns", "ptr record",
  ]
}

/// The meaning of an attempt for the customer's message and for the relay: the result of ``ReplyClassifier``.
public struct Classification: Sendable, Hashable {
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
}
