import Delivery
import Testing

@testable import SMTP

@Suite struct ExtensionsTests {
  private func extensions(_ lines: String...) -> Extensions {
    Extensions(ehlo: Reply(code: 250, enhanced: nil, text: (["relay.example"] + lines).joined(separator: "\n")))
  }

  @Test func keywordsCountInAnyCaseAndWithAnyBlanks() {
    let found = extensions("pipelining", " 8bitmime ", "SmtpUtf8\t", "Size\t\t10240000", "startTLS", "dsn")
    #expect(
      found.capabilities
        == RelayCapabilities(pipelining: true, eightBitMIME: true, smtpUTF8: true, size: 10_240_000))
    #expect(found.offersStartTLS && found.offersDSN && found.offersSize)
  }

  @Test func otherWordsAreNoKeywords() {
    // Among them a long s, which would be an S in capitals.
    #expect(extensions("XPIPELINING", "8BITMIMEX", "\u{17F}ize 10", "STARTTLSX", "", "  ", "=") == extensions())
  }

  @Test(arguments: [
    ["AUTH PLAIN LOGIN"], ["auth plain login"], ["AUTH=PLAIN LOGIN"], ["AUTH =PLAIN LOGIN"], ["AUTH= plain\tLogin "],
    ["AUTH PLAIN", "AUTH LOGIN"], ["AUTH PLAIN", "AUTH=PLAIN LOGIN"], ["AUTH PLAIN,LOGIN"],
    ["AUTH", "AUTH=PLAIN LOGIN"],
  ])
  func mechanismsOfAllForms(_ lines: [String]) {
    let found = Extensions(
      ehlo: Reply(code: 250, enhanced: nil, text: (["relay.example"] + lines).joined(separator: "\n")))
    #expect(found.mechanisms == ["PLAIN", "LOGIN"])
  }

  @Test func authWithoutAMechanismIsNotNone() {
    #expect(extensions("AUTH").mechanisms == [])
    #expect(extensions("X-EXPS=LOGIN", "XAUTH PLAIN").mechanisms == nil)
  }
}
