import Foundation
import Mail
import TestSupport

@testable import RelayLogs

/// The logs of Samples/, and the letters their dialogues were about.
enum SampleLog {
  static let utc = TimeZone(secondsFromGMT: 0)!  // An offset every machine knows.

  static func text(_ name: String) throws -> String {
    guard let file = Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Samples") else {
      throw HarnessError("\(name) is not among the samples")
    }
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// With a line long before and one long after, as a relay that goes on has them.
  static func whole(_ name: String) throws -> String {
    let (first, last) =
      switch name {
      case "exim.log": ("2026-11-24 18:00:00 Start queue run: pid=1", "2026-11-24 19:30:00 End queue run: pid=1")
      case "opensmtpd.log", "opensmtpd-sessions.log":
        (
          "Nov 24 18:00:00 relay smtpd[4711]: 10a7280000000001 smtp connected address=127.0.0.1 host=localhost",
          "Nov 24 20:30:00 relay smtpd[4711]: 10a7280000000001 smtp disconnected reason=quit"
        )
      default:
        (
          "Nov 24 18:00:00 relay postfix/anvil[17]: statistics: max cache size 1 at Nov 24 17:50:00",
          "Nov 24 19:30:00 relay postfix/anvil[17]: statistics: max cache size 1 at Nov 24 19:20:00"
        )
      }
    return name == "exchange.log" ? try text(name) : "\(first)\n\(try text(name))\(last)\n"
  }

  /// When each log's first letter was taken.
  static func start(_ name: String) throws -> Date {
    let time =
      switch name {
      case "exim.log": "2026-11-24T18:33:15Z"
      case "opensmtpd.log": "2026-11-24T18:36:01Z"
      case "opensmtpd-sessions.log": "2026-11-24T19:59:43Z"
      default: "2026-11-24T18:18:12Z"
      }
    guard let moment = RFC3339.parse(time)?.date else { throw HarnessError(time) }
    return moment
  }

  static func messageID(_ name: String) throws -> MessageID {
    try MessageID(parsing: "<eb.\(name)@kanzlei-it.example>")
  }

  /// One that begins after the first letter was accepted and ends before the last one, unless told otherwise.
  static func attempt(
    _ name: String, _ number: Int64 = 1, in log: String = "postfix.log", attempts: Int = 1, after: TimeInterval = 0.5,
    lasting: TimeInterval = 6
  ) throws -> UncertainAttempt {
    let begin = try start(log).addingTimeInterval(after)
    return UncertainAttempt(
      message: number, messageID: try messageID(name),
      sender: try EmailAddress(name == "eod" ? "eod@kanzlei-it.example" : "Support@kanzlei-it.example"),
      recipient: try EmailAddress("\(name)@Kanzlei-1.example"), relay: "main",
      attempts: attempts, first: begin, begin: begin, end: begin.addingTimeInterval(lasting))
  }

  static func accepted(
    _ name: String, in log: String = "postfix.log", after: TimeInterval, reply: String = "2.0.0 Ok"
  ) throws -> AcceptedLetter {
    AcceptedLetter(
      messageID: try messageID(name), recipient: try EmailAddress("\(name)@kanzlei-1.example"), relay: "main",
      at: try start(log).addingTimeInterval(after), reply: reply)
  }

  /// The first and the last letter of the dialogues.
  static func witnesses(of log: String = "postfix.log") throws -> [AcceptedLetter] {
    let (last, replies) =
      switch log {
      case "exim.log": (8.5, ("OK id=1xVvKN-00001Q-2h", "OK id=1xVvKV-00001w-2p"))
      case "opensmtpd.log":
        (14.5, ("2.0.0 6702a5c2 Message accepted for delivery", "2.0.0 fbae7274 Message accepted for delivery"))
      case "exchange.log": (7.5, ("2.6.0 Queued mail for delivery", "2.6.0 Queued mail for delivery"))
      default: (7.5, ("2.0.0 Ok: queued as DA120FC6033", "2.0.0 Ok: queued as 2503CFC604B"))
      }
    return [
      try accepted("normal", in: log, after: 0.5, reply: replies.0),
      try accepted("last", in: log, after: last, reply: replies.1),
    ]
  }

  /// Judges attempts by logs written into a folder, in that order.
  static func judge(
    _ attempts: [UncertainAttempt], by logs: [(name: String, text: String)], accepted: [AcceptedLetter],
    others: [AttemptedLetter] = [], zone: TimeZone = utc
  ) async throws -> [Int64: LogVerdict] {
    try await TemporaryFolder.with { folder in
      let paths = try logs.map { log in
        let file = folder.appendingPathComponent(log.name)
        try Data(log.text.utf8).write(to: file)
        return file.path
      }
      return try RelayLogSearch(paths: paths, zone: zone).judge(attempts, accepted: accepted, others: others).verdicts
    }
  }
}

extension LogVerdict {
  /// `taken`, `not taken` or `open`, and the number of lines or the reason.
  var summary: String {
    switch self {
    case .taken(let evidence): evidence.identity == .session ? "taken in session" : "taken"
    case .notTaken(let evidence): "not taken, \(evidence.lines.count)"
    case .open(.setAside): "set aside"
    case .open(.otherSender): "other sender"
    case .open(.otherRecipient): "other recipient"
    case .open(.otherTime): "other time"
    case .open(.unconfirmed): "unconfirmed"
    case .open(.strangeSession): "strange session"
    case .open(.cutSession): "cut session"
    case .open(.sharedRecipient): "shared recipient"
    case .open(.severalLines): "several lines"
    case .open(let gap): "open: \(gap)"
    }
  }
}
