import Campaigns
import Foundation
import Testing

@testable import SMTP

@Suite struct SASLExchangeTests {
  private func exchange(_ mechanism: SASLMechanism) throws -> SASLExchange {
    SASLExchange(mechanism, username: "anna@firm.example", secret: try #require(Password("ya29.vF9dft4q")))
  }

  private func decoded(_ line: String) -> String {
    String(decoding: Data(base64Encoded: line) ?? Data(), as: UTF8.self)
  }

  @Test func aTokenIsSentAsXOAUTH2() throws {
    var exchange = try exchange(.xoauth2)
    #expect(decoded(exchange.answer(to: "")) == "user=anna@firm.example\u{1}auth=Bearer ya29.vF9dft4q\u{1}\u{1}")
    #expect(exchange.refusal == nil)
    // The example of Google's description, which is answered with nothing.
    let reason =
      "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2dsZS5jb20vIn0K"
    #expect(exchange.answer(to: reason) == "")
    #expect(exchange.refusal?.status == "401" && exchange.refusal?.scope == "https://mail.google.com/")
    #expect(exchange.answer(to: "more") == "*")
  }

  @Test(arguments: [
    (#"{"status":"400","schemes":"Bearer"}"#, "says that the token is not valid: it has expired, was revoked, or "),
    (#"{"status":401}"#, "says that the token is not valid: "),
    (#"{"status":"invalid_token","scope":"x"}"#, "says that the token is not valid: "),
    (#"{"status":"403"}"#, "says that the token does not allow sending mail"),
    (#"{"status":"499"}"#, "refuses the token (status 499)"), (#"{"status":"a b\u001b[2J"}"#, "refuses the token"),
    ("nonsense", "refuses the token"), ("", "refuses the token"), ("[1]", "refuses the token"),
  ])
  func reasonsAreToldInPlainWords(json: String, expected: String) {
    let words = TokenRefusal(challenge: Data(json.utf8).base64EncodedString()).words
    #expect(words.hasPrefix(expected) && !words.contains("\u{1B}"))
  }

  @Test func theMechanismIsOneThatIsOffered() {
    for (authentication, offered, expected) in [
      (.plain, ["LOGIN", "PLAIN"], .plain), (.plain, ["LOGIN"], .login), (.login, ["LOGIN", "PLAIN"], .login),
      (.login, ["PLAIN"], .plain), (.plain, ["CRAM-MD5"], nil), (.cramMD5, ["PLAIN"], nil), (.xoauth2, ["PLAIN"], nil),
      (.plain, ["XOAUTH2"], nil), (.xoauth2, ["LOGIN", "XOAUTH2"], .xoauth2),
    ] as [(Relay.Authentication, [String], SASLMechanism?)] {
      #expect(SASLMechanism.choice(for: authentication, offered: offered) == expected)
    }
  }

  @Test func whatToDoDependsOnWhatIsOffered() {
    func text(_ offered: [String], _ wanted: Relay.Authentication = .plain) -> String {
      MechanismAdvice(offered: offered, wanted: wanted).text
    }
    #expect(
      text(["NTLM", "GSSAPI"]).hasPrefix(
        "the relay offers AUTH NTLM, GSSAPI, and this program can do PLAIN, LOGIN, CRAM-MD5 and XOAUTH2. Ask its operator"
      ))
    #expect(text(["NTLM"]).contains("issue app passwords"))
    #expect(text(["XOAUTH2", "OAUTHBEARER"]).contains("Set “auth: xoauth2” with token_file or token_command"))
    #expect(
      text(["PLAIN", "LOGIN"], .xoauth2)
        == "the relay does not take AUTH XOAUTH2; it offers AUTH PLAIN, LOGIN. Set “auth: plain” with password_file in "
        + "campaign.yaml.")
    #expect(text(["CRAM-MD5"]).contains("Set “auth: cram-md5”"))
    #expect(text([]).hasPrefix("the relay offers AUTH without a mechanism, and this program can do PLAIN,"))
  }
}
