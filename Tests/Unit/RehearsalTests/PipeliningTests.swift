import Rehearsal
import RelaySupport
import Testing

@Suite struct PipeliningTests {
  @Test func answersPipelinedCommandsInOrder() async throws {
    try await withRelay { relay, port in
      let client = try RawClient.greeted(port: port)
      try client.send(
        "MAIL FROM:<a@b.example>\r\nRCPT TO:<k1@b.example>\r\nRCPT TO:<broken>\r\nDATA\r\nfirst\r\n.\r\n"
          + "MAIL FROM:<a@b.example>\r\nRCPT TO:<k2@b.example>\r\nDATA\r\nsecond\r\n.\r\nNOOP\r\nQUIT\r\nNOOP\r\n")
      let replies = try (0..<10).map { _ in try client.reply() }
      #expect(
        replies == [
          "250 2.1.0 Ok", "250 2.1.5 Ok", "501 5.1.3 Bad recipient address syntax",
          "354 End data with <CR><LF>.<CR><LF>", "250 2.0.0 Ok: queued as R000001", "250 2.1.0 Ok", "250 2.1.5 Ok",
          "354 End data with <CR><LF>.<CR><LF>", "250 2.0.0 Ok: queued as R000002", "250 2.0.0 Ok",
        ])
      #expect(try client.reply() == "221 2.0.0 Bye")
      #expect(client.sawEnd())  // the NOOP after QUIT has no answer
      #expect(relay.journal.map(\.bytes) == [Array("first\r\n".utf8), Array("second\r\n".utf8)])
    }
  }

  /// RFC 2920 §3.1: DATA that follows refused recipients; then the client's lone dot is an unknown command.
  @Test func refusesDataWhenEveryRecipientWasRefused() async throws {
    let plan = try FaultPlan(parsing: "unknown @b.example")
    try await withRelay(RelayOptions(faults: plan)) { _, port in
      let client = try RawClient.greeted(port: port)
      try client.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<k1@b.example>\r\nDATA\r\n")
      #expect(try client.reply() == "250 2.1.0 Ok")
      #expect(try client.reply() == "550 5.1.1 Recipient unknown")
      #expect(try client.reply() == "554 5.5.1 No valid recipients")
    }
  }

  @Test func keepsTheOrderBehindALateReply() async throws {
    let plan = try FaultPlan(parsing: "slow k1@b.example 100ms")
    try await withRelay(RelayOptions(faults: plan)) { relay, port in
      let client = try RawClient.greeted(port: port)
      try client.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<k1@b.example>\r\nDATA\r\n.\r\nVRFY x\r\n")
      for prefix in ["250 2.1.0", "250 2.1.5", "354"] { #expect(try client.reply().hasPrefix(prefix)) }
      let other = try RawClient.greeted(port: port)
      while relay.counts.taken == 0 { _ = try other.say("NOOP") }
      // The late reply is due by now; what comes in the meantime must not overtake it.
      try client.send("NOOP\r\n")
      for prefix in ["250 2.0.0 Ok: queued as R000001", "252 2.0.0", "250 2.0.0 Ok"] {
        #expect(try client.reply().hasPrefix(prefix))
      }
      #expect(relay.journal.map(\.answered) == [true])
    }
  }

  @Test func doesNotMindHowBytesAreCut() async throws {
    try await withRelay { relay, port in
      let client = try RawClient.greeted(port: port)
      let dialogue = "MAIL FROM:<a@b.example>\r\nRCPT TO:<k1@b.example>\r\nDATA\r\n"
      for byte in dialogue.utf8 { try client.send([byte]) }
      for prefix in ["250 2.1.0", "250 2.1.5", "354"] { #expect(try client.reply().hasPrefix(prefix)) }
      for byte in "..one\r\n.\u{20}\r\n...\r\n\r\n.\r\n".utf8 { try client.send([byte]) }
      #expect(try client.reply() == "250 2.0.0 Ok: queued as R000001")
      #expect(relay.journal.first?.bytes == Array(".one\r\n\u{20}\r\n..\r\n\r\n".utf8))
    }
  }
}
