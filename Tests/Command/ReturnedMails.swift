import Foundation

/// Mails that came back, for tests of the command; `Tests/Unit/BouncesTests/Mails` has those of many servers.
enum ReturnedMails {
  /// A bounce of two recipients, the first of which does not exist.
  static func bounce(saying words: String = "") -> String {
    """
    Return-Path: <>
    From: Mail Delivery System <MAILER-DAEMON@mx.relay.example>
    To: notice@kanzlei-it.example
    Subject: Undelivered Mail Returned to Sender
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary=b

    --b
    Content-Type: text/plain; charset=utf-8

    Not delivered.

    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.relay.example

    Final-Recipient: rfc822; info@weber-recht.example
    Action: failed
    Status: 5.1.1
    Diagnostic-Code: smtp; 550 5.1.1 No such user\(words)

    Final-Recipient: rfc822; post@weber-recht.example
    Action: delayed
    Status: 4.2.2
    Diagnostic-Code: smtp; 452 4.2.2 Mailbox full\(words)

    --b--

    """
  }

  /// A report on one letter, with the letter's Message-ID among its headers.
  static func about(
    _ messageID: String, action: String = "failed", status: String = "5.1.1",
    saying words: String = "550 5.1.1 No such user"
  ) -> String {
    bounce().replacing("Action: failed\nStatus: 5.1.1", with: "Action: \(action)\nStatus: \(status)")
      .replacing("550 5.1.1 No such user", with: words)
      .replacing(/\n\nFinal-Recipient: rfc822; post@.*Mailbox full/.dotMatchesNewlines(), with: "")
      .replacing("--b--", with: "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: \(messageID)\n\n--b--")
  }

  static let success = bounce().replacing("Action: failed\nStatus: 5.1.1", with: "Action: relayed\nStatus: 2.0.0")
    .replacing("550 5.1.1 No such user", with: "250 2.0.0 Ok")

  static let autoReply = """
    From: info@nordkanzlei.example
    Subject: Automatische Antwort: Kennwort
    Auto-Submitted: auto-replied

    Wir sind im Urlaub.

    """

  static let complaint = """
    From: fbl@provider.example
    Subject: FW: Kennwort
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=feedback-report; boundary=b

    --b
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    Original-Rcpt-To: <info@beschwerde.example>

    --b--

    """

  static let question = "From: info@suedkanzlei.example\nSubject: Re: Kennwort\n\nWas ist zu tun?\n"

  /// A Maildir with one mail of each kind.
  static func write(to folder: URL) throws {
    let mails = folder.appendingPathComponent("cur")
    try FileManager.default.createDirectory(at: mails, withIntermediateDirectories: true)
    for (name, mail) in [
      ("1.bounce", bounce()), ("2.success", success), ("3.auto-reply", autoReply), ("4.complaint", complaint),
      ("5.question", question),
    ] {
      try Data(mail.utf8).write(to: mails.appendingPathComponent(name))
    }
  }
}
