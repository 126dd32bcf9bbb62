import Campaigns
import Delivery
import Foundation
import TestSupport
import Testing

@testable import SMTP

/// AUTH XOAUTH2 through the real libcurl: tokens that expire are fetched once more.
@Suite struct TokenLoginTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Prints token-1, then token-2, … and counts in a file.
  private static let counting = "n=$(cat n 2>/dev/null || echo 0); n=$((n+1)); echo $n > n; echo token-$n"

  private func command(_ script: String) -> TokenOrigin { .command(["/bin/sh", "-c", script]) }

  private func transport(_ origin: TokenOrigin) -> CurlTransport {
    let source = TokenSource(origin, folder: folder.url, credentials: nil)
    return CurlTransport(
      secrets: RelaySecrets(tokens: ["main": source]), clientName: "sender.example",
      timeouts: Timeouts(greeting: .seconds(300)), clock: ContinuousClock())
  }

  private func relay(_ port: Int, _ origin: TokenOrigin) -> Relay {
    Relay(
      name: "main", host: "127.0.0.1", port: port, tls: .none, username: "anna@firm.example", token: origin,
      authentication: .xoauth2)
  }

  private func count() -> String? {
    try? String(contentsOf: folder.url.appending(path: "n"), encoding: .utf8).trimmingCharacters(in: .newlines)
  }

  private static let expired = Data(#"{"status":"400","schemes":"Bearer","scope":"https://mail.relay.example/"}"#.utf8)
    .base64EncodedString()

  private enum Answer {
    case taken
    /// 334 with a reason, which is to be answered with an empty line.
    case reason
    case reasonAndClose
    case refused(String)
  }

  /// One connection, on which `token` is to come.
  private static func login(_ token: String, _ answer: Answer) -> [DialogueFile.RelayStep] {
    let sent = Data("user=anna@firm.example\u{1}auth=Bearer \(token)\u{1}\u{1}".utf8).base64EncodedString()
    let start: [DialogueFile.RelayStep] = [
      say("220 relay.example"), .hear("EHLO sender.example"), say("250-relay.example\r\n250 auth login xoauth2"),
      .hear("AUTH XOAUTH2"), say("334 "), .hear(sent),
    ]
    switch answer {
    case .taken: return start + [say("235 2.7.0 welcome")]
    case .reason: return start + [say("334 \(expired)"), .hear(""), say("535 5.7.8 not accepted")]
    case .reasonAndClose: return start + [say("334 \(expired)"), .close]
    case .refused(let words): return start + [say(words)]
    }
  }

  private static func say(_ text: String) -> DialogueFile.RelayStep { .say(Array("\(text)\r\n".utf8)) }

  private func trouble(_ result: Result<RelayCapabilities, RelayUnavailable>) -> RelayUnavailable? {
    if case .failure(let trouble) = result { trouble } else { nil }
  }

  @Test(arguments: [0, 1, 2]) func anExpiredTokenIsRenewed(_ form: Int) async throws {
    let refusal: Answer = [.reason, .refused("535 5.7.3 Authentication unsuccessful"), .reasonAndClose][form]
    let script = ScriptedRelay.connections([
      Self.login("token-1", refusal), Self.login("token-2", .taken), Self.login("token-2", .taken),
    ])
    let scripted = try ScriptedRelay(script)
    let origin = command(Self.counting)
    let transport = transport(origin)
    let session = transport.makeSession(relay: relay(scripted.port, origin))
    let opened = describe(await session.open())
    #expect(opened == "ok")
    #expect(count() == "2")
    // The next session has the new token, and the command is not run for it.
    let second = transport.makeSession(relay: relay(scripted.port, origin))
    let again = describe(await second.open())
    #expect(again == "ok")
    #expect(count() == "2")
    await session.close()
    await second.close()
    _ = await scripted.finish()
  }

  @Test func aTokenFileIsReadAgain() async throws {
    let file = try folder.write("token-1\n".utf8, to: "token")
    let first = Self.login("token-1", .refused("535 5.7.8 expired"))
    // The file is replaced while the relay still judges the first one.
    let scripted = try ScriptedRelay(
      ScriptedRelay.connections([
        first.dropLast() + [.signal, .pause, Self.say("535 5.7.8 expired")], Self.login("token-2", .taken),
      ]))
    let session = transport(.file(file)).makeSession(relay: relay(scripted.port, .file(file)))
    let opening = Task { await session.open() }
    await scripted.waitForSignal()
    try folder.write("token-2\n".utf8, to: "token")
    scripted.resume()
    let opened = describe(await opening.value)
    #expect(opened == "ok")
  }

  @Test func theSameTokenIsNotTriedAgain() async throws {
    let file = try folder.write("token-1\n".utf8, to: "token")
    let scripted = try ScriptedRelay(Self.login("token-1", .reason))
    let session = transport(.file(file)).makeSession(relay: relay(scripted.port, .file(file)))
    let found = try #require(trouble(await session.open()))
    #expect(found.kind == .authentication && found.phase == .auth && found.reply?.code == 535)
    #expect(found.message.contains("the relay says that the token is not valid: it has expired"))
    #expect(found.message.contains("a token needs the scope https://mail.relay.example/ (“535 5.7.8 not accepted”)"))
    #expect(
      found.message.hasSuffix(
        " Read once more, token_file still has the same token: whatever renews it has not.")
    )
    let complaint = await scripted.finish()
    #expect(complaint == nil)
  }

  @Test func theRelayIsWrongAfterTheSecond() async throws {
    let scripted = try ScriptedRelay(
      ScriptedRelay.connections([
        Self.login("token-1", .reason),
        Self.login("token-2", .refused("535 5.7.8 Bearer token-2 of anna@firm.example")),
      ]))
    let origin = command(Self.counting)
    let session = transport(origin).makeSession(relay: relay(scripted.port, origin))
    let found = try #require(trouble(await session.open()))
    #expect(found.kind == .authentication && found.reply?.code == 535)
    #expect(found.message.hasSuffix("A new token was fetched, and refused as well."))
    // The relay repeats what it was sent; none of it is kept.
    #expect(!"\(found)".contains("token-") && !"\(found)".contains("anna@"))
    #expect(count() == "2")
    let complaint = await scripted.finish()
    #expect(complaint == nil)
  }

  @Test func whatPassesRenewsNothing() async throws {
    let scripted = try ScriptedRelay(Self.login("token-1", .refused("454 4.7.0 later")))
    let origin = command(Self.counting)
    let session = transport(origin).makeSession(relay: relay(scripted.port, origin))
    let result = describe(await session.open())
    #expect(result == "busy at auth 454 4.7.0")
    #expect(count() == "1")
  }

  @Test func aRelayThatTakesPasswordsOnlyIsNamed() async throws {
    let scripted = try ScriptedRelay([
      Self.say("220 relay"), .hear("EHLO *"), Self.say("250-relay\r\n250 AUTH PLAIN"),
    ])
    let origin = command(Self.counting)
    let found = trouble(await transport(origin).makeSession(relay: relay(scripted.port, origin)).open())
    #expect(found?.message.contains("Set “auth: plain” with password_file") == true)
  }

  @Test func withoutATokenNothingIsConnected() async throws {
    let origin = command("echo no network >&2; exit 7")
    let session = transport(origin).makeSession(relay: relay(1, origin))
    let found = try #require(trouble(await session.open()))
    // A token service that is away for a moment does not stop the relay.
    #expect(found.kind == .busy && found.phase == .auth)
    #expect(
      found.message
        == "127.0.0.1:1: there is no access token: token_command (/bin/sh) ended with exit status 7; it says: “no network”. "
        + "Run the command by hand, as the user who launches.")
    let inspection = await transport(origin).inspect(relay(1, origin))
    #expect(inspection.trouble == found)
  }

  @Test func theNameInEHLOIsTheRelays() async throws {
    let scripted = try ScriptedRelay([
      Self.say("220 relay"), .hear("EHLO [[]192.0.2.7]"), Self.say("250 relay"),
    ])
    var relay = Relay(name: "main", host: "127.0.0.1", port: scripted.port, tls: .none)
    relay.helo = "[192.0.2.7]"
    let opened = describe(await transport(command("")).makeSession(relay: relay).open())
    #expect(opened == "ok")
    let complaint = await scripted.finish()
    #expect(complaint == nil)
  }
}

extension ScriptedRelay {
  /// One script after the other, each on a connection of its own.
  fileprivate static func connections(_ scripts: [[DialogueFile.RelayStep]]) -> [DialogueFile.RelayStep] {
    Array(scripts.enumerated().map { $0.offset == 0 ? $0.element : [.connection] + $0.element }.joined())
  }
}
