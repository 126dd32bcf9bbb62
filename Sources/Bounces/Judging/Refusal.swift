import Delivery

/// What a server's reply, or a report's words in its place, mean for the recipient.
struct Refusal: Sendable {
  let status: EnhancedStatus?
  let `class`: ReplyClass
  let permanent: Bool
  let reply: String?

  /// - Parameters:
  ///   - reply: the server's reply, or the words in its place.
  ///   - status: what the report's own field says.
  ///   - context: other words about the recipient, the nearest first: asked when the reply says nothing.
  ///   - isDelay: the server goes on trying.
  init(_ reply: String?, status reported: EnhancedStatus?, context: [String] = [], isDelay: Bool) {
    let reply = reply.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
    let said = reply.map { Self.bare($0) } ?? ""
    let logged = LoggedReply(Self.withStatus(said, reported))
    // What the reply answered stands in it, or in the line before it.
    let phase = ([reply].compactMap(\.self) + context).lazy.compactMap { LoggedReply($0).phase }.first
    `class` = Self.class(of: logged, said: said, at: phase, reported: reported, context: context)
    let status = Self.status(reported, logged, in: reply ?? context.first ?? "", isDelay: isDelay)
    self.status = status
    self.reply = reply
    permanent = !isDelay && status?.class != 4 && Self.gone.contains(`class`) && !Self.isInDoubt(logged, at: phase)
  }

  private static let gone: Set<ReplyClass> = [.addressDead, .domainNotFound]

  /// Whether the reply may mean something else as well, as "mailbox unavailable or access denied" does.
  private static func isInDoubt(_ reply: LoggedReply, at phase: Phase?) -> Bool {
    let found = ReplyClassifier.classify(reply, at: phase)
    return gone.contains(found.class) && found.treatment != .refuseRecipient
  }

  /// As the reply classifier has it, with what a report knows more than a relay's reply: that it is about this recipient.
  private static func `class`(
    of logged: LoggedReply, said: String, at phase: Phase?, reported: EnhancedStatus?, context: [String]
  ) -> ReplyClass {
    // Without a server's reply the report's own status says more than its words.
    if let reported, LoggedReply(said).code == nil, LoggedReply(said).enhanced == nil {
      let alone = ReplyClassifier.classify(LoggedReply("\(reported)"), at: nil).class
      if aboutRecipient.contains(alone) { return alone }
    }
    var found = ReplyClassifier.classify(logged, at: phase).class
    if found == .unknown { found = atRecipient(logged) ?? .unknown }
    // A relay's summary of what a program said of the recipient before it.
    if found == .systemTrouble, LoggedReply(said).enhanced == nil, summary.isFound(in: ReplyWords(said, code: nil)) {
      for words in context {
        let before = words[..<(SaidReply.start(in: words[...]) ?? words.endIndex)]
        let other = ReplyClassifier.classify(LoggedReply(String(before)), at: phase).class
        if aboutRecipient.contains(other) { return other }
      }
    }
    for words in context where found == .unknown {
      let other = LoggedReply(withStatus(bare(words), reported))
      found = ReplyClassifier.classify(other, at: other.phase ?? phase).class
      if found == .unknown { found = atRecipient(other) ?? .unknown }
    }
    let words = ReplyWords(said.isEmpty ? context.first ?? "" : said, code: logged.code)
    if !aboutRecipient.contains(found), ![.greylisted, .rateLimited].contains(found),
      logged.code.map({ $0 < 500 }) ?? true, reported?.class != 5, unreached.isFound(in: words)
    {
      return .routingOrNetwork
    }
    if found == .unknown, logged.code == nil, noSuchUser.isFound(in: words) { return .addressDead }
    if found == .rateLimited, logged.code == nil, full.isFound(in: words) { return .mailboxFull }
    // X.4.4: no way to the recipient's domain is known.
    if found == .routingOrNetwork, reported == EnhancedStatus(5, 4, 4), !unreached.isFound(in: words) {
      return .domainNotFound
    }
    return found
  }

  private static let aboutRecipient: Set<ReplyClass> = [.addressDead, .domainNotFound, .mailboxDisabled, .mailboxFull]

  /// "This account is disabled" is the recipient's account here; that alone is not taken for a dead address.
  private static func atRecipient(_ reply: LoggedReply) -> ReplyClass? {
    let found = ReplyClassifier.classify(reply, at: .rcpt).class
    return [.mailboxDisabled, .mailboxFull].contains(found) ? found : nil
  }

  /// Without what a relay wraps around a receiver's reply ("host mx.example said: 550 …"), whose host names mean nothing.
  private static func bare(_ reply: String) -> String {
    var reply = reply[...]
    if let start = SaidReply.start(in: reply) { reply = reply[start...] }
    // Postfix names the command at the end: words of its own about no recipient.
    if let end = reply.firstRange(of: "(in reply to ")?.lowerBound { reply = reply[..<end] }
    return String(reply)
  }

  /// The reply with the status that the report has in a field of its own, where the reply has none.
  private static func withStatus(_ reply: String, _ status: EnhancedStatus?) -> String {
    guard let status, (status.subject, status.detail) != (0, 0) else { return reply }
    let logged = LoggedReply(reply)
    guard logged.enhanced == nil else { return reply }
    let begins = logged.code.map { reply.hasPrefix(String($0)) } ?? false
    return begins
      ? "\(reply.prefix(3)) \(status) \(reply.dropFirst(3).drop { " -#".contains($0) })" : "\(status) \(reply)"
  }

  /// The report's own status, made more exact by the reply's where that says the same in general.
  private static func status(
    _ reported: EnhancedStatus?, _ reply: LoggedReply, in text: String, isDelay: Bool
  ) -> EnhancedStatus? {
    let words = ReplyWords(text, code: reply.code)
    let named = ((reply.enhanced.map { [$0] } ?? []) + words.statuses).filter { $0.class != 2 }
    let exact = named.first { ($0.subject, $0.detail) != (0, 0) }
    if let reported, reported.class != 2 {
      guard (reported.subject, reported.detail) == (0, 0), let exact, exact.class == reported.class else {
        return reported
      }
      return exact
    }
    if let found = exact ?? named.first { return found }
    if let code = reply.code, (400..<600).contains(code) { return EnhancedStatus(code / 100, 0, 0) }
    return EnhancedStatus(isDelay || transient.isFound(in: words) ? 4 : 5, 0, 0)
  }

  private static let summary: PhraseSet = ["service unavailable"]

  /// In a report's own words a user is the recipient.
  private static let noSuchUser: PhraseSet = [
    "invalid|unknown ... user|userid|username|recipient", "receiver ... not found|known", "no matches to",
  ]

  /// In a report's own words a quota is the recipient's.
  private static let full: PhraseSet = [
    "quota exceeded", "quota", "account|mailbox|postfach|user ... full|voll|uberfullt", "kontingent", "storage",
  ]

  /// No server answered.
  private static let unreached: PhraseSet = [
    "connection refused|reset|lost|dropped|failed", "connection timed out", "no route to host", "network unreachable",
    "host unreachable", "could not|cannot connect", "couldnt|cant connect", "retry timeout exceeded", "not responding",
    "did not respond", "did not accept our requests to connect",
  ]

  /// Words of a server that has not been refused, but could not finish.
  private static let transient: PhraseSet = [
    "temporar*", "timed out", "time out", "timeout", "retry time", "too long", "connection refused", "over quota",
    "try again", "expired", "deferred", "failing for a long time", "long failure", "not responding", "unreachable",
    "retry",
    "not collected",
  ]
}
