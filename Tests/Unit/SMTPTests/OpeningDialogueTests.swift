import Delivery
import Testing

@testable import SMTP

@Suite struct OpeningDialogueTests {
  private func opening(startsTLS: Bool = false, _ lines: String...) -> OpeningDialogue {
    let opening = OpeningDialogue(
      startsTLS: startsTLS, login: LoginRedaction(username: nil, password: nil))
    for line in lines { Array((line + "\r\n").utf8).withUnsafeBytes { opening.receive($0) } }
    return opening
  }

  @Test func only235IsALogin() {
    #expect(opening("220 a", "250 a", "334 ", "235 ok").isAuthenticated)
    for code in [200, 250, 334, 454, 535] {
      #expect(!opening("220 a", "250 a", "334 ", "\(code) x").isAuthenticated)
    }
    // Nor is a 235 to anything but AUTH.
    #expect(!opening("235 a").isAuthenticated)
    #expect(!opening("220 a", "235 a").isAuthenticated)
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
    #expect(opening("220 a", "250 a", "535 no").last?.phase == .auth)
    #expect(opening("what").fault != nil)
    #expect(opening("what", "220 a").replies == 0)
  }
}
