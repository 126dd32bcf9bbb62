import Testing

@testable import Bounces

/// Which of our messages a mail that came back is about.
@Suite struct ReturnedMailTests {
  private func ids(_ mail: String) -> Set<String> {
    ReturnedMail(Array(mail.utf8), domain: "kanzlei-it.example").messageIDs
  }

  private static let report = """
    From: MAILER-DAEMON@mx.example
    Message-ID: <report@kanzlei-it.example>
    Content-Type: multipart/report; report-type=delivery-status; boundary=b

    --b
    Content-Type: text/plain

    Not delivered.

    --b
    Content-Type: message/delivery-status

    Final-Recipient: rfc822; info@firma.example
    Action: failed
    Status: 5.1.1

    --b
    Content-Type: message/rfc822

    From: support@kanzlei-it.example
    To: info@firma.example
    Message-ID: <abc123@Kanzlei-IT.example>
    References: <other@firma.example>

    Text
    --b--

    """

  @Test func theReturnedLettersOwnIsFound() {
    let mail = ReturnedMail(Array(Self.report.utf8), domain: "kanzlei-it.example")
    #expect(mail.messageIDs == ["<abc123@kanzlei-it.example>"])
    #expect(mail.reports.map(\.kind) == [.bounce])
  }

  @Test func headersAloneAndAnswers() {
    #expect(
      ids(Self.report.replacing("message/rfc822", with: "text/rfc822-headers")) == ["<abc123@kanzlei-it.example>"])
    let answer = """
      From: info@firma.example
      Subject: Abwesend
      In-Reply-To: <left@kanzlei-it.example>
      References: <one@kanzlei-it.example>
       <left@kanzlei-it.example>

      Ich bin nicht da.
      """
    #expect(ids(answer) == ["<left@kanzlei-it.example>", "<one@kanzlei-it.example>"])
  }

  /// Servers without a standard quote the headers in their text, in whatever encoding.
  @Test func inWords() {
    let qmail = """
      From: MAILER-DAEMON@mx.example
      Subject: failure notice
      Content-Transfer-Encoding: quoted-printable

      Sorry, no mailbox here by that name.

      --- Below this line is a copy of the message.

      Message-ID: <abc=31@kanzlei-it.example>
      """
    #expect(ids(qmail) == ["<abc1@kanzlei-it.example>"])
  }

  @Test(arguments: [
    "", "<", "<@kanzlei-it.example>", "<a@b@kanzlei-it.example", "<a b@kanzlei-it.example>",
    "<abc@kanzlei-it.example.evil.example>", "<abc@notkanzlei-it.example>", "abc@kanzlei-it.example",
    "<abc@kanzlei-it.example\n>",
  ])
  func whatIsNone(_ text: String) {
    let found = ids("From: a@b.example\n\n\(text)\n")
    #expect(found.subtracting(["<@kanzlei-it.example>"]).isEmpty, "\(found)")
  }

  @Test func manyAreBounded() {
    let many = (0..<5000).map { "<id\($0)@kanzlei-it.example>" }.joined(separator: " ")
    #expect(ids("From: a@b.example\n\n\(many)\n").count == 200)
    #expect(ids("From: a@b.example\n\n\(String(repeating: "<", count: 300_000))\n").isEmpty)
  }
}
