import Foundation
import Rehearsal
import RelaySupport
import Testing

@Suite struct LoginTests {
  private let options = RelayOptions(login: RelayOptions.Login(user: "eilbrief", password: "Schlüssel 7"))

  private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  @Test func asksForALogin() async throws {
    try await withRelay(options) { relay, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.say("EHLO client.example").contains("250-AUTH PLAIN LOGIN\n"))
      #expect(try client.say("MAIL FROM:<a@b.example>") == "530 5.7.0 Authentication required")
      #expect(try client.say("AUTH CRAM-MD5") == "504 5.5.4 Mechanism not offered")
      #expect(try client.say("AUTH") == "501 5.5.4 Syntax: AUTH mechanism")
      #expect(try client.say("AUTH PLAIN %%%") == "501 5.5.2 Not base64")
      #expect(try client.say("AUTH PLAIN " + base64("no zeros")) == "501 5.5.2 Bad PLAIN response")
      #expect(try client.say("AUTH PLAIN " + base64("\0eilbrief\0wrong")) == "535 5.7.8 Authentication failed")
      #expect(try client.say("AUTH PLAIN " + base64("\0other\0Schlüssel 7")) == "535 5.7.8 Authentication failed")
      #expect(try client.say("AUTH PLAIN =") == "501 5.5.2 Bad PLAIN response")
      #expect(
        try client.say("AUTH PLAIN " + base64("\0eilbrief\0Schlüssel 7")) == "235 2.7.0 Authentication successful")
      #expect(try client.say("AUTH PLAIN") == "503 5.5.1 Bad sequence of commands")
      #expect(try client.say("MAIL FROM:<a@b.example> AUTH=<>") == "250 2.1.0 Ok")
      #expect(try client.say("RSET") == "250 2.0.0 Ok")
      #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
      #expect(relay.journal.first?.user == "eilbrief")
    }
  }

  @Test func takesPlainInTwoSteps() async throws {
    try await withRelay(options) { _, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.say("AUTH PLAIN") == "334 ")
      #expect(try client.say("*") == "501 5.7.0 Authentication cancelled")
      #expect(try client.say("auth plain") == "334 ")
      #expect(try client.say(base64("id\0eilbrief\0Schlüssel 7")) == "235 2.7.0 Authentication successful")
    }
  }

  @Test func takesLogin() async throws {
    try await withRelay(options) { _, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.say("AUTH LOGIN") == "334 VXNlcm5hbWU6")
      #expect(try client.say(base64("eilbrief")) == "334 UGFzc3dvcmQ6")
      #expect(try client.say(base64("wrong")) == "535 5.7.8 Authentication failed")
      #expect(try client.say("AUTH LOGIN " + base64("eilbrief")) == "334 UGFzc3dvcmQ6")
      #expect(try client.say(base64("Schlüssel 7")) == "235 2.7.0 Authentication successful")
    }
  }

  @Test func refusesAuthAfterHelo() async throws {
    try await withRelay(options) { _, port in
      let client = try RawClient(port: port)
      _ = try client.reply()
      _ = try client.say("HELO client.example")
      #expect(try client.say("AUTH PLAIN") == "503 5.5.1 Bad sequence of commands")
    }
  }
}
