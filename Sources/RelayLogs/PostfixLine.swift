/// A line of Postfix behind its program name, as `4DD53FC6048: message-id=<…>`.
///
/// What proves what was found by experiment with Postfix 3.7: `docs/decisions/0011-settled-by-the-relay-log.md`.
enum PostfixLine {
  /// Nil when the program is none of Postfix's. `program` is `postfix/cleanup`, without the process number.
  static func event(program: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> LogEvent? {
    guard let slash = program.lastIndex(of: 0x2F) else { return nil }
    let daemon = program[(slash + 1)...]
    guard let kind = kinds.first(where: { $0.name.elementsEqual(daemon) })?.kind else { return nil }
    return event(kind, text) ?? .other
  }

  private enum Kind { case cleanup, smtpd, queueManager, agent, other }

  private static let kinds: [(name: [UInt8], kind: Kind)] =
    [("cleanup", Kind.cleanup), ("smtpd", .smtpd), ("qmgr", .queueManager)].map { (Array($0.utf8), $1) }
    + ["smtp", "lmtp", "local", "virtual", "pipe", "error", "retry", "discard"].map { (Array($0.utf8), .agent) }
    + [("oqmgr", Kind.queueManager), ("nqmgr", .queueManager)].map { (Array($0.utf8), $1) }
    + [
      "anvil", "bounce", "master", "pickup", "postfix-script", "postscreen", "scache", "tlsmgr", "tlsproxy",
      "trivial-rewrite", "verify", "postsuper", "postqueue", "flush", "dnsblog", "proxymap", "sendmail", "postdrop",
    ].map { (Array($0.utf8), .other) }

  private static func event(_ kind: Kind, _ text: ArraySlice<UInt8>) -> LogEvent? {
    if kind == .other { return nil }
    var text = text
    let isWarning = text.starts(with: "warning: ")
    if isWarning { text = text.dropFirst(9) }
    guard let colon = text.prefix(30).firstIndex(of: 0x3A), text[colon...].starts(with: ": ") else { return nil }
    let id = text[..<colon]
    let rest = text[(colon + 2)...]
    if id.equals("NOQUEUE") {
      guard kind == .smtpd, rest.starts(with: "hold: ") || rest.starts(with: "discard: ") else { return nil }
      return .setAside(queueID: nil, recipient: rest.bracketed(after: " to=<"))
    }
    guard id.count >= 5, id.allSatisfy(isLetterOrDigit) else { return nil }
    if isWarning {
      return rest.starts(with: "queue file size limit exceeded") ? .refused(queueID: id) : nil
    }
    switch kind {
    case .cleanup, .smtpd:
      if kind == .cleanup, rest.starts(with: "message-id=") {
        return .mention(queueID: id, messageID: bare(rest.dropFirst(11)))
      }
      for name in refusals where name.elementsEqual(rest.prefix(name.count)) {
        // smtpd also says "reject: RCPT" of a message that goes on without that recipient.
        let after = rest.dropFirst(name.count)
        return kind == .cleanup || after.starts(with: "END-OF-") || after.starts(with: "DATA")
          ? .refused(queueID: id) : nil
      }
      for name in setAsides where name.elementsEqual(rest.prefix(name.count)) {
        return .setAside(queueID: id, recipient: rest.bracketed(after: " to=<"))
      }
      return nil
    case .queueManager:
      if rest.starts(with: "from=<"), rest.contains("(queue active)") { return .queued(queueID: id, rank: 0) }
      return rest.equals("removed") ? .queued(queueID: id, rank: 2) : nil
    case .agent:
      return rest.starts(with: "to=<") && rest.contains(" status=") && !rest.contains(" status=deliverable")
        && !rest.contains(" status=undeliverable") ? .queued(queueID: id, rank: 1) : nil
    case .other: return nil
    }
  }

  private static let refusals = ["milter-reject: ", "reject: "].map { Array($0.utf8) }
  private static let setAsides = ["hold: ", "milter-hold: ", "discard: ", "milter-discard: "].map { Array($0.utf8) }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  private static func bare(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    text.first == 0x3C && text.last == 0x3E ? text.dropFirst().dropLast() : text
  }
}
