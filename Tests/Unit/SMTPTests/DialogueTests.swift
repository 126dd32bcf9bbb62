import Campaigns
import Delivery
import Foundation
import Mail
import SMTP
import Testing

/// Every file below `Dialogues` against the real session.
@Suite struct DialogueTests {
  @Test(arguments: DialogueFile.all) func dialogue(_ file: DialogueFile) async throws {
    let relay = try ScriptedRelay(file.relaySteps)
    try await follow(file, relay)
    let complaint = await relay.finish()
    #expect(complaint == nil)
  }

  @Test func everyDialogueIsFound() {
    #expect(DialogueFile.all.count == 119)
  }

  /// The session is released at the end, so that the relay sees its connection close.
  private func follow(_ file: DialogueFile, _ relay: ScriptedRelay) async throws {
    let session = try file.session(port: relay.port)
    for step in file.clientSteps {
      switch step {
      case .open(let expected):
        let result = describe(await session.open())
        #expect(result == expected)
      case .send(let expected, let opening):
        if opening {
          let opened = describe(await session.open())
          #expect(opened.hasPrefix("ok"))
        }
        let result = describe(await file.send(over: session))
        #expect(result == expected)
      case .wait: await relay.waitForSignal()
      case .resume: relay.resume()
      case .quit: await session.close()
      }
    }
  }
}

extension DialogueFile {
  func session(port: Int) throws -> any Session {
    let relay = Relay(
      name: "main", host: "127.0.0.1", port: port, tls: options["tls"] == "starttls" ? .startTLS : .none,
      username: options["user"], authentication: options["auth"].flatMap(Relay.Authentication.init) ?? .plain)
    let passwords = options["password"].flatMap(Password.init).map { ["main": $0] } ?? [:]
    return CurlTransport(
      passwords: passwords, clientName: "sender.example", timeouts: timeouts, clock: ContinuousClock()
    ).makeSession(relay: relay)
  }

  func send(over session: any Session) async -> SendResult {
    let message =
      options["size"].flatMap { Int($0) }.map { [UInt8](repeating: 120, count: $0) }
      ?? Self.bytes(options["message"] ?? "Subject:\\sx\\r\\n\\r\\ntext\\r\\n")
    let encoding = options["encoding"] == "8bit" ? TransferEncoding.eightBit : .quotedPrintable
    return await session.send(envelope, message: message, encoding: encoding)
  }

  private var envelope: Envelope {
    do {
      return Envelope(
        sender: try EmailAddress("post@kanzlei-it.example"),
        recipient: try EmailAddress(options["recipient"] ?? "kunde@firma.example"))
    } catch {
      fatalError("\(name): \(error)")
    }
  }
}

/// `ok pipelining 8bitmime smtputf8 size=1000`, `busy at greeting 421 4.3.2`.
func describe(_ result: Result<RelayCapabilities, RelayUnavailable>) -> String {
  switch result {
  case .success(let offered):
    let words = [
      offered.pipelining ? "pipelining" : nil, offered.eightBitMIME ? "8bitmime" : nil,
      offered.smtpUTF8 ? "smtputf8" : nil, offered.size.map { "size=\($0)" },
    ]
    return (["ok"] + words.compactMap { $0 }).joined(separator: " ")
  case .failure(let trouble):
    return (["\(trouble.kind) at \(trouble.phase)"] + [trouble.reply.map(describe)].compactMap { $0 })
      .joined(separator: " ")
  }
}

/// `accepted at final 250 2.0.0`, `lost at final after the dot`, `not started`.
func describe(_ result: SendResult) -> String {
  switch result {
  case .answered(let phase, let reply):
    let word =
      if reply.isTransient {
        "deferred"
      } else if reply.isPermanent {
        "refused"
      } else {
        phase == .final ? "accepted" : "answered"
      }
    return "\(word) at \(phase) \(describe(reply))"
  case .lost(let phase, _, let dotSent): return "lost at \(phase)" + (dotSent ? " after the dot" : "")
  case .notStarted: return "not started"
  case .stopped(let phase, let dotSent): return "stopped at \(phase)" + (dotSent ? " after the dot" : "")
  }
}

private func describe(_ reply: Reply) -> String {
  reply.enhanced.map { "\(reply.code) \($0)" } ?? "\(reply.code)"
}
