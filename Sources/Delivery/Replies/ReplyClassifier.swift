/// Classifies a relay's reply: the first of ``ReplyRules`` that fits its words, status, code and phase decides.
///
/// Pure. In doubt a reply is our trouble or the moment's, never the customer's: the treatment is
/// ``Treatment/refuseRecipient`` only where the words or the status say something of this recipient, and
/// only in a phase in which the relay knows the recipient.
public enum ReplyClassifier {
  /// - Parameter phase: nil when nobody knows.
  public static func classify(_ reply: Reply, at phase: Phase?) -> Classification {
    classify(LoggedReply(reply), at: phase)
  }

  public static func classify(_ reply: LoggedReply, at phase: Phase?) -> Classification {
    if let early = outright(reply, at: phase) { return early }
    let words = ReplyWords(reply.text, code: reply.code)
    let isTransient = isTransient(reply, words)
    let statuses = (reply.enhanced.map { [$0] } ?? []) + words.statuses
    let status = statuses.first { ($0.subject, $0.detail) != (0, 0) } ?? statuses.first
    let found = ReplyRules.index.found(in: words.words)
    let wait = WaitHint.seconds(in: words.timed)
    for (rule, phrases) in zip(ReplyRules.all, ReplyRules.index.rules) {
      let treatment = isTransient ? rule.meaning.transient : rule.meaning.permanent
      guard fits(rule, reply.code, status, isTransient, phase),
        treatment != .refuseRecipient || phase.map(Self.knowsRecipient.contains) ?? true,
        phrases.words.allSatisfy({ $0.contains { found[$0] } }), !phrases.unless.contains(where: { found[$0] })
      else { continue }
      return Classification(rule.meaning.class, rule.meaning.scope, treatment, wait: wait, rule: rule.id)
    }
    // The last rules fit everything; a table that lost them must not mark anybody.
    return Classification(.unknown, .relay, isTransient ? .retry : .suspectUs, wait: wait, rule: "no-rule")
  }

  /// Where the rule was read; nil for what needs no rule.
  public static func source(ofRule id: String) -> String? { ReplyRules.all.first { $0.id == id }?.source }

  /// The phases in which a refusal can be the recipient's.
  static let knowsRecipient: Set<Phase> = [.rcpt, .data, .final]

  /// What needs no rule: success, no reply at all, and codes that SMTP does not have.
  private static func outright(_ reply: LoggedReply, at phase: Phase?) -> Classification? {
    switch reply.code {
    case .some(200..<300):
      Classification(
        .unknown, phase == .rcpt ? .recipient : phase == .final ? .message : .relay, .accept,
        rule: "success")
    case .some(300..<400) where phase != .final:
      Classification(.unknown, .relay, .accept, rule: "go-on")
    case .some(400..<600):
      nil
    case .some:
      Classification(.syntaxOrProtocol, .connection, .newConnection, rule: "no-such-code")
    case nil where reply.text.allSatisfy(\.isWhitespace) && reply.enhanced == nil:
      Classification(.unknown, .relay, .retry, rule: "no-reply")
    case nil:
      reply.enhanced?.class == 2 ? Classification(.unknown, .relay, .accept, rule: "success") : nil
    }
  }

  /// By the code; a 5xx that quotes another server's 4xx is as transient as that one.
  private static func isTransient(_ reply: LoggedReply, _ words: ReplyWords) -> Bool {
    guard let code = reply.code else {
      return (reply.enhanced ?? words.statuses.first)?.class == 4
    }
    return code < 500 || words.quotedCodes.last.map { $0 < 500 } == true
  }

  private static func fits(
    _ rule: ReplyRule, _ code: Int?, _ status: EnhancedStatus?, _ isTransient: Bool, _ phase: Phase?
  ) -> Bool {
    switch rule.replies {
    case .any: break
    case .transient: guard isTransient else { return false }
    case .permanent: guard !isTransient else { return false }
    }
    if !rule.phases.isEmpty { guard let phase, rule.phases.contains(phase) else { return false } }
    if !rule.codes.isEmpty { guard let code, rule.codes.contains(code) else { return false } }
    if !rule.statuses.isEmpty {
      guard let status, rule.statuses.contains(where: { $0.matches(status) }) else { return false }
    }
    return true
  }
}
