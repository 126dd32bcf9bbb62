import Rehearsal
import RelaySupport
import Testing

@Suite struct StopTests {
  @Test func closesEveryConnectionWhateverItIsAt() async throws {
    let relay = try RehearsalRelay(RelayOptions(faults: FaultPlan(parsing: "slow k1@b.example 60m")))
    let port = try await relay.start()
    let idle = try RawClient.greeted(port: port)
    let inMessage = try RawClient.greeted(port: port)
    for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<k2@b.example>", "DATA"] { _ = try inMessage.say(line) }
    try inMessage.send("half a mess")
    let waiting = try RawClient.greeted(port: port)
    for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<k1@b.example>", "DATA"] { _ = try waiting.say(line) }
    try waiting.send(".\r\n")
    while relay.counts.taken == 0 { _ = try idle.say("NOOP") }
    let leaving = try RawClient.greeted(port: port)
    _ = try leaving.say("QUIT")
    await relay.stop()
    for client in [idle, inMessage, waiting, leaving] { #expect(client.sawEnd()) }
    #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
    #expect(relay.journal.map(\.answered) == [false])
    #expect(relay.counts.connectionsOpen == 0)
    await relay.stop()  // nothing to do
  }

  @Test func startsAgainOnTheSamePortAndGoesOn() async throws {
    let first = try RehearsalRelay()
    let port = try await first.start()
    await #expect(throws: RelayError.alreadyRunning) { try await first.start() }
    _ = try RawClient.greeted(port: port).deliver(to: "k1@b.example")
    await first.stop()
    let second = try RehearsalRelay(RelayOptions(port: port))
    #expect(try await second.start() == port)
    _ = try RawClient.greeted(port: port).deliver(to: "k1@b.example")
    await second.stop()
    #expect(try await second.start() == port)
    #expect(try RawClient.greeted(port: port).deliver(to: "k1@b.example") == "250 2.0.0 Ok: queued as R000002")
    await second.stop()
  }

  @Test func saysThatAPortIsTaken() async throws {
    try await withRelay { _, port in
      let relay = try RehearsalRelay(RelayOptions(port: port))
      await #expect(throws: RelayError.port(port, reason: "Address already in use")) { try await relay.start() }
      await relay.stop()
    }
  }

  private final class Token: Sendable {}

  /// Everything a relay makes holds on to its callback, so the callback's own token shows what is left of it.
  @Test func leavesNothingBehind() async throws {
    weak var left: Token?
    do {
      let token = Token()
      left = token
      let options = RelayOptions(faults: try FaultPlan(parsing: "slow k1@b.example 60m"), keeping: .envelopes)
      let note: @Sendable (TakenMessage) -> Void = { _ in _ = token }
      let clients = try await withRelay(options, onTaken: note) { relay, port in
        let waiting = try RawClient.greeted(port: port)
        for line in ["MAIL FROM:<a@b.example>", "RCPT TO:<k1@b.example>", "DATA"] { _ = try waiting.say(line) }
        try waiting.send(".\r\n")
        let leaving = try RawClient.greeted(port: port)
        _ = try leaving.say("QUIT")
        let idle = try RawClient.greeted(port: port)
        while relay.counts.taken == 0 { _ = try idle.say("NOOP") }
        return [waiting, leaving, idle].count
      }
      #expect(clients == 3)
    }
    #expect(left == nil)
  }

  @Test func servesManyClientsAtOnce() async throws {
    try await withRelay(RelayOptions(keeping: .envelopes)) { relay, port in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<8 {
          group.addTask {
            let connection = try RawClient.greeted(port: port)
            for number in 0..<100 {
              #expect(
                try connection.deliver(to: "k\(client)-\(number)@b.example").hasPrefix("250 2.0.0 Ok: queued as R"))
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(relay.journal.map(\.order) == Array(1...800))
      #expect(Set(relay.journal.map(\.recipients)).count == 800)
      #expect(relay.counts.connections == 8)
    }
  }
}
