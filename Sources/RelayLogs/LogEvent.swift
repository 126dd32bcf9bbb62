import Foundation

/// The statement of one line of a relay's log about a message, as far as it matters here. Slices are parts of the line.
enum LogEvent {
  /// Postfix's cleanup read the header of a message that is coming in: no proof that it was taken.
  case mention(queueID: ArraySlice<UInt8>, messageID: ArraySlice<UInt8>)
  /// Postfix has the message in its queue: its queue manager or a delivery agent mentions it.
  case queued(queueID: ArraySlice<UInt8>, rank: Int)
  /// Postfix refused it after DATA.
  case refused(queueID: ArraySlice<UInt8>)
  /// A rule put the message aside or threw it away; before it has a queue ID only the recipient tells whose message it
  /// was.
  case setAside(queueID: ArraySlice<UInt8>?, recipient: ArraySlice<UInt8>?)
  /// Exim or Exchange took the message.
  case taken(messageID: ArraySlice<UInt8>)
  /// OpenSMTPD took a message with this envelope; it logs no Message-ID.
  case envelope(sender: ArraySlice<UInt8>, recipient: ArraySlice<UInt8>)
  /// Another line of a relay: it shows that the log continues.
  case other
  /// The log itself says that lines were lost.
  case linesLost
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
        // smtpd also says "reject: RCPT" of a message that continues without that recipient.
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

/// A line of Exim's main log after its time, as `1xVvKN-00001Q-2h <= support@… H=… P=esmtps S=334 id=…`.
///
/// Exim writes `<=` once it has taken responsibility: before that, it checks whether the client is still there, and
/// drops the message when it is not ("SMTP connection lost after final dot", a line without a Message-ID).
enum EximLine {
  static func event(_ text: ArraySlice<UInt8>) -> LogEvent {
    var reader = ByteReader(text)
    // With log_selector +pid.
    if reader.peek == 0x5B { _ = reader.word(before: 0x20) }
    guard let id = reader.word(before: 0x20), isMessageID(id), reader.rest.starts(with: "<= ") else { return .other }
    // The subject, which the sender chose freely, is at the end in quotation marks.
    let fields = reader.rest[..<(reader.rest.firstIndex(of: " T=\"") ?? reader.rest.endIndex)]
    guard let start = fields.firstIndex(of: " id=") else { return .other }
    let value = fields[(start + 4)...]
    return .taken(messageID: value[..<(value.firstIndex(of: 0x20) ?? value.endIndex)])
  }

  /// `1xVvKN-00001Q-2h`, since 4.97 `1xVvKN-000000001Q2-2hAB`.
  private static func isMessageID(_ id: ArraySlice<UInt8>) -> Bool {
    let parts = id.split(separator: 0x2D, omittingEmptySubsequences: false).map(\.count)
    return parts == [6, 6, 2] || parts == [6, 11, 4]
  }
}

/// A line of OpenSMTPD after its program name, as `10a7280c56ca1dde smtp envelope evpid=… from=<…> to=<…>`.
///
/// OpenSMTPD writes it when it has committed the message to its queue, whether or not the client still listens. It
/// never writes a Message-ID: a message can be recognised only by the envelope and the time.
enum OpenSMTPDLine {
  static func event(_ text: ArraySlice<UInt8>) -> LogEvent {
    guard text.contains(" smtp envelope ") || text.contains(" smtp event=message "),
      let sender = text.bracketed(after: " from=<"), let recipient = text.bracketed(after: " to=<")
    else { return .other }
    return .envelope(sender: sender, recipient: recipient)
  }
}
