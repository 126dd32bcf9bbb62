import Rehearsal
import RelaySupport
import Testing

/// What happens between DATA and the final dot.
@Suite struct MessageTextTests {
  /// Sends `text` (with its final dot) in pieces of `cut` octets and returns the reply and what was taken.
  private func take(_ text: String, cut: Int, maximumSize: Int = 1 << 20) async throws -> (String, [UInt8]?) {
    try await withRelay(RelayOptions(maximumSize: maximumSize)) { relay, port in
      let client = try RawClient.greeted(port: port)
      for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<k1@b.example>", "DATA"] { _ = try client.say(line) }
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        try client.send(Array(rest.prefix(cut)))
        rest = rest.dropFirst(cut)
      }
      let reply = try client.reply()
      // Nothing of the message was taken for a command.
      #expect(try client.say("NOOP") == "250 2.0.0 Ok")
      return (reply, relay.journal.first?.bytes ?? nil)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 7, 1000])
  func undoesDotStuffing(cut: Int) async throws {
    let (reply, bytes) = try await take("..\r\n..a\r\nb.\r\n.c\r\n\r\n...\r\n.\r\n", cut: cut)
    #expect(reply == "250 2.0.0 Ok: queued as R000001")
    #expect(bytes == Array(".\r\n.a\r\nb.\r\nc\r\n\r\n..\r\n".utf8))
  }

  /// The ways to end a message that some servers fall for; then comes what would be a second message.
  @Test(arguments: ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r.\r", "\r\n.\r\r\n", "\r\r\n"], [1, 4096])
  func refusesBareLineEnds(_ end: String, cut: Int) async throws {
    let (reply, bytes) = try await take(
      "Subject: x\r\n\r\nbody\(end)MAIL FROM:<x@y.example>\r\nRCPT TO:<z@y.example>\r\nDATA\r\n.\r\n", cut: cut)
    #expect(reply == "550 5.6.0 Message has a bare CR or LF")
    #expect(bytes == nil)
  }

  @Test(arguments: [1, 700, 1_000_000])
  func refusesLinesOver1000Octets(cut: Int) async throws {
    let longest = String(repeating: "x", count: 998)
    #expect(try await take("\(longest)\r\n.\(longest)\r\n.\r\n", cut: cut).0.hasPrefix("250 "))
    for line in ["\(longest)x", String(repeating: "y", count: 5000)] {
      let (reply, bytes) = try await take("a\r\n\(line)\r\n.\r\n", cut: cut)
      #expect(reply == "550 5.6.0 Message has a line of more than 1000 octets")
      #expect(bytes == nil)
    }
  }

  /// Over-long lines that reach the relay in pieces: what it has thrown away must count, and a CR at the end of a piece
  /// must not be thrown away.
  @Test(arguments: [[1001, 1000, 1], [1000], [1000, 999]])
  func refusesOverlongLinesInPieces(_ pieces: [Int]) async throws {
    try await withRelay { relay, port in
      let client = try RawClient.greeted(port: port)
      let other = try RawClient.greeted(port: port)
      for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<k1@b.example>", "DATA"] { _ = try client.say(line) }
      for (index, count) in pieces.enumerated() {
        try client.send(String(repeating: "x", count: count) + (index == pieces.count - 1 ? "\r" : ""))
        // One thread serves both: when the other is answered for the second time, this piece has been read.
        for _ in 1...2 { _ = try other.say("NOOP") }
      }
      try client.send("\n.\r\n")
      #expect(try client.reply() == "550 5.6.0 Message has a line of more than 1000 octets")
      #expect(relay.journal.isEmpty)
    }
  }

  @Test func refusesWhatIsTooBig() async throws {
    let line = String(repeating: "x", count: 98) + "\r\n"
    let fits = String(repeating: line, count: 20)
    #expect(try await take(fits + ".\r\n", cut: 512, maximumSize: 2000).1?.count == 2000)
    let (reply, bytes) = try await take(fits + "\r\n.\r\n", cut: 512, maximumSize: 2000)
    #expect(reply == "552 5.3.4 Message too big")
    #expect(bytes == nil)
  }

  @Test func takesAMegabyte() async throws {
    let text = String(repeating: "Grüße aus der Kanzlei, .mit Punkt\r\n", count: 29_000)
    let (reply, bytes) = try await take(text + ".\r\n", cut: 65_000, maximumSize: 2 << 20)
    #expect(reply == "250 2.0.0 Ok: queued as R000001")
    #expect(bytes == Array(text.utf8))
  }
}
