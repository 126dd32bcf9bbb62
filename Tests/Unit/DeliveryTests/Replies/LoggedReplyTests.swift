import Testing

@testable import Delivery

/// Replies as people and logs write them, and the waits they ask for.
@Suite struct LoggedReplyTests {
  @Test(
    arguments: [
      ("550 5.1.1 User unknown", 550, "5.1.1"), ("550 User unknown", 550, nil),
      ("550-5.1.1 a 550 5.1.1 b", 550, "5.1.1"),
      ("550", 550, nil), ("4.7.26 This mail is unauthenticated", nil, "4.7.26"), ("5.1.1: gone", nil, "5.1.1"),
      ("\"550 5.1.1 quoted\"", 550, "5.1.1"), ("  451 4.7.1 later", 451, "4.7.1"), ("421 4.7.0: a", 421, "4.7.0"),
      ("host mx.example[192.0.2.1] said: 550 5.1.1 no", 550, nil), ("smtp;550 5.1.1 no", 550, nil),
      ("failed,5.1.1 (bad destination mailbox address),553 Relaying disallowed", 553, nil),
      ("no code at all", nil, nil),
      ("192.0.2.1 is listed", nil, nil), ("2019 was a year", nil, nil), ("550\\n5.1.1 a", 550, nil),
      ("we take 250 mails per hour", nil, nil), ("", nil, nil),
    ] as [(String, Int?, String?)]) func codes(_ text: String, _ code: Int?, _ enhanced: String?)
  {
    let reply = LoggedReply(text)
    #expect(reply.code == code)
    #expect(reply.enhanced?.description == enhanced)
  }

  @Test func thePhaseThatTheTextNames() {
    #expect(LoggedReply("550 5.1.1 no (in reply to RCPT TO command)").phase == .rcpt)
    #expect(LoggedReply("550 no (in reply to end of DATA command)").phase == .final)
    #expect(LoggedReply("SMTP error from remote mail server after MAIL FROM:<a@b.example>: 550 no").phase == .mail)
    #expect(LoggedReply("550 no").phase == nil)
  }

  @Test func namesOfPhases() {
    for name in Phase.names { #expect(Phase(named: name) != nil) }
    #expect(Phase(named: "RCPT TO") == .rcpt && Phase(named: "Mail-From") == .mail && Phase(named: "dot") == .final)
    #expect(Phase(named: "starttls") == .tls && Phase(named: "helo") == .ehlo && Phase(named: "greeting") == .greeting)
    #expect(Phase(named: "rctp") == nil && Phase(named: "") == nil)
  }

  @Test(
    arguments: [
      ("Greylisted, try again in 300 seconds", 300), ("please try again in 5 min", 300),
      ("retry after 10 minutes", 600),
      ("try again in 1 hour", 3600), ("come back in 00:05:00", 300), ("come back in 04:30", 270),
      ("try again tomorrow", 86_400),
      ("bitte in 10 Minuten erneut versuchen", 600), ("Bitte versuchen Sie es morgen wieder", 86_400),
      ("Réessayez dans 15 minutes", 900), ("inténtelo en 2 horas", 7200), ("retry in 15s", 15),
      ("please wait 2h", 7200),
      ("Greylisted for 5 minutes", 300), ("try again in an hour", 3600), ("probeer opnieuw over 30 minuten", 1800),
      ("riprova tra 20 minuti", 1200), ("spróbuj ponownie za 10 minut", 600), ("try again in 4 days", 86_400),
      ("retry after 300", 300), ("retry in 999999999999999999999 seconds", nil), ("try again later", nil),
      ("100 mails per hour, try again later", nil), ("more than 5 messages in the last 10 minutes", nil),
      ("only 10 messages per day", nil), ("timeout after 300 seconds", nil), ("try again in 0 seconds", nil),
      ("listed since 2 days", nil),
    ] as [(String, Int?)]) func waits(_ text: String, _ seconds: Int?)
  {
    #expect(ReplyClassifier.classify(LoggedReply("451 4.7.1 " + text), at: .rcpt).wait == seconds)
  }
}
