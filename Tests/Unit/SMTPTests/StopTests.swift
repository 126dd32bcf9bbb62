import Campaigns
import Delivery
import Foundation
import Mail
import SMTP
import Testing

/// Stop means stop, wherever the relay hangs: through the real libcurl, against relays that say nothing more. All limits are
/// those of a delivery, minutes long, so that only the order to stop can end a wait.
@Suite struct StopTests {
  /// A place at which a relay falls silent.
  struct Hang: CustomTestStringConvertible {
    let name: String
    let steps: [DialogueFile.RelayStep]
    let result: String
    var size = 100
    var testDescription: String { name }
  }

  private static func say(_ text: String) -> DialogueFile.RelayStep { .say(Array((text + "\r\n").utf8)) }
  private static let greeting: [DialogueFile.RelayStep] = [say("220 relay"), .hear("EHLO *"), say("250 relay")]
  private static let pipelined: [DialogueFile.RelayStep] = [
    say("220 relay"), .hear("EHLO *"), say("250-relay"), say("250 PIPELINING"),
  ]
  private static let toDATA: [DialogueFile.RelayStep] =
    greeting + [.hear("MAIL *"), say("250 ok"), .hear("RCPT *"), say("250 ok"), .hear("DATA")]

  static let hangs: [Hang] = [
    Hang(name: "MAIL", steps: greeting + [.hear("MAIL *"), .signal, .stall], result: "stopped at mail"),
    Hang(
      name: "RCPT", steps: greeting + [.hear("MAIL *"), say("250 ok"), .hear("RCPT *"), .signal, .stall],
      result: "stopped at rcpt"),
    Hang(
      name: "RCPT, pipelined",
      steps: pipelined + [.hear("MAIL *"), say("250 ok"), .hear("RCPT *"), .hear("DATA"), .signal, .stall],
      result: "stopped at rcpt"),
    Hang(name: "DATA", steps: toDATA + [.signal, .stall], result: "stopped at data"),
    Hang(
      name: "DATA, within its reply", steps: toDATA + [.say(Array("354".utf8)), .signal, .stall],
      result: "stopped at data"),
    // Takes nothing of a letter that is larger than what the systems keep.
    Hang(
      name: "the letter itself", steps: toDATA + [say("354 go on"), .signal, .pause, .close], result: "stopped at data",
      size: 40_000_000),
    // The refusal counts, whatever becomes of the connection.
    Hang(
      name: "RSET",
      steps: greeting + [
        .hear("MAIL *"), say("250 ok"), .hear("RCPT *"), say("550 no"), .hear("RSET"), .signal, .stall,
      ],
      result: "refused at rcpt 550"),
    Hang(
      name: "the final dot", steps: toDATA + [say("354 go on"), .hearMessage(nil), .signal, .stall],
      result: "stopped at final after the dot"),
    Hang(
      name: "the final dot, within its reply",
      steps: toDATA + [say("354 go on"), .hearMessage(nil), .say(Array("250-2.0.0 on the".utf8)), .signal, .stall],
      result: "stopped at final after the dot"),
  ]

  private func session(
    port: Int, _ control: SessionControl, _ timeouts: Timeouts = Timeouts(quit: .seconds(300)),
    pipelining: Bool = true, tls: Relay.TLS = .none, user: String? = nil
  ) -> any Session {
    CurlTransport(
      passwords: user == nil ? [:] : ["main": Password("secret")!], clientName: "sender.example", timeouts: timeouts,
      clock: ContinuousClock()
    ).makeSession(
      relay: Relay(name: "main", host: "127.0.0.1", port: port, tls: tls, username: user, pipelining: pipelining),
      control: control)
  }

  private func send(_ session: any Session, size: Int = 100) async throws -> SendResult {
    let line = Array(repeating: UInt8(ascii: "x"), count: 98) + [13, 10]
    return await session.send(
      Envelope(sender: try EmailAddress("a@b.example"), recipient: try EmailAddress("c@d.example")),
      message: Array(repeatElement(line, count: size / 100).joined()), encoding: .quotedPrintable)
  }

  /// Fails when `body` has waited for the relay: its limits are ten times as long.
  private func requireSoon<Value>(_ body: () async throws -> Value) async rethrows -> Value {
    let start = ContinuousClock.now
    let value = try await body()
    #expect(ContinuousClock.now - start < .seconds(100))
    return value
  }

  @Test(arguments: hangs) func lettersAreBrokenOff(_ hang: Hang) async throws {
    let relay = try ScriptedRelay(hang.steps)
    let control = SessionControl()
    let session = session(port: relay.port, control)
    let opened = describe(await session.open())
    #expect(opened.hasPrefix("ok"))
    let sending = Task { try await send(session, size: hang.size) }
    await relay.waitForSignal()
    let result = try await requireSoon {
      control.stop(waiting: .milliseconds(300))
      return describe(try await sending.value)
    }
    #expect(result == hang.result)
    #expect(control.waits.isEmpty)
    relay.resume()
    let complaint = await relay.finish()
    #expect(complaint == nil)
  }

  /// At the moment of the order one letter waits for its answer, which comes in time.
  @Test func answersInTimeCount() async throws {
    let relay = try ScriptedRelay(
      Self.toDATA + [Self.say("354 go on"), .hearMessage(nil), .signal, .pause, Self.say("250 ok"), .stall])
    let control = SessionControl()
    let session = session(port: relay.port, control)
    _ = await session.open()
    let sending = Task { try await send(session) }
    await relay.waitForSignal()
    #expect(control.stop(waiting: .seconds(300)) == 1)
    #expect(control.stop(waiting: .zero) == nil)
    relay.resume()
    let result = describe(try await sending.value)
    #expect(result == "accepted at final 250")
    await session.close()
  }

  /// Not a byte of a letter goes out once the order is given.
  @Test func nothingIsBegunAfterwards() async throws {
    let relay = try ScriptedRelay(Self.greeting + [.signal, .stall])
    let control = SessionControl()
    let session = session(port: relay.port, control)
    _ = await session.open()
    await relay.waitForSignal()
    control.stop(waiting: .seconds(300))
    let result = describe(try await send(session))
    #expect(result == "stopped at mail")
    let complaint = await relay.finish()
    #expect(complaint == nil)
    let again = describe(await session.open())
    #expect(again.hasPrefix("busy at"))
  }

  @Test func goodbyeIsShort() async throws {
    let relay = try ScriptedRelay(Self.greeting + [.hear("QUIT"), .signal, .stall])
    let control = SessionControl()
    let session = session(port: relay.port, control)
    _ = await session.open()
    let closing = Task { await session.close() }
    await relay.waitForSignal()
    await requireSoon {
      control.stop(waiting: .seconds(300))
      await closing.value
    }
    let complaint = await relay.finish()
    #expect(complaint == nil)
  }

  /// Without a cancelled task: the order alone ends it.
  @Test(
    arguments: [
      ("greeting", [.signal, .stall]), ("EHLO", [say("220 relay"), .hear("EHLO *"), .signal, .stall]),
      (
        "AUTH",
        [say("220 relay"), .hear("EHLO *"), say("250-relay"), say("250 AUTH PLAIN"), .hear("AUTH *"), .signal, .stall]
      ),
    ] as [(String, [DialogueFile.RelayStep])]) func openingIsGivenUp(_ phase: String, _ steps: [DialogueFile.RelayStep])
    async throws
  {
    let relay = try ScriptedRelay(steps)
    let control = SessionControl()
    let session = session(port: relay.port, control, user: phase == "AUTH" ? "anna" : nil)
    let opening = Task { await session.open() }
    await relay.waitForSignal()
    let result = await requireSoon {
      control.stop(waiting: .seconds(300))
      return describe(await opening.value)
    }
    #expect(result.hasPrefix("busy at "))
    let complaint = await relay.finish()
    #expect(complaint == nil)
  }

  /// Nobody takes the connection from the system's queue: neither a TLS handshake nor a greeting comes.
  @Test(arguments: [Relay.TLS.none, .implicit]) func openingHasALimit(_ tls: Relay.TLS) async throws {
    let (socket, port) = try Loopback.listen()
    defer { close(socket) }
    let session = session(port: port, SessionControl(openingLimit: .milliseconds(300)), tls: tls)
    let result = await requireSoon { await session.open() }
    #expect(describe(result).hasPrefix("unreachable at "))
    guard case .failure(let trouble) = result else { return }
    #expect(tls == .implicit || trouble.message.contains("no greeting within 0.3 seconds"))
  }

  /// The limit is that of all: of the login too.
  @Test func theLimitIsThatOfTheLoginToo() async throws {
    let relay = try ScriptedRelay([
      Self.say("220 relay"), .hear("EHLO *"), Self.say("250-relay"), Self.say("250 AUTH PLAIN"), .hear("AUTH *"),
      .signal,
      .stall,
    ])
    let control = SessionControl(openingLimit: .seconds(3))
    let session = session(port: relay.port, control, user: "anna")
    let opening = Task { await session.open() }
    await relay.waitForSignal()
    let result = await requireSoon { await opening.value }
    #expect(describe(result).hasPrefix("unreachable at auth"), "\(describe(result))")
    #expect(control.waits.isEmpty)
    _ = await relay.finish()
  }

  @Test func longWaitsHaveTheirAges() async throws {
    let (socket, port) = try Loopback.listen()
    defer { close(socket) }
    let control = SessionControl()
    let opening = Task { await session(port: port, control).open() }
    while control.waits.first?.age ?? .zero < .milliseconds(300) { try await Task.sleep(for: .milliseconds(20)) }
    #expect(control.waits.map(\.place) == ["127.0.0.1:\(port)"] && control.waits.map(\.kind) == [.opening])
    opening.cancel()
    _ = await opening.value
    #expect(control.waits.isEmpty)
  }

  // MARK: Commands that are swallowed

  private static let oneAtATime: [DialogueFile.RelayStep] = [
    .hear("MAIL *"), .alone, say("250 ok"), .hear("RCPT *"), .alone, say("250 ok"), .hear("DATA"), .alone,
    say("354 go on"),
    .hearMessage(nil), say("250 ok"),
  ]

  /// The answers that come before the relay falls silent, and what comes of the letter: no byte of it has gone out.
  @Test(arguments: [
    (["250 ok"], "not started"), (["250 ok", "250 ok"], "not started"), (["250 ok", "550 no"], "refused at rcpt 550"),
  ])
  func swallowedCommandsAreNoticed(_ answers: [String], _ expected: String) async throws {
    let relay = try ScriptedRelay(
      Self.pipelined + [.hear("MAIL *"), .hear("RCPT *"), .hear("DATA")] + answers.map(Self.say) + [
        .stall, .connection,
      ]
        + Self.pipelined + Self.oneAtATime + Self.oneAtATime)
    let control = SessionControl()
    let session = session(port: relay.port, control, Timeouts(pipelined: .milliseconds(300)))
    _ = await session.open()
    let first = describe(try await requireSoon { try await send(session) })
    #expect(first == expected)
    #expect(control.takeNotices() == [.swallowsCommands(relay: "main", place: "127.0.0.1:\(relay.port)")])
    let opened = describe(await session.open())
    #expect(opened == "ok pipelining")
    for _ in 0..<2 {
      let next = describe(try await send(session))
      #expect(next == "accepted at final 250")
    }
    #expect(control.takeNotices().isEmpty)
    await session.close()
    _ = await relay.finish()
  }

  @Test func aRelayMayBeSpokenToOneCommandAtATimeFromTheStart() async throws {
    let relay = try ScriptedRelay(Self.pipelined + Self.oneAtATime + [.hear("QUIT"), Self.say("221 bye")])
    let session = session(port: relay.port, SessionControl(), pipelining: false)
    _ = await session.open()
    let result = describe(try await send(session))
    #expect(result == "accepted at final 250")
    await session.close()
    let complaint = await relay.finish()
    #expect(complaint == nil)
  }

  /// A relay that is only slow over a later letter is not suspected: it has shown that it takes commands together.
  @Test func aSlowAnswerToALaterLetterIsWaitedFor() async throws {
    let relay = try ScriptedRelay(
      Self.pipelined + [
        .hear("MAIL *"), .hear("RCPT *"), .hear("DATA"), Self.say("250 ok"), Self.say("250 ok"), Self.say("354 go on"),
        .hearMessage(nil), Self.say("250 ok"), .hear("MAIL *"), .hear("RCPT *"), .hear("DATA"), Self.say("250 ok"),
        .signal, .pause, Self.say("250 ok"), Self.say("354 go on"), .hearMessage(nil), Self.say("250 ok"), .stall,
      ])
    let control = SessionControl()
    let session = session(port: relay.port, control, Timeouts(pipelined: .milliseconds(200)))
    _ = await session.open()
    let first = describe(try await send(session))
    #expect(first == "accepted at final 250")
    let second = Task { describe(try await send(session)) }
    await relay.waitForSignal()
    try await Task.sleep(for: .milliseconds(500))
    relay.resume()
    #expect(try await second.value == "accepted at final 250")
    #expect(control.takeNotices().isEmpty)
  }
}
