import Delivery
import Testing

@testable import SMTP

/// What a relay repeats of a login is kept nowhere.
@Suite struct LoginRedactionTests {
  private func text(_ text: String, _ phase: Phase?, username: String = "anna", password: String = "geheim") -> String {
    LoginRedaction(username: username, password: Password(password))
      .redacted(Reply(code: 535, enhanced: nil, text: text), in: phase).text
  }

  @Test func theLoginIsHiddenAsItWasSent() {
    // In plain text, as AUTH LOGIN and AUTH PLAIN send it, with and without an identity to act as.
    for login in ["anna", "ANNA", "geheim", "Z2VoZWlt", "YW5uYQ==", "AGFubmEAZ2VoZWlt", "YW5uYQBhbm5hAGdlaGVpbQ=="] {
      let said = text("no such login: \(login).", .auth).replacing("==", with: "")
      #expect(said == "no such login: (hidden).", "\(login)")
    }
  }

  /// As AUTH XOAUTH2 sends it, and as parts of it may come back.
  @Test func theTokenIsHiddenAsItWasSent() {
    let sent = "dXNlcj1hbm5hAWF1dGg9QmVhcmVyIGdlaGVpbQEB"
    #expect(text("wrong: \(sent)", .auth) == "wrong: (hidden)")
    #expect(text("wrong: \(sent)", nil) == "wrong: (hidden)")
    #expect(text("Bearer geheim is old", nil) == "Bearer (hidden) is old")
  }

  @Test func namesAreHiddenWhereTheLoginIsJudgedOnly() {
    #expect(text("sender anna@firm.example is not yours", nil) == "sender anna@firm.example is not yours")
    #expect(text("password geheim, really", nil) == "password (hidden), really")
    #expect(text("all is well", .auth) == "all is well")
  }

  @Test func shortOnesAreHiddenWhereTheyStandAlone() {
    #expect(
      text("a user is not authenticated: a/ab", .auth, username: "a", password: "ab")
        == "(hidden) user is not authenticated: (hidden)/(hidden)")
  }

  @Test func nothingOfItIsPrinted() {
    let login = LoginRedaction(username: "anna", password: Password("geheim"))
    var dumped = ""
    dump(login, to: &dumped)
    #expect(!"\(login) \(dumped)".contains("104"))
  }
}
