import Foundation
import Rehearsal
import RelaySupport
import Testing

@Suite struct FaultTests {
  private let someone = "k1@kanzlei.example"

  private func relay(_ plan: String) throws -> RelayOptions { RelayOptions(faults: try FaultPlan(parsing: plan)) }

  /// The faults that are an answer, with the first, the second and the third answer a recipient gets.
  @Test(arguments: [
    ("greylist k1@kanzlei.example", "451 4.7.1 Greylisted, try again later", "250 ", "250 "),
    (
      "greylist k1@kanzlei.example 2", "451 4.7.1 Greylisted, try again later",
      "451 4.7.1 Greylisted, try again later", "250 "
    ),
    ("temporary K1@Kanzlei.Example 1", "450 4.2.1 Mailbox temporarily not available", "250 ", "250 "),
    ("full @kanzlei.example", "452 4.2.2 Mailbox full", "452 4.2.2 Mailbox full", "452 4.2.2 Mailbox full"),
    ("unknown 100%", "550 5.1.1 Recipient unknown", "550 5.1.1 Recipient unknown", "550 5.1.1 Recipient unknown"),
    (
      "reject kanzlei.example", "554 5.7.1 Message content rejected", "554 5.7.1 Message content rejected",
      "554 5.7.1 Message content rejected"
    ),
    (
      "greylist k1@kanzlei.example, full k1@kanzlei.example 1", "451 4.7.1 Greylisted, try again later",
      "452 4.2.2 Mailbox full", "250 "
    ),
    ("unknown @kanzlei.example, greylist k1@kanzlei.example", "451 4.7.1 Greylisted, try again later", "250 ", "250 "),
    ("unknown 100%, full @kanzlei.example 1", "452 4.2.2 Mailbox full", "250 ", "250 "),
    ("unknown @other.example, full other@kanzlei.example", "250 ", "250 ", "250 "),
  ]) func answers(_ plan: String, _ first: String, _ second: String, _ third: String) async throws {
    try await withRelay(relay(plan)) { relay, port in
      let client = try RawClient.greeted(port: port)
      var taken = 0
      for expected in [first, second, third] {
        #expect(try client.deliver(to: someone).hasPrefix(expected))
        #expect(try client.say("RSET") == "250 2.0.0 Ok")
        if expected == "250 " { taken += 1 }
      }
      #expect(relay.journal.count == taken)
      #expect(relay.counts.taken == taken)
      #expect(relay.counts.faults.values.reduce(0, +) == 3 - taken)
    }
  }

  @Test func countsAttemptsOfEachRecipientApart() async throws {
    try await withRelay(relay("greylist @kanzlei.example")) { _, port in
      let client = try RawClient.greeted(port: port)
      for expected in ["451 ", "250 "] {
        for number in 1...3 {
          #expect(try client.deliver(to: "k\(number)@kanzlei.example").hasPrefix(expected))
          _ = try client.say("RSET")
        }
      }
    }
  }

  @Test func doesNotCountAnAttemptThatWasGivenUp() async throws {
    try await withRelay(relay("reject k1@kanzlei.example 1")) { _, port in
      let client = try RawClient.greeted(port: port)
      _ = try client.say("MAIL FROM:<a@b.example>")
      _ = try client.say("RCPT TO:<\(someone)>")
      _ = try client.say("RSET")
      #expect(try client.deliver(to: someone).hasPrefix("554 "))
      #expect(try client.deliver(to: someone).hasPrefix("250 "))
    }
  }

  @Test func holdsALateReplyBackButNobodyElse() async throws {
    try await withRelay(relay("slow k1@kanzlei.example 60m")) { relay, port in
      let waiting = try RawClient.greeted(port: port)
      for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<\(someone)>", "DATA"] { _ = try waiting.say(line) }
      try waiting.send("slow\r\n.\r\n")
      let other = try RawClient.greeted(port: port)
      while relay.counts.taken == 0 { #expect(try other.say("NOOP") == "250 2.0.0 Ok") }
      #expect(try other.deliver(to: "k2@kanzlei.example") == "250 2.0.0 Ok: queued as R000002")
      #expect(relay.journal.map(\.answered) == [false, true])
      #expect(relay.counts.faults == ["slow": 1])
    }
  }

  @Test func givesALateReplyAfterItsTime() async throws {
    try await withRelay(relay("slow 100% 20ms")) { relay, port in
      let client = try RawClient.greeted(port: port)
      for number in 1...3 { #expect(try client.deliver(to: someone) == "250 2.0.0 Ok: queued as R00000\(number)") }
      #expect(relay.journal.map(\.answered) == [true, true, true])
    }
  }

  @Test func doesNotAnswerAClientThatHasGone() async throws {
    try await withRelay(relay("slow 100% 100ms")) { relay, port in
      do {
        let impatient = try RawClient.greeted(port: port)
        for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<\(someone)>", "DATA"] { _ = try impatient.say(line) }
        try impatient.send(".\r\n")
      }
      // Its own late reply comes after the time of the other one.
      let patient = try RawClient.greeted(port: port)
      while relay.counts.taken == 0 { _ = try patient.say("NOOP") }
      #expect(try patient.deliver(to: someone) == "250 2.0.0 Ok: queued as R000002")
      #expect(relay.journal.map(\.answered) == [false, true])
      #expect(relay.counts.connectionsOpen == 1)
    }
  }

  @Test(arguments: [("lost-reply", 1), ("lost-message", 0)])
  func losesTheFinalReply(_ fault: String, taken: Int) async throws {
    try await withRelay(relay("\(fault) k1@kanzlei.example")) { relay, port in
      let client = try RawClient.greeted(port: port)
      for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<\(someone)>", "DATA"] { _ = try client.say(line) }
      try client.send("Message-ID: <1@b.example>\r\n\r\nbody\r\n")
      try client.send(".\r\n")
      #expect(client.sawEnd())
      #expect(relay.journal.count == taken)
      #expect(relay.journal.allSatisfy { !$0.answered && $0.messageID == "<1@b.example>" && $0.bytes?.count == 35 })
      #expect(relay.counts.faults == [fault: 1])
      #expect(relay.counts.connectionsOpen == 0)
      #expect(try RawClient.greeted(port: port).deliver(to: someone) == "250 2.0.0 Ok: queued as R00000\(taken + 1)")
    }
  }

  @Test func cutsTheConnectionWithinTheMessage() async throws {
    try await withRelay(relay("cut-data k1@kanzlei.example")) { relay, port in
      let client = try RawClient.greeted(port: port)
      for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<\(someone)>", "DATA"] { _ = try client.say(line) }
      try client.send("Subject: no dot ever comes\r\n")
      #expect(client.sawEnd())
      #expect(relay.journal.isEmpty)
      #expect(try RawClient.greeted(port: port).deliver(to: someone).hasPrefix("250 "))
    }
  }

  @Test func shutsDownAtMailWhenPipelined() async throws {
    try await withRelay(relay("421 k1@kanzlei.example")) { relay, port in
      for expected in ["421 4.3.2 Service shutting down", "250 2.1.0 Ok"] {
        let client = try RawClient.greeted(port: port)
        try client.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<\(someone)>\r\nDATA\r\n")
        #expect(try client.reply() == expected)
        if expected.hasPrefix("421") { #expect(client.sawEnd()) }
      }
      #expect(relay.counts.faults == ["421": 1])
    }
  }

  @Test func shutsDownAtRecipientOtherwise() async throws {
    try await withRelay(relay("421 k1@kanzlei.example 2")) { relay, port in
      for expected in ["421 4.3.2 Service shutting down", "421 4.3.2 Service shutting down", "250 2.1.5 Ok"] {
        let client = try RawClient.greeted(port: port)
        #expect(try client.say("MAIL FROM:<a@b.example>") == "250 2.1.0 Ok")
        #expect(try client.say("RCPT TO:<\(someone)>") == expected)
        if expected.hasPrefix("421") { #expect(client.sawEnd()) }
      }
      #expect(relay.journal.isEmpty)
    }
  }

  @Test func limitsConnections() async throws {
    try await withRelay(relay("connections 2")) { relay, port in
      let first = try RawClient.greeted(port: port)
      let second = try RawClient.greeted(port: port)
      let third = try RawClient(port: port)
      #expect(try third.reply() == "421 4.7.0 Too many connections")
      #expect(third.sawEnd())
      #expect(try first.say("QUIT") == "221 2.0.0 Bye")
      // The place is free as soon as the reply to QUIT is out, even while the client's side is still open.
      let fourth = try RawClient.greeted(port: port)
      #expect(try fourth.say("NOOP") == "250 2.0.0 Ok")
      #expect(try second.say("NOOP") == "250 2.0.0 Ok")
      #expect(relay.counts.connections == 3)
      #expect(relay.counts.connectionsRefused == 1)
      #expect(relay.counts.connectionsOpen == 2)
    }
  }

  @Test func refusesEverything() async throws {
    try await withRelay(relay("refuse-all")) { relay, port in
      let client = try RawClient.greeted(port: port)
      #expect(try client.deliver(to: someone) == "554 5.7.1 Sender rejected: this relay takes nothing")
      relay.refuseEverything(false)
      #expect(try client.deliver(to: someone).hasPrefix("250 "))
      relay.refuseEverything(true)
      #expect(try client.deliver(to: someone).hasPrefix("554 "))
    }
  }
}
