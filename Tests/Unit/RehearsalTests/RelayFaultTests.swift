import Rehearsal
import RelaySupport
import TestSupport
import Testing

/// The faults of the whole relay, over real connections, with a time that passes only when the test says so.
@Suite struct RelayFaultTests {
  private let time = ManualTime()

  private func withRelay<Value: Sendable>(
    _ plan: String, _ body: (_ relay: RehearsalRelay, _ port: Int) async throws -> Value
  ) async throws -> Value {
    try await RelaySupport.withRelay(faults: plan, now: { [time] in time.now }, body)
  }

  @Test(arguments: [
    ("session-limit 2", "421 4.4.5 Maximum message count per session reached"),
    ("session-limit 2 with 451", "451 4.4.5 Mails per session limit"),
    (
      "session-limit 2 with 451 \"Requested action aborted\" \"Mails per session limit\"",
      "451-Requested action aborted\n451 Mails per session limit"
    ),
  ]) func endsASessionAfterItsLetters(_ plan: String, _ reply: String) async throws {
    try await withRelay(plan) { relay, port in
      for round in 0..<2 {
        let client = try RawClient.greeted(port: port)
        // A letter that was given up, or never sent, is none.
        _ = try client.say("MAIL FROM:<a@b.example>")
        #expect(try client.say("RSET") == "250 2.0.0 Ok")
        for _ in 0..<2 { #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 ")) }
        #expect(try client.say("NOOP") == "250 2.0.0 Ok")
        #expect(try client.say("MAIL FROM:<a@b.example>") == reply)
        #expect(client.sawEnd())
        #expect(relay.counts.faults == ["session-limit": round + 1])
      }
      #expect(relay.counts.taken == 4)
    }
  }

  @Test func countsAQuotaOverAllConnections() async throws {
    try await withRelay("quota 3/h") { relay, port in
      let clients = try (0..<3).map { _ in try RawClient.greeted(port: port) }
      for client in clients { #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 ")) }
      for client in clients {
        #expect(try client.deliver(to: "k1@b.example") == "452 4.5.3 Mail send limit exceeded")
        #expect(try client.say("RSET") == "250 2.0.0 Ok")
        time.pass(.seconds(1000))
      }
      time.pass(.seconds(599))
      #expect(try clients[0].deliver(to: "k1@b.example") == "452 4.5.3 Mail send limit exceeded")
      _ = try clients[0].say("RSET")
      time.pass(.seconds(1))
      #expect(try clients[0].deliver(to: "k1@b.example").hasPrefix("250 "))
      #expect(relay.counts.faults == ["quota": 4] && relay.counts.taken == 4)
    }
  }

  /// A quota with 421 closes the connection, as every 421 does.
  @Test(arguments: [
    ("quota 1/d at mail with 550", ["MAIL FROM:<a@b.example>"], "550 5.4.5 Daily user sending limit exceeded"),
    (
      "quota 1/d with 421", ["MAIL FROM:<a@b.example>", "RCPT TO:<k2@b.example>"], "421 4.5.3 Mail send limit exceeded"
    ),
    (
      "throttle 1/s", ["MAIL FROM:<a@b.example>", "RCPT TO:<k2@b.example>", "DATA"],
      "454 4.7.0 Throttling failure: Maximum sending rate exceeded"
    ),
    (
      "quota 1/d at final with 550", ["MAIL FROM:<a@b.example>", "RCPT TO:<k2@b.example>", "DATA", "."],
      "550 5.4.5 Daily user sending limit exceeded"
    ),
  ]) func refusesAtThePhaseItIsTold(_ plan: String, _ lines: [String], _ reply: String) async throws {
    try await withRelay(plan) { relay, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
      let replies = try lines.map { try client.say($0) }
      #expect(replies.last == reply)
      for earlier in replies.dropLast() { #expect(earlier.hasPrefix("250 ") || earlier.hasPrefix("354 ")) }
      if reply.hasPrefix("421") {
        #expect(client.sawEnd())
      } else {
        #expect(try client.say("RSET") == "250 2.0.0 Ok")
      }
      #expect(relay.counts.taken == 1)
    }
  }

  @Test func turnsAwayWithTheReplyOfThePlan() async throws {
    try await withRelay("connections 1 with 432") { relay, port in
      let first = try RawClient.greeted(port: port)
      let second = try RawClient(port: port)
      #expect(try second.reply() == "432 4.3.2 Concurrent connections limit exceeded")
      #expect(second.sawEnd())
      #expect(try first.say("QUIT") == "221 2.0.0 Bye")
      _ = try RawClient.greeted(port: port)
      #expect(relay.counts.connectionsRefused == 1 && relay.counts.faults == ["connections": 1])
    }
  }

  @Test func refusesARecipientAlways() async throws {
    try await withRelay(
      "refuse k1@kanzlei.example, refuse partner.example with 550 5.7.1 \"Known senders only\", refuse-all with 450"
    ) { relay, port in
      relay.refuseEverything(false)
      let client = try RawClient.greeted(port: port)
      for _ in 0..<3 {
        #expect(
          try client.deliver(to: "K1@kanzlei.example")
            == "550 5.7.133 Sender not authenticated for this recipient: known senders only")
        _ = try client.say("RSET")
        #expect(try client.deliver(to: "any@partner.example") == "550 5.7.1 Known senders only")
        _ = try client.say("RSET")
        #expect(try client.deliver(to: "k2@kanzlei.example").hasPrefix("250 "))
      }
      #expect(relay.counts.faults == ["refuse": 6])
      relay.refuseEverything(true)
      #expect(try client.deliver(to: "k2@kanzlei.example") == "450 4.7.1 Sender rejected: this relay takes nothing")
    }
  }

  @Test func answersOtherFaultsWithTheReplyOfThePlan() async throws {
    try await withRelay(
      """
      unknown k1@b.example with 550 "No such user", reject k2@b.example with 550 5.7.1 "Spam", 421 k3@b.example with 421 4.7.0
      full k4@b.example with 421
      """
    ) { _, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.deliver(to: "k1@b.example") == "550 No such user")
      _ = try client.say("RSET")
      #expect(try client.deliver(to: "k2@b.example") == "550 5.7.1 Spam")
      #expect(try client.deliver(to: "k3@b.example") == "421 4.7.0 Service shutting down")
      #expect(client.sawEnd())
      let other = try RawClient.greeted(port: port)
      #expect(try other.deliver(to: "k4@b.example") == "421 4.2.2 Mailbox full")
      #expect(other.sawEnd())
    }
  }

  @Test func offersTheSizeOfThePlan() async throws {
    try await withRelay("size 100") { relay, port in
      let client = try RawClient(port: port)
      _ = try client.reply()
      #expect(try client.say("EHLO client.example").contains("\n250-SIZE 100\n"))
      #expect(try client.say("MAIL FROM:<a@b.example> SIZE=101") == "552 5.3.4 Message too big")
      #expect(try client.say("MAIL FROM:<a@b.example> SIZE=100") == "250 2.1.0 Ok")
      _ = try client.say("RSET")
      let text = String(repeating: "x", count: 99)
      #expect(try client.deliver(to: "k1@b.example", text + "\r\n") == "552 5.3.4 Message too big")
      #expect(try client.deliver(to: "k1@b.example", text.dropFirst() + "\r\n").hasPrefix("250 "))
      #expect(relay.counts.faults == ["size": 2] && relay.counts.taken == 1)
    }
  }

  @Test func doesNotOfferPipelining() async throws {
    try await withRelay("pipelining off") { _, port in
      let client = try RawClient(port: port)
      _ = try client.reply()
      #expect(try !client.say("EHLO client.example").contains("PIPELINING"))
      #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
    }
  }

  @Test func swallowsWhatComesWithACommand() async throws {
    try await withRelay("pipelining swallow") { relay, port in
      let client = try RawClient(port: port)
      _ = try client.reply()
      #expect(try client.say("EHLO client.example").contains("PIPELINING"))
      try client.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<k1@b.example>\r\nDATA\r\n")
      #expect(try client.reply() == "250 2.1.0 Ok")
      #expect(client.staysSilent(for: .milliseconds(300)))
      // One by one everything is well.
      #expect(try client.say("RSET") == "250 2.0.0 Ok")
      #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
      // So is the end of a line that was cut on its way no command.
      try client.send("NOOP\r\nRC")
      #expect(try client.reply() == "250 2.0.0 Ok")
      try client.send("PT TO:<k1@b.example>\r\n")
      #expect(try client.say("VRFY x").hasPrefix("252 "))
      #expect(relay.counts.faults == ["pipelining": 2] && relay.counts.taken == 1)
    }
  }

  @Test(arguments: [
    ("hang at greeting", 0), ("hang at ehlo", 1), ("hang at mail", 2), ("hang at rcpt", 3),
    ("hang at data for k1@b.example", 4), ("hang at final for 100%", 5),
  ]) func neverAnswersAtAPhase(_ plan: String, _ replies: Int) async throws {
    try await withRelay(plan) { relay, port in
      let client = try RawClient(port: port)
      let lines = ["", "EHLO c.example", "MAIL FROM:<a@b.example>", "RCPT TO:<k1@b.example>", "DATA", "text\r\n."]
      for line in lines[...replies] where !line.isEmpty {
        #expect(try !client.reply().isEmpty)
        try client.send(line + "\r\n")
      }
      #expect(client.staysSilent(for: .milliseconds(300)))
      try? client.send("NOOP\r\n")
      #expect(client.staysSilent(for: .milliseconds(100)))
      #expect(relay.counts.faults == ["hang": 1])
      #expect(relay.journal.isEmpty && relay.counts.connectionsOpen == 1)
    }
  }

  @Test func aClientThatHangsUpEndsItsWait() async throws {
    try await withRelay("hang at rcpt for k1@b.example 1") { relay, port in
      do {
        let client = try RawClient.greeted(port: port)
        _ = try client.say("MAIL FROM:<a@b.example>")
        try client.send("RCPT TO:<k1@b.example>\r\n")
        try await eventually("it hangs") { relay.counts.faults["hang"] == 1 }
      }
      try await eventually("the connection is gone") { relay.counts.connectionsOpen == 0 }
      #expect(try RawClient.greeted(port: port).deliver(to: "k1@b.example").hasPrefix("250 "))
    }
  }

  @Test func isAwayForItsTimeAndComesBackOnTheSamePort() async throws {
    try await withRelay("away 30s after 2, away 1h after 3") { relay, port in
      let idle = try RawClient.greeted(port: port)
      let inLetter = try RawClient.greeted(port: port)
      for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<k9@b.example>", "DATA"] { _ = try inLetter.say(line) }
      let client = try RawClient.greeted(port: port)
      for number in 1...2 {
        #expect(try client.deliver(to: "k1@b.example") == "250 2.0.0 Ok: queued as R00000\(number)")
      }
      for broken in [client, idle, inLetter] { #expect(broken.sawEnd()) }
      for _ in 0..<3 {
        #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
        time.pass(.seconds(9))
        await relay.catchUp()
      }
      time.pass(.seconds(3))
      await relay.catchUp()
      let again = try RawClient.greeted(port: port)
      #expect(try again.deliver(to: "k1@b.example") == "250 2.0.0 Ok: queued as R000003")
      #expect(again.sawEnd())
      #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
      // It notices by itself, too.
      time.pass(.seconds(3600))
      try await eventually("it is back") { (try? RawClient.greeted(port: port)) != nil }
      #expect(relay.counts.faults == ["away": 2] && relay.counts.taken == 3)
      #expect(relay.journal.map(\.answered) == [true, true, true])
    }
  }

  /// The letter that was the last has no reply when its reply is late or lost.
  @Test(arguments: ["slow k1@b.example 50ms", "lost-reply k1@b.example"])
  func takesAReplyThatIsNotOutWithIt(_ fault: String) async throws {
    try await withRelay("\(fault), away 1m after 1") { relay, port in
      let client = try RawClient.greeted(port: port)
      for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<k1@b.example>", "DATA"] { _ = try client.say(line) }
      try client.send(".\r\n")
      #expect(client.sawEnd())
      #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
      time.pass(.seconds(60))
      await relay.catchUp()
      let other = try RawClient.greeted(port: port)
      #expect(other.staysSilent(for: .milliseconds(100)))
      #expect(relay.journal.map(\.answered) == [false])
      #expect(relay.counts.connectionsOpen == 1)
    }
  }

  @Test func triesAgainWhenItsPortIsTaken() async throws {
    try await withRelay("away 1m after 1") { relay, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
      #expect(client.sawEnd())
      let other = try RehearsalRelay(RelayOptions(port: port))
      _ = try await other.start()
      time.pass(.seconds(60))
      await relay.catchUp()
      #expect(relay.counts.connections == 1)
      await other.stop()
      try await eventually("it is back") {
        _ = try? RawClient.greeted(port: port)
        return relay.counts.connections == 2
      }
    }
  }

  /// The letters of a client that sends several in one go: what comes after the one that was the last is lost.
  @Test func aPipelinedLetterAfterTheLastIsNotTaken() async throws {
    try await withRelay("away 1m after 1") { relay, port in
      let client = try RawClient.greeted(port: port)
      let letter = "MAIL FROM:<a@b.example>\r\nRCPT TO:<k1@b.example>\r\nDATA\r\nx\r\n.\r\n"
      try client.send(letter + letter)
      let replies = try (0..<4).map { _ in try client.reply().prefix(3) }
      #expect(replies == ["250", "250", "354", "250"])
      #expect(client.sawEnd())
      #expect(relay.counts.taken == 1)
    }
  }

  /// A relay that is stopped while it is away stays stopped, and one that is started again is there.
  @Test func canBeStoppedWhileItIsAway() async throws {
    let relay = try RehearsalRelay(
      RelayOptions(faults: FaultPlan(parsing: "away 1h after 1"), now: { [time] in time.now }))
    let port = try await relay.start()
    let client = try RawClient.greeted(port: port)
    #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
    #expect(client.sawEnd())
    await relay.stop()
    time.pass(.seconds(3600))
    await relay.catchUp()
    #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
    let next = try await relay.start()
    #expect(try RawClient.greeted(port: next).deliver(to: "k1@b.example").hasPrefix("250 "))
    await relay.stop()
  }

  /// Without a time of its own the relay goes by that of its thread.
  @Test func hasATimeOfItsOwn() async throws {
    try await RelaySupport.withRelay(faults: "quota 1/2s, away 200ms after 2") { _, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
      try await eventually("there is room again") {
        let reply = try client.deliver(to: "k1@b.example")
        _ = try? client.say("RSET")
        return reply.hasPrefix("250 ")
      }
      try await eventually("it is back") { (try? RawClient.greeted(port: port)) != nil }
    }
  }
}
