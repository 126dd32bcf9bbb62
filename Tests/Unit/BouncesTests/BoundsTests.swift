import Testing

@testable import Bounces

/// Mails made to be too much: each is judged, in little time and memory.
@Suite(.timeLimit(.minutes(2))) struct BoundsTests {
  private static let head = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.relay.example\nSubject: failure notice\n"
  private static let report = "<info@weber-recht.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"

  private func reports(_ mail: String) -> [RecipientReport] { BounceJudge.reports(on: Array(mail.utf8)) }

  @Test func tenMegabytes() {
    let line = "kim@firma.example 550 5.1.1 could not be delivered to the following address\n"
    let found = reports(Self.head + "\n" + Self.report + String(repeating: line, count: (10 << 20) / line.utf8.count))
    #expect(found.first?.recipient == "info@weber-recht.example")
  }

  @Test func tenThousandParts() {
    let nested = (0..<10_000).map { "Content-Type: multipart/mixed; boundary=\"b\($0)\"\n\n--b\($0)\n" }.joined()
    #expect(reports(Self.head + nested).map(\.recipient) == [nil])
    let mails = String(repeating: "Content-Type: message/rfc822\n\n", count: 10_000)
    #expect(reports(Self.head + mails).map(\.recipient) == [nil])
    let flat = "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\n", count: 50_000)
    #expect(reports(Self.head + flat).map(\.recipient) == [nil])
  }

  @Test func headersOfAMegabyte() {
    let long = "Subject: \(String(repeating: "x", count: 1 << 20))\n"
    let encoded = "X-Note: \(String(repeating: "=?utf-8?q?=20?= ", count: 70_000))\n"
    let many = "X-Failed-Recipients: \(String(repeating: "a@firma.example,", count: 70_000))\n"
    #expect(reports(Self.head + long + encoded + "\n" + Self.report).first?.recipient == "info@weber-recht.example")
    #expect(reports(Self.head + many + "\n" + Self.report).first?.recipient == "a@firma.example")
  }

  @Test func manyRecipientsThatTheTextDoesNotName() {
    let header = (0..<900).map { "u\($0)@firma.example" }.joined(separator: ",")
    let line = "this is about nothing at all, and so says the next line:\n"
    let found = reports("X-Failed-Recipients: \(header)\n\(Self.head)\n\(String(repeating: line, count: 17_000))")
    #expect(found.count == 500)
  }

  @Test func aHundredThousandRecipients() {
    let fields = String(
      repeating: "Final-Recipient: rfc822;a@firma.example\nAction: failed\nStatus: 5.1.1\n\n", count: 100_000)
    let found = reports(
      Self.head
        + "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\(fields)--b--\n"
    )
    #expect(found.count <= 1_000)
  }

  @Test(arguments: ["@", "a@", "<", "&", "<style>", "5", "\\x{", "=", "\n", "--b\n", "5.1.1 ", "a@b.example: "])
  func oneThingAllOver(thing: String) {
    for type in ["text/plain", "text/html", "message/delivery-status", "multipart/mixed; boundary=b"] {
      let mail = Self.head + "Content-Type: \(type)\n\n" + String(repeating: thing, count: (1 << 15) / thing.utf8.count)
      #expect(!reports(mail).isEmpty)
    }
  }
}
