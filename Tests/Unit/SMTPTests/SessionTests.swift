import Campaigns
import Delivery
import Foundation
import Mail
import SMTP
import Testing

/// What a session does beside the dialogue: threads, sockets, cancellation, addresses of relays.
@Suite(.serialized) struct SessionTests {
  private func transport(_ timeouts: Timeouts = Timeouts()) -> CurlTransport {
    CurlTransport(passwords: [:], clientName: "sender.example", timeouts: timeouts, clock: ContinuousClock())
  }

  private func relay(port: Int, host: String = "127.0.0.1") -> Relay {
    Relay(name: "main", host: host, port: port, tls: .none)
  }

  private func message(_ result: Result<RelayCapabilities, RelayUnavailable>) -> String? {
    if case .failure(let trouble) = result { trouble.message } else { nil }
  }

  @Test func refusedConnectionNamesTheRelay() async throws {
    let (socket, port) = try Loopback.listen()
    close(socket)
    let session = transport().makeSession(relay: relay(port: port))
    let result = await session.open()
    #expect(describe(result) == "unreachable at connect")
    #expect(message(result)?.hasPrefix("127.0.0.1:\(port): no connection (Connection refused).") == true)
  }

  @Test func unknownHost() async {
    let session = transport().makeSession(relay: relay(port: 25, host: "relay.invalid"))
    let result = await session.open()
    #expect(describe(result) == "unreachable at connect")
    #expect(message(result)?.hasPrefix("relay.invalid:25: the host name cannot be resolved.") == true)
  }

  @Test(arguments: ["::1", "[::1]"]) func addressesOfVersion6AreBracketed(_ host: String) async throws {
    let session = transport().makeSession(relay: relay(port: 1, host: host))
    #expect(message(await session.open())?.hasPrefix("[::1]:1: ") == true)
  }

  @Test func userNameWithoutPasswordConnectsNowhere() async {
    var relay = relay(port: 1)
    relay.username = "anna"
    let result = await transport().makeSession(relay: relay).open()
    #expect(describe(result) == "authentication at auth")
    #expect(message(result)?.contains("password_file") == true)
  }

  @Test func sendingUnopenedIsNotStarted() async throws {
    let session = transport().makeSession(relay: relay(port: 1))
    let envelope = Envelope(sender: try EmailAddress("a@b.example"), recipient: try EmailAddress("c@d.example"))
    let result = await session.send(envelope, message: [], encoding: .quotedPrintable)
    #expect(describe(result) == "not started")
    await session.close()
  }

  @Test func openingIsGivenUpWhenItsTaskIsCancelled() async throws {
    // The greeting never comes, and nothing but the cancellation could end the wait.
    let relay = try ScriptedRelay([.signal, .stall])
    let session = transport(Timeouts(greeting: .seconds(3600))).makeSession(relay: self.relay(port: relay.port))
    let opening = Task { await session.open() }
    await relay.waitForSignal()
    opening.cancel()
    let result = describe(await opening.value)
    #expect(result.hasPrefix("busy at "))
    let complaint = await relay.finish()
    #expect(complaint == nil)
  }

  @Test func sendingIsFinishedWhenItsTaskIsCancelled() async throws {
    let relay = try ScriptedRelay([
      .say(Array("220 relay\r\n".utf8)), .hear("EHLO *"), .say(Array("250 relay\r\n".utf8)), .hear("MAIL *"), .signal,
      .pause, .say(Array("250 ok\r\n".utf8)), .hear("RCPT *"), .say(Array("250 ok\r\n".utf8)), .hear("DATA"),
      .say(Array("354 go\r\n".utf8)), .hearMessage(nil), .say(Array("250 ok\r\n".utf8)),
    ])
    let session = transport().makeSession(relay: self.relay(port: relay.port))
    let opened = describe(await session.open())
    #expect(opened == "ok")
    let envelope = Envelope(sender: try EmailAddress("a@b.example"), recipient: try EmailAddress("c@d.example"))
    let sending = Task { await session.send(envelope, message: Array("a\r\n".utf8), encoding: .quotedPrintable) }
    await relay.waitForSignal()
    sending.cancel()
    relay.resume()
    let result = describe(await sending.value)
    #expect(result == "accepted at final 250")
  }

  @Test func sessionsLeaveNoThreadAndNoSocket() async throws {
    let transport = transport()
    // The first session brings up what stays for good.
    try await openAndClose(transport, times: 1)
    let sockets = Self.entries("/proc/self/fd")
    try await openAndClose(transport, times: 20)
    try await openAndDrop(transport, times: 20)
    // Other suites open sockets at the same time, but not twenty, and a leak would be forty.
    #expect(Self.entries("/proc/self/fd") < sockets + 20)
    try await waitForSessionThreads(0)
  }

  /// A thread ends by itself, soon after its session.
  private func waitForSessionThreads(_ expected: Int) async throws {
    for _ in 0..<4000 where Self.sessionThreads() != expected { try await Task.sleep(for: .milliseconds(5)) }
    #expect(Self.sessionThreads() == expected)
  }

  /// One session, reopened.
  private func openAndClose(_ transport: CurlTransport, times: Int) async throws {
    let greeting: [DialogueFile.RelayStep] = [
      .say(Array("220 relay\r\n".utf8)), .hear("EHLO *"), .say(Array("250 relay\r\n".utf8)), .hear("QUIT"),
      .say(Array("221 bye\r\n".utf8)),
    ]
    let script = Array((0..<times).map { $0 == 0 ? greeting : [.connection] + greeting }.joined())
    let relay = try ScriptedRelay(script)
    let session = transport.makeSession(relay: leakRelay(port: relay.port))
    for _ in 0..<times {
      let opened = describe(await session.open())
      #expect(opened == "ok")
      // The thread of the connection before ends by itself, soon after it.
      try await waitForSessionThreads(1)
      await session.close()
    }
    let complaint = await relay.finish()
    #expect(complaint == nil)
  }

  /// Many sessions, released while they are open.
  private func openAndDrop(_ transport: CurlTransport, times: Int) async throws {
    let greeting: [DialogueFile.RelayStep] = [
      .say(Array("220 relay\r\n".utf8)), .hear("EHLO *"), .say(Array("250 relay\r\n".utf8)), .stall,
    ]
    let relay = try ScriptedRelay(Array((0..<times).map { $0 == 0 ? greeting : [.connection] + greeting }.joined()))
    for _ in 0..<times {
      let opened = describe(await transport.makeSession(relay: leakRelay(port: relay.port)).open())
      #expect(opened == "ok")
    }
    let complaint = await relay.finish()
    #expect(complaint == nil)
  }

  private func leakRelay(port: Int) -> Relay {
    Relay(name: "leak", host: "127.0.0.1", port: port, tls: .none)
  }

  private static func entries(_ folder: String) -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
  }

  /// Threads of sessions with the relay named `leak`.
  private static func sessionThreads() -> Int {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.filter { task in
      (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8))?.hasPrefix("smtp leak") == true
    }.count
  }
}
