import Foundation

/// The statement of one line of a relay's log about a message, as far as it matters here. Slices are parts of the line.
///
/// A line is read from its beginning, by the form its program writes, and never searched for words: clients choose much of
/// a line's text (names, commands, subjects), and what they choose is no statement of the relay.
enum LogEvent {
  /// Postfix gave a message that is coming in this queue ID.
  case begun(queueID: ArraySlice<UInt8>)
  /// Postfix's cleanup read the header of a message that is coming in: no proof that it was taken.
  case mention(queueID: ArraySlice<UInt8>, messageID: ArraySlice<UInt8>)
  /// Postfix has the message in its queue, from this sender.
  case queued(queueID: ArraySlice<UInt8>, sender: ArraySlice<UInt8>)
  /// A delivery agent of Postfix or Exim had the message, for these recipients: as rewritten, and as they were before.
  case handled(queueID: ArraySlice<UInt8>, recipients: [ArraySlice<UInt8>])
  /// Postfix is done with the message; the queue ID may be another one's from now on.
  case removed(queueID: ArraySlice<UInt8>)
  /// Postfix refused it after DATA. The envelope is nil where the line has none, or several that a client may have chosen.
  case refused(queueID: ArraySlice<UInt8>, envelope: Envelope?)
  /// A rule put the message aside or threw it away; before it has a queue ID only the recipient tells whose message it
  /// was. Every address that may be the recipient.
  case setAside(queueID: ArraySlice<UInt8>?, recipients: [ArraySlice<UInt8>])
  /// Exim or Exchange took the message.
  case taken(
    queueID: ArraySlice<UInt8>, messageID: ArraySlice<UInt8>, sender: ArraySlice<UInt8>?,
    recipients: [ArraySlice<UInt8>])
  /// A client connected to OpenSMTPD from this address.
  case connected(session: ArraySlice<UInt8>, address: ArraySlice<UInt8>)
  /// OpenSMTPD took a message with this envelope in the session; it logs no Message-ID. `message` is its own number for
  /// the message, which its reply names too.
  case accepted(session: ArraySlice<UInt8>, message: ArraySlice<UInt8>, envelope: Envelope)
  case disconnected(session: ArraySlice<UInt8>)
  /// Another line of a relay: it shows that the log continues.
  case other
  /// The log itself says that lines were lost.
  case linesLost

  struct Envelope {
    var sender: ArraySlice<UInt8>
    var recipient: ArraySlice<UInt8>
  }
}

/// A line that was understood.
struct LogEntry {
  var time: Date
  /// The log's owner: host and instance, empty where the log names none. Queue IDs are unique to it only.
  var source: [UInt8]
  var event: LogEvent
}

/// A line of Postfix after its program name, as `4DD53FC6048: message-id=<…>`.
///
/// Which line proves what was found by experiment with Postfix 3.7: `docs/decisions/0011-settled-by-the-relay-log.md`.
enum PostfixLine {
  /// Nil when the program does not belong to Postfix. `program` is `postfix/cleanup`, without the process number.
  static func event(program: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> LogEvent? {
    guard let slash = program.lastIndex(of: 0x2F) else { return nil }
    let daemon = program[(slash + 1)...]
    guard let kind = kinds.first(where: { $0.name.elementsEqual(daemon) })?.kind else { return nil }
    return event(kind, text) ?? .other
  }

  private enum Kind { case cleanup, smtpd, pickup, queueManager, agent, other }

  private static let kinds: [(name: [UInt8], kind: Kind)] =
    [("cleanup", Kind.cleanup), ("smtpd", .smtpd), ("qmgr", .queueManager), ("pickup", .pickup)].map {
      (Array($0.utf8), $1)
    }
    + ["smtp", "lmtp", "local", "virtual", "pipe", "error", "retry", "discard"].map { (Array($0.utf8), .agent) }
    + [("oqmgr", Kind.queueManager), ("nqmgr", .queueManager)].map { (Array($0.utf8), $1) }
    + [
      "anvil", "bounce", "master", "postfix-script", "postscreen", "scache", "tlsmgr", "tlsproxy",
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
      return .setAside(queueID: nil, recipients: rest.allBracketed(after: " to=<"))
    }
    guard id.count >= 5, id.allSatisfy(isLetterOrDigit) else { return nil }
    if isWarning {
      return rest.starts(with: "queue file size limit exceeded") ? .refused(queueID: id, envelope: nil) : nil
    }
    switch kind {
    case .pickup: return rest.starts(with: "uid=") ? .begun(queueID: id) : nil
    case .cleanup, .smtpd:
      if kind == .smtpd, rest.starts(with: "client=") { return .begun(queueID: id) }
      if kind == .cleanup, let value = rest.dropping("message-id=") {
        return .mention(queueID: id, messageID: bare(value))
      }
      for name in refusals where name.elementsEqual(rest.prefix(name.count)) {
        // smtpd also says "reject: RCPT" of a message that continues without that recipient.
        let after = rest.dropFirst(name.count)
        return kind == .cleanup || after.starts(with: "END-OF-") || after.starts(with: "DATA")
          ? .refused(queueID: id, envelope: envelope(after)) : nil
      }
      for name in setAsides where name.elementsEqual(rest.prefix(name.count)) {
        return .setAside(queueID: id, recipients: rest.allBracketed(after: " to=<"))
      }
      return nil
    case .queueManager:
      if rest.equals("removed") { return .removed(queueID: id) }
      guard let value = rest.dropping("from=<"), rest.ends(with: "(queue active)"),
        let end = value.lastIndex(of: ">, size=")
      else { return nil }
      return .queued(queueID: id, sender: value[..<end])
    case .agent: return handled(id, rest)
    case .other: return nil
    }
  }

  /// `to=<…>, orig_to=<…>, relay=…, …, status=sent (…)`. What follows the status is another server's text.
  private static func handled(_ id: ArraySlice<UInt8>, _ rest: ArraySlice<UInt8>) -> LogEvent? {
    guard let value = rest.dropping("to=<"), let end = value.firstIndex(of: ">, "),
      let status = value[end...].firstIndex(of: " status=")
    else { return nil }
    // Probes of an address ("deliverable", "undeliverable") are no message of a client.
    let word = value[(status + 8)...].prefix { $0 != 0x20 }
    guard word.equals("sent") || word.equals("deferred") || word.equals("bounced") || word.equals("expired") else {
      return nil
    }
    var recipients = [value[..<end]]
    if let original = value[end...].dropping(">, orig_to=<"), let close = original.firstIndex(of: 0x3E) {
      recipients.append(original[..<close])
    }
    return .handled(queueID: id, recipients: recipients)
  }

  /// The envelope of `…; from=<…> to=<…> proto=…`, where it stands once: a client's name or a header may contain another.
  private static func envelope(_ text: ArraySlice<UInt8>) -> LogEvent.Envelope? {
    let senders = text.allBracketed(after: "; from=<")
    guard senders.count == 1, let sender = senders.first, let rest = text[sender.endIndex...].dropping("> to=<"),
      let end = rest.firstIndex(of: 0x3E)
    else { return nil }
    return LogEvent.Envelope(sender: sender, recipient: rest[..<end])
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

/// A line of Exim's main log after its time, as `1xVvKN-00001Q-2h <= support@… H=… P=esmtps S=334 id=…`.
///
/// Exim writes `<=` once it has taken responsibility: before that, it checks whether the client is still there, and
/// drops the message when it is not ("SMTP connection lost after final dot", a line without a Message-ID).
enum EximLine {
  static func event(_ text: ArraySlice<UInt8>) -> LogEvent {
    var reader = ByteReader(text)
    // With log_selector +pid.
    if reader.peek == 0x5B { _ = reader.word(before: 0x20) }
    guard let id = reader.word(before: 0x20), isMessageID(id), let flag = reader.word(before: 0x20) else {
      return .other
    }
    if arrows.contains(where: { $0.elementsEqual(flag) }) {
      // A rule threw it away.
      if reader.rest.starts(with: "blackhole (") { return .setAside(queueID: id, recipients: []) }
      let recipients = recipients(reader.rest)
      return recipients.isEmpty ? .other : .handled(queueID: id, recipients: recipients)
    }
    guard flag.equals("<="), let sender = reader.word(before: 0x20) else { return .other }
    // The subject, which the sender chose freely, is at the end in quotation marks. What comes before it has one `id=`,
    // unless the client put another into its own name.
    let fields = reader.rest[..<(reader.rest.firstIndex(of: " T=\"") ?? reader.rest.endIndex)]
    guard let start = fields.firstIndex(of: " id="), fields.lastIndex(of: " id=") == start else { return .other }
    let value = fields[(start + 4)...]
    return .taken(
      queueID: id, messageID: value[..<(value.firstIndex(of: 0x20) ?? value.endIndex)],
      sender: sender.equals("<>") ? [] : sender, recipients: [])
  }

  /// `=> normal <normal@kanzlei-1.example> R=…` or `=> normal@kanzlei-1.example R=…`: the address as delivered, and the
  /// one it came from.
  private static func recipients(_ rest: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    let head = rest[..<(rest.firstIndex(of: " R=") ?? rest.endIndex)]
    var found: [ArraySlice<UInt8>] = []
    let address = head.prefix { $0 != 0x20 && $0 != 0x3A }
    if address.contains(0x40) { found.append(address) }
    if let original = head.bracketed(after: " <"), original.contains(0x40) { found.append(original) }
    return found
  }

  /// Delivered (in four ways), deferred, failed.
  private static let arrows = ["=>", "->", ">>", "*>", "==", "**"].map { Array($0.utf8) }

  /// `1xVvKN-00001Q-2h`, since 4.97 `1xVvKN-000000001Q2-2hAB`.
  private static func isMessageID(_ id: ArraySlice<UInt8>) -> Bool {
    let parts = id.split(separator: 0x2D, omittingEmptySubsequences: false).map(\.count)
    return parts == [6, 6, 2] || parts == [6, 11, 4]
  }
}
