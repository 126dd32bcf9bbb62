import Rehearsal
import RelaySupport
import Testing

@Suite struct DialogueTests {
  @Test func greetsAndOffersItsExtensions() async throws {
    try await withRelay(RelayOptions(maximumSize: 5000)) { _, port in
      let client = try RawClient(port: port)
      #expect(try client.reply() == "220 localhost ESMTP rehearsal relay, nothing is delivered")
      #expect(
        try client.say("EHLO client.example") == """
          250-localhost
          250-PIPELINING
          250-SIZE 5000
          250-8BITMIME
          250-SMTPUTF8
          250 ENHANCEDSTATUSCODES
          """)
      #expect(try client.say("helo [127.0.0.1]") == "250 localhost")
    }
  }

  @Test func offersOnlyWhatItIsSetUpFor() async throws {
    try await withRelay(RelayOptions(extensions: [])) { _, port in
      let client = try RawClient(port: port)
      _ = try client.reply()
      #expect(try client.say("EHLO client.example") == "250-localhost\n250 ENHANCEDSTATUSCODES")
      for parameter in ["SIZE=5", "BODY=8BITMIME", "SMTPUTF8", "AUTH=<>"] {
        #expect(try client.say("MAIL FROM:<a@b.example> \(parameter)") == "555 5.5.4 Parameter not offered")
      }
    }
  }

  @Test func takesAMessage() async throws {
    try await withRelay { relay, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.say("MAIL FROM:<sender@kanzlei-it.example> SIZE=60 BODY=8BITMIME SMTPUTF8") == "250 2.1.0 Ok")
      #expect(try client.say("RCPT TO:<k1@kanzlei.example>") == "250 2.1.5 Ok")
      #expect(try client.say("DATA") == "354 End data with <CR><LF>.<CR><LF>")
      let text = "Subject: x\r\nMessage-ID:\r\n <1.k1@kanzlei-it.example>\r\n\r\nGrüße\r\n"
      #expect(try client.say(text + ".") == "250 2.0.0 Ok: queued as R000001")
      #expect(try client.say("QUIT") == "221 2.0.0 Bye")
      #expect(client.sawEnd())
      let message = try #require(relay.journal.first)
      #expect(relay.journal.count == 1)
      #expect(message.order == 1)
      #expect(message.sender == "sender@kanzlei-it.example")
      #expect(message.recipients == ["k1@kanzlei.example"])
      #expect(message.messageID == "<1.k1@kanzlei-it.example>")
      #expect(message.bytes == Array(text.utf8))
      #expect(message.size == text.utf8.count)
      #expect(message.answered && message.eightBit && message.smtpUTF8)
      #expect(message.user == nil)
    }
  }

  /// What may be said before anything else, each line on its own connection after EHLO.
  @Test(arguments: [
    ("NOOP", "250 2.0.0 Ok"),
    ("noop with words", "250 2.0.0 Ok"),
    ("RSET", "250 2.0.0 Ok"),
    ("RSET now", "501 5.5.4 No parameters allowed"),
    ("QUIT now", "501 5.5.4 No parameters allowed"),
    ("VRFY someone", "252 2.0.0 Cannot verify, will take messages for it"),
    ("VRFY", "501 5.5.4 VRFY needs an argument"),
    ("EXPN list", "502 5.5.1 Command not implemented"),
    ("STARTTLS", "502 5.5.1 Command not implemented"),
    ("AUTH PLAIN", "502 5.5.1 Command not implemented"),
    ("GET / HTTP/1.1", "500 5.5.2 Command not recognised"),
    ("", "500 5.5.2 Command not recognised"),
    ("NOOP \u{1}", "500 5.5.2 Control characters are not allowed"),
    ("NOOP\rQUIT", "500 5.5.2 Control characters are not allowed"),
    ("EHLO", "501 5.5.4 EHLO needs a host name"),
    ("HELO a b", "501 5.5.4 HELO needs a host name"),
    ("RCPT TO:<a@b.example>", "503 5.5.1 Bad sequence of commands"),
    ("DATA", "503 5.5.1 Bad sequence of commands"),
    ("MAIL", "501 5.5.4 Syntax: MAIL FROM:<address>"),
    ("MAIL TO:<a@b.example>", "501 5.5.4 Syntax: MAIL FROM:<address>"),
    ("MAIL FROM: <a@b.example>", "501 5.1.7 Bad sender address syntax"),
    ("MAIL FROM:a@b.example", "501 5.1.7 Bad sender address syntax"),
    ("MAIL FROM:<a b@b.example>", "501 5.1.7 Bad sender address syntax"),
    ("MAIL FROM:<a..b@b.example>", "501 5.1.7 Bad sender address syntax"),
    ("MAIL FROM:<a@-b.example>", "501 5.1.7 Bad sender address syntax"),
    ("MAIL FROM:<a@b..example>", "501 5.1.7 Bad sender address syntax"),
    ("MAIL FROM:<a@b.example", "501 5.1.7 Bad sender address syntax"),
    ("MAIL FROM:<a@b.example>x", "501 5.5.4 Bad parameter syntax"),
    ("MAIL FROM:<a@b.example>  SIZE=1", "501 5.5.4 Bad parameter syntax"),
    ("MAIL FROM:<a@b.example> SIZE=", "501 5.5.4 Bad parameter syntax"),
    ("MAIL FROM:<a@b.example> SIZE=-1", "501 5.5.4 SIZE needs a number"),
    ("MAIL FROM:<a@b.example> SIZE=1 SIZE=1", "501 5.5.4 Parameter repeated or without its value"),
    ("MAIL FROM:<a@b.example> SIZE=99999999", "552 5.3.4 Message too big"),
    ("MAIL FROM:<a@b.example> BODY=BINARYMIME", "501 5.5.4 BODY is 7BIT or 8BITMIME"),
    ("MAIL FROM:<a@b.example> SMTPUTF8=1", "501 5.5.4 Parameter repeated or without its value"),
    ("MAIL FROM:<a@b.example> RET=HDRS", "555 5.5.4 Parameter not recognised"),
    ("MAIL FROM:<jürgen@b.example>", "553 5.6.7 Address needs SMTPUTF8"),
    ("MAIL FROM:<jürgen@b.example> SMTPUTF8", "250 2.1.0 Ok"),
    ("MAIL FROM:<>", "250 2.1.0 Ok"),
    ("mail from:<\"a b\"@[127.0.0.1]> size=1 body=7bit", "250 2.1.0 Ok"),
  ]) func answersAFirstCommand(_ line: String, _ reply: String) async throws {
    try await withRelay { _, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.say(line) == reply)
      // The dialogue goes on whatever was said.
      #expect(try client.say("NOOP") == "250 2.0.0 Ok")
    }
  }

  @Test func insistsOnTheSequence() async throws {
    try await withRelay { relay, port in
      let client = try RawClient(port: port)
      _ = try client.reply()
      #expect(try client.say("MAIL FROM:<a@b.example>") == "503 5.5.1 Bad sequence of commands")
      #expect(try client.say("HELO client.example") == "250 localhost")
      #expect(try client.say("MAIL FROM:<a@b.example> SIZE=5") == "555 5.5.4 Parameter not offered")
      #expect(try client.say("MAIL FROM:<a@b.example>") == "250 2.1.0 Ok")
      #expect(try client.say("MAIL FROM:<a@b.example>") == "503 5.5.1 Bad sequence of commands")
      #expect(try client.say("DATA") == "554 5.5.1 No valid recipients")
      #expect(try client.say("RCPT TO:<>") == "501 5.1.3 Bad recipient address syntax")
      #expect(try client.say("RCPT TO:<a@b.example> NOTIFY=NEVER") == "555 5.5.4 Parameter not recognised")
      #expect(try client.say("RCPT TO:<jürgen@b.example>") == "553 5.6.7 Address needs SMTPUTF8")
      #expect(try client.say("RCPT TO:<Postmaster>") == "250 2.1.5 Ok")
      #expect(try client.say("RSET") == "250 2.0.0 Ok")
      #expect(try client.say("DATA") == "503 5.5.1 Bad sequence of commands")
      #expect(try client.deliver(to: "a@b.example") == "250 2.0.0 Ok: queued as R000001")
      #expect(try client.say("RCPT TO:<a@b.example>") == "503 5.5.1 Bad sequence of commands")
      #expect(try client.say("MAIL FROM:<a@b.example>") == "250 2.1.0 Ok")
      #expect(try client.say("EHLO again.example").hasPrefix("250-"))
      #expect(try client.say("DATA") == "503 5.5.1 Bad sequence of commands")
      #expect(relay.journal.count == 1)
    }
  }

  @Test func takesUpToAHundredRecipients() async throws {
    try await withRelay { relay, port in
      let client = try RawClient.greeted(port: port)
      _ = try client.say("MAIL FROM:<a@b.example>")
      for number in 1...100 { #expect(try client.say("RCPT TO:<k\(number)@b.example>") == "250 2.1.5 Ok") }
      #expect(try client.say("RCPT TO:<k101@b.example>") == "452 4.5.3 Too many recipients")
      _ = try client.say("DATA")
      #expect(try client.say(".") == "250 2.0.0 Ok: queued as R000001")
      #expect(relay.journal.first?.recipients == (1...100).map { "k\($0)@b.example" })
      #expect(relay.journal.first?.size == 0)
      #expect(relay.journal.first?.messageID == nil)
    }
  }

  @Test func refusesOverlongAndWronglyEndedCommands() async throws {
    try await withRelay { _, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.say("NOOP " + String(repeating: "x", count: 993)) == "250 2.0.0 Ok")
      #expect(try client.say("NOOP " + String(repeating: "x", count: 994)) == "500 5.5.2 Line too long")
      #expect(try client.say("NOOP " + String(repeating: "x", count: 300_000)) == "500 5.5.2 Line too long")
      // The end of an over-long line is no command of its own.
      try client.send(String(repeating: "x", count: 1500))
      let other = try RawClient.greeted(port: port)
      for _ in 1...2 { _ = try other.say("NOOP") }
      #expect(try client.say("") == "500 5.5.2 Line too long")
      try client.send("NOOP\n")
      #expect(try client.reply() == "500 5.5.2 Line ended by a bare LF")
      #expect(try client.say("NOOP") == "250 2.0.0 Ok")
    }
  }
}
