import Delivery
import Testing

@testable import Bounces

/// Promises of the judge, one by one; `CorpusTests` has the mails of servers.
@Suite struct BounceJudgeTests {
  private func mail(_ headers: String, _ text: String) -> [UInt8] { Array("\(headers)\n\n\(text)".utf8) }

  private func report(_ fields: String, text: String = "Not delivered.", original: String = "To: info@firma.example")
    -> [UInt8]
  {
    mail(
      """
      Return-Path: <>
      From: MAILER-DAEMON@mx.relay.example
      Subject: Undelivered Mail
      Content-Type: multipart/report; report-type=delivery-status; boundary=b
      """,
      """
      --b
      Content-Type: text/plain

      \(text)

      --b
      Content-Type: message/delivery-status

      Reporting-MTA: dns; mx.relay.example

      \(fields)

      --b
      Content-Type: message/rfc822

      \(original)

      --b--
      """)
  }

  private func single(_ mail: [UInt8]) throws -> RecipientReport {
    let reports = BounceJudge.reports(on: mail)
    #expect(reports.count == 1)
    return try #require(reports.first)
  }

  @Test(arguments: [
    ("failed", MailKind.bounce), ("delayed", .delay), ("delivered", .success), ("relayed", .success),
    ("expanded", .success),
    ("FAILED (no such user)", .bounce),
  ])
  func theActionDecides(action: String, kind: MailKind) throws {
    let found = try single(report("Final-Recipient: rfc822; info@firma.example\nAction: \(action)\nStatus: 5.1.1"))
    #expect(found.kind == kind)
  }

  @Test(arguments: [("5.1.1", MailKind.bounce), ("4.4.7", .delay), ("2.0.0", .success)])
  func withoutActionTheStatusDecides(status: String, kind: MailKind) throws {
    #expect(try single(report("Final-Recipient: rfc822; info@firma.example\nStatus: \(status)")).kind == kind)
  }

  /// The address that the letter was sent to, not the one that somebody passes it on to.
  @Test func theOriginalRecipientIsNamed() throws {
    let found = try single(
      report(
        """
        Original-Recipient: rfc822;info@firma.example
        Final-Recipient: rfc822;privat@anderswo.example
        Action: failed
        Status: 5.1.1
        """))
    #expect(found.recipient == "info@firma.example")
  }

  @Test(arguments: [
    ("550 5.1.1 No such user", true), ("550 5.1.2 Host unknown", true), ("552 5.2.2 Mailbox full", false),
    ("550 5.2.1 Mailbox disabled", false), ("554 5.7.1 Message rejected as spam", false),
    ("451 4.1.1 No such user", false),
    ("550 5.7.26 Sender unauthenticated", false), ("550 No", false),
    ("550 Mailbox unavailable or access denied", false), ("550 No matches to nameserver query", false),
    ("550 Address unknown: no matches to info@firma.example", true),
  ])
  func onlyWhatWillNeverBeReachedIsPermanent(reply: String, isPermanent: Bool) throws {
    let found = try single(
      report("Final-Recipient: rfc822; info@firma.example\nAction: failed\nDiagnostic-Code: smtp; \(reply)"))
    #expect(found.permanent == isPermanent)
    #expect(found.reply == reply)
  }

  @Test func aDelayIsNeverPermanent() throws {
    let found = try single(
      report(
        "Final-Recipient: rfc822; info@firma.example\nAction: delayed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user"
      ))
    #expect(found.kind == .delay && found.permanent == false)
  }

  @Test(arguments: [
    ("5.0.0", "550 5.1.1 No such user", "5.1.1"), ("5.1.1", "550 5.7.1 No such user", "5.1.1"),
    ("4.0.0", "550 5.1.1 No such user", "4.0.0"), ("5.1.1 (bad mailbox)", "550 no", "5.1.1"),
  ])
  func theStatusIsTheReportsOwnUnlessTheReplyIsMoreExact(status: String, reply: String, expected: String) throws {
    let found = try single(
      report(
        "Final-Recipient: rfc822; info@firma.example\nAction: failed\nStatus: \(status)\nDiagnostic-Code: smtp; \(reply)"
      ))
    #expect(found.status?.description == expected)
  }

  /// Our letters speak of passwords and mailboxes: what is quoted of them says nothing of their delivery.
  @Test func theLettersSubjectIsNotJudged() throws {
    let found = try single(
      mail(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.relay.example\nSubject: failure notice",
        "Your message\n\n  Subject: Ihr Kennwort ist abgelaufen, Postfach gesperrt\n\nwas not delivered to:\n\n  info@firma.example\n"
      ))
    #expect(found.kind == .bounce && found.recipient == "info@firma.example" && found.class == .unknown)
    #expect(found.permanent == false)
  }

  /// What looks like a report in a mail that nobody's mail system has sent.
  @Test func aPersonsWordsAreNoReport() throws {
    let text = "Hello,\n\nI got this: 550 5.1.1 <post@firma.example>: user unknown. What now?\n"
    let headers = "Return-Path: <info@firma.example>\nFrom: info@firma.example\nSubject: Re: Kennwort"
    #expect(try single(mail(headers, text)).kind == .other)
    #expect(try single(mail(headers + "\nAuto-Submitted: auto-replied", text)).kind == .autoReply)
  }

  @Test func theSenderIsNoRecipient() throws {
    let found = try single(
      mail(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.relay.example\nTo: notice@kanzlei-it.example\nSubject: Mail delivery failed",
        "A mail of notice@kanzlei-it.example could not be delivered to:\n\nnotice@kanzlei-it.example\ninfo@firma.example\n"
      ))
    #expect(found.recipient == "info@firma.example")
  }
}
