import Delivery
import Testing

@testable import SMTP

@Suite struct OpeningDialogueTests {
  private func opening(startsTLS: Bool = false, _ lines: String...) -> OpeningDialogue {
    let opening = OpeningDialogue(
      startsTLS: startsTLS, login: LoginRedaction(username: nil, password: nil))
    for line in lines { hear(line, opening) }
    return opening
  }

  /// The line as it is afterwards, where libcurl reads it.
  @discardableResult private func hear(_ line: String, _ opening: OpeningDialogue) -> String {
    var bytes = Array((line + "\r\n").utf8)
    bytes.withUnsafeMutableBytes { opening.receive($0) }
    return String(decoding: bytes.dropLast(2), as: UTF8.self)
  }

  /// libcurl compares STARTTLS byte by byte.
  @Test(arguments: [
    ("250-starttls", "250-STARTTLS"), ("250 StartTLS", "250 STARTTLS"), ("250-\tstarttls ", "250-STARTTLS  "),
    ("250-starttls required", "250-starttls required"), ("250-xstarttls", "250-xstarttls"), ("250", "250"),
    ("250-", "250-"), ("250-AUTH plain", "250-AUTH plain"),
  ])
  func startTLSIsWrittenAsLibcurlKnowsIt(line: String, expected: String) {
    let opening = opening(startsTLS: true, "220 a", "250-a")
    #expect(hear(line, opening) == expected)
    // Where no STARTTLS is wanted, and in what answers another command, nothing is touched.
    #expect(hear(line, self.opening("220 a", "250-a")) == line)
    #expect(hear(line, self.opening(startsTLS: true)) == line)
  }

  @Test func theLastEHLOCounts() {
    let clear = opening(startsTLS: true, "220 a", "250-a", "250-PIPELINING", "250 STARTTLS")
    #expect(clear.extensions.capabilities.pipelining)
    #expect(clear.phase == .tls)
    let begun = opening(startsTLS: true, "220 a", "250-a", "250-PIPELINING", "250 STARTTLS", "220 go")
    #expect(begun.extensions == Extensions())
    #expect(begun.phase == .tls)
    let encrypted = opening(
      startsTLS: true, "220 a", "250-a", "250 PIPELINING", "220 go", "250-a", "250-8BITMIME", "250 auth plain LOGIN")
    #expect(!encrypted.extensions.capabilities.pipelining)
    #expect(encrypted.extensions.capabilities.eightBitMIME)
    #expect(encrypted.extensions.mechanisms == ["PLAIN", "LOGIN"])
    #expect(encrypted.phase == .auth)
  }

  @Test func knowsWhatWasAnswered() {
    #expect(opening("554 no").last?.phase == .greeting)
    #expect(opening("220 a", "550 no").last?.phase == .ehlo)
    #expect(opening("220 a", "550 no", "250 a").extensions == Extensions())
    #expect(opening(startsTLS: true, "220 a", "250 a", "454 no").last?.phase == .tls)
    #expect(opening("what").fault != nil)
    #expect(opening("what", "220 a").replies == 0)
  }
}
