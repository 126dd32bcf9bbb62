import Foundation
import RelaySupport
import TestSupport
import Testing

/// The relay of a real rehearsal, spoken to over connections of the test's own.
///
/// The rehearsal's own letter hangs at RCPT and is never taken, so every letter counted is one of these.
@Suite struct RehearsalFaultTests {
  private func rehearsing(_ faults: String, _ body: (_ port: Int) async throws -> Void) async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(1, seed: 3),
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\"", "connections: 1"])
      let contact = campaign.customers[0].contact
      try await EilbriefProcess.running(
        "rehearse", campaign.name, "--faults", "hang at rcpt for \(contact), \(faults)", queue: queue
      ) { rehearsal in
        try await eventually("the relay listens") {
          guard rehearsal.isRunning else { throw HarnessError(rehearsal.errorsSoFar) }
          return try !ListeningPort.all(of: rehearsal.child.identifier).isEmpty
        }
        let ports = try ListeningPort.all(of: rehearsal.child.identifier)
        #expect(ports.count == 1)
        try await body(ports[0])
        #expect(rehearsal.isRunning, "\(rehearsal.errorsSoFar)")
      }
    }
  }

  @Test func sessionsAreLimited() async throws {
    try await rehearsing("session-limit 2 with 451") { port in
      for _ in 0..<2 {
        let client = try RawClient.greeted(port: port)
        for _ in 0..<2 { #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 ")) }
        #expect(try client.deliver(to: "k1@b.example") == "451 4.4.5 Mails per session limit")
        #expect(client.sawEnd())
      }
    }
  }

  @Test func quotasAndThrottlesHoldUntilTheirWindowMovesOn() async throws {
    try await rehearsing("quota 3/2h with 550, throttle 1/s at mail") { port in
      let client = try RawClient.greeted(port: port)
      var taken = 0
      // The rehearsal's own RCPT does not count either: a recipient with a fault is not accepted.
      try await eventually("the quota is used up") {
        let reply = try client.deliver(to: "k1@b.example")
        _ = try client.say("RSET")
        if reply.hasPrefix("250 ") { taken += 1 }
        if reply.hasPrefix("454 ") {
          #expect(reply == "454 4.7.0 Throttling failure: Maximum sending rate exceeded")
        }
        return reply == "550 5.4.5 Daily user sending limit exceeded"
      }
      #expect(taken == 3)
    }
  }

  @Test func connectionsAreLimited() async throws {
    try await rehearsing("connections 2 with 432") { port in
      // The rehearsal has the one, this client the other; it may have come first.
      var client = try RawClient(port: port)
      try await eventually("there is room for one more") {
        if try client.reply().hasPrefix("220 ") { return true }
        client = try RawClient(port: port)
        return false
      }
      try await eventually("both are taken") {
        let third = try RawClient(port: port)
        let reply = try third.reply()
        if reply.hasPrefix("220 ") { return false }
        #expect(reply == "432 4.3.2 Concurrent connections limit exceeded")
        #expect(third.sawEnd())
        return true
      }
      #expect(try client.say("NOOP") == "250 2.0.0 Ok")
    }
  }

  @Test func aRelayThatGoesAwayComesBackOnItsPort() async throws {
    try await rehearsing("away 2s after 1") { port in
      let idle = try RawClient.greeted(port: port)
      let client = try RawClient.greeted(port: port)
      #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
      #expect(client.sawEnd() && idle.sawEnd())
      try await eventually("it is back") { (try? RawClient.greeted(port: port)) != nil }
      let again = try RawClient.greeted(port: port)
      #expect(try again.deliver(to: "k1@b.example").hasPrefix("250 "))
    }
  }

  @Test func recipientsAreRefusedByPolicy() async throws {
    try await rehearsing(
      "refuse partner.example with 550 5.7.133 \"Only senders inside, please\", greylist 1h for slow.example"
    ) { port in
      let client = try RawClient.greeted(port: port)
      for _ in 0..<2 {
        #expect(try client.deliver(to: "k1@partner.example") == "550 5.7.133 Only senders inside, please")
        _ = try client.say("RSET")
        #expect(try client.deliver(to: "k1@slow.example").hasPrefix("450 4.2.0 Greylisted, try again in 3"))
        _ = try client.say("RSET")
        #expect(try client.deliver(to: "k1@b.example").hasPrefix("250 "))
      }
    }
  }

  /// libcurl as the client: a judge that is not ours.
  @Test func anotherProgramIsToldTheSame() async throws {
    try await rehearsing("size 100000, quota 1/h, pipelining off") { port in
      try await TemporaryFolder.with { folder in
        func send(_ size: Int) async throws -> ChildProcess.Outcome {
          let letter = folder.appendingPathComponent("letter")
          try Data(("Subject: x\r\n\r\n" + String(repeating: "y", count: size) + "\r\n").utf8).write(to: letter)
          return try await ChildProcess.run(
            "curl",
            [
              "--silent", "--verbose", "smtp://127.0.0.1:\(port)", "--mail-from", "a@b.example", "--mail-rcpt",
              "k1@b.example", "--upload-file", letter.path,
            ])
        }
        let large = try await send(200_000)
        #expect(large.status == 55 && large.errors.contains("< 552 5.3.4 Message too big"), "\(large.errors)")
        #expect(large.errors.contains("< 250-SIZE 100000") && !large.errors.contains("PIPELINING"))
        #expect(try await send(100).status == 0)
        let third = try await send(100)
        #expect(third.status != 0 && third.errors.contains("< 452 4.5.3 Mail send limit exceeded"), "\(third.errors)")
      }
    }
  }

  @Test func aPlanThatIsWrongSaysWhereAndWhatCanBeWritten() async throws {
    try await TemporaryFolder.with { queue in
      let campaign = try TestCampaign(
        in: queue, customers: GeneratedCustomer.customers(1, seed: 3),
        relay: ["name: main", "url: \"smtp://127.0.0.1:1\""])
      let outcome = try await EilbriefProcess.run(
        "rehearse", campaign.name, "--faults", "session-limit 10, quota 100/week", queue: queue)
      #expect(outcome.status == 64)
      #expect(
        outcome.errors == """
          eilbrief: --faults: fault plan, line 1, column 25, rule 2 "quota 100/week": "100/week" is not a rate; write a \
          count and a period in s, min, h or d, such as 100/h, 5/s or 250/10min. The form is: quota COUNT/PERIOD [at \
          mail|rcpt|data|final] [with REPLY]

          """)
    }
  }
}
