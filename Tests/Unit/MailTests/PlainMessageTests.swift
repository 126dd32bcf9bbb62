import Foundation
import Mail
import Testing

@Suite struct PlainMessageTests {
  private func message(_ subject: String, _ text: String) throws -> String {
    let bytes = try PlainMessage(
      from: NamedAddress(parsing: "Provider <support@provider.example>"), to: NamedAddress(parsing: "ops@firm.example"),
      subject: subject, date: Date(timeIntervalSince1970: 1_795_420_800),
      messageID: MessageID(left: "0123456789abcdef", domain: Domain("provider.example")), text: text
    ).bytes()
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func itIsPlainTextMadeByAMachine() throws {
    #expect(
      try message("[eilbrief] sommer: done", "Campaign sommer: done.\nNext: look.\n") == """
        Date: Mon, 23 Nov 2026 08:00:00 +0000\r
        From: Provider <support@provider.example>\r
        To: ops@firm.example\r
        Subject: [eilbrief] sommer: done\r
        Message-ID: <0123456789abcdef@provider.example>\r
        Auto-Submitted: auto-generated\r
        MIME-Version: 1.0\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: 7bit\r
        \r
        Campaign sommer: done.\r
        Next: look.\r

        """)
  }

  @Test func whatIsNotASCIIIsQuotedAndNoLineIsSmuggledIn() throws {
    let text = try message("late: Müller", "für\n")
    #expect(text.utf8.allSatisfy { $0 < 0x80 } && text.contains("f=C3=BCr") && text.contains("=?"))
    #expect(throws: MessageError.self) { try message("a\r\nBcc: x@y.example", "") }
  }
}
