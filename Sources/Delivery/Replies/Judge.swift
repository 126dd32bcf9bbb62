/// Judges what a relay answered: by enhanced status first, then by code,  then by text.
///
/// Pure. It never brands a customer for our trouble: whatever speaks of the sender, of policy, of authentication or of the
/// dialogue leaves the message deferred and puts the relay under suspicion instead.
public enum Judge {
  public static func verdict(on result: SendResult) -> Verdict {
    switch result {
    case .notStarted:
      Verdict(.again)
    case .lost(_, _, let dotSent):
      dotSent ? Verdict(.uncertain) : Verdict(.again, .slowRelay)
    case .answered(let phase, let reply):
      verdict(on: reply, at: phase)
    }
  }

  static func verdict(on reply: Reply, at phase: Phase) -> Verdict {
    if reply.isPositive {
      // A 2xx before the final dot decides nothing; a session that reports one as the answer has lost its place.
      return phase == .final ? Verdict(.accepted) : Verdict(.again, .slowRelay)
    }
    if reply.code == 421 { return Verdict(.deferred, .slowRelay) }
    if reply.isTransient { return transient(reply) }
    guard reply.isPermanent else { return Verdict(.again, .slowRelay) }
    if phase == .mail { return Verdict(.deferred, .pause) }
    if authenticationCodes.contains(reply.code) { return Verdict(.deferred, .pause) }
    if let status = reply.enhanced, let verdict = permanent(status) { return verdict }
    return permanent(code: reply.code, text: reply.text, phase: phase)
  }

  private static func transient(_ reply: Reply) -> Verdict {
    reply.enhanced?.subject == 7 ? Verdict(.deferred, .slowDestination) : Verdict(.deferred)
  }

  /// Nil when the status leaves it to the code: `5.0.0` and `5.5.0` are used for anything.
  private static func permanent(_ status: EnhancedStatus) -> Verdict? {
    switch (status.subject, status.detail) {
    case (1, 7), (1, 8):  // the sender's address
      Verdict(.deferred, .suspect)
    case (1, _), (2, _), (4, _):  // address, mailbox, routing
      Verdict(.refused)
    case (0, _), (5, 0):
      nil
    default:  // 5.3 the relay's system, 5.5 dialogue, 5.6 content, 5.7 policy and security
      Verdict(.deferred, .suspect)
    }
  }

  private static func permanent(code: Int, text: String, phase: Phase) -> Verdict {
    if (500...504).contains(code) || speaksOfUs(text) { return Verdict(.deferred, .suspect) }
    // A refused DATA says nothing about the recipient, who was taken just before.
    return phase == .data ? Verdict(.deferred, .suspect) : Verdict(.refused)
  }

  /// RFC 4954: authentication required, credentials invalid, mechanism too weak, encryption required.
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
