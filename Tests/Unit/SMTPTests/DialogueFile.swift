import Campaigns
import Foundation
import SMTP
import Testing

/// One scripted dialogue: what a relay says and does, and what must come of it.
///
/// A line is a step. The relay's steps run in their order on the relay's side, the client's on the client's; where they
/// stand in the file shows how they interleave.
///
///     option: NAME=VALUE …   user, password, auth, tls, encoding (8bit), message or size, recipient; and the limits
///                            connect, greeting, mail, rcpt, data, block, final, quit in ms
///     S: TEXT                the relay sends TEXT and CRLF; \r \n \t \0 \\ \xHH are bytes
///     S-chunk: TEXT          the relay sends TEXT as it is, in a write of its own
///     S-repeat: N TEXT       the relay sends TEXT N times
///     C: PATTERN             the client's next line must match; * is anything
///     C-message: TEXT        the client sends this, up to the final dot and its CRLF; * is anything
///     stall                  the relay says nothing until the client closes; more from the client is an error
///     close, reset           the relay closes the connection, in good order or with RST
///     signal                 lets the client go on from its `wait`
///     pause                  the relay waits for the client's `resume`
///     connection             the relay takes the next connection
///     expect open: RESULT    the client opens: `ok pipelining 8bitmime smtputf8 size=N`, `KIND at PHASE CODE`
///     expect: RESULT         the client opens and sends: `accepted at final 250 2.0.0`, `deferred at rcpt 450`,
///                            `lost at final after the dot`, `lost at mail`, `not started`
///     expect send: RESULT    the same without opening
///     wait                   the client waits for the relay's `signal`
///     resume                 the client lets the relay go on from its `pause`
///     quit                   the client closes with QUIT
struct DialogueFile: CustomTestStringConvertible {
  enum RelayStep {
    case say([UInt8])
    case hear(String)
    case hearMessage([UInt8]?)
    case stall, close, reset, signal, pause, connection
    /// Nothing has come with the last line.
    case alone
  }
  enum ClientStep {
    case open(String)
    case send(String, opening: Bool)
    case wait, resume, quit
  }

  let name: String
  var relaySteps: [RelayStep] = []
  var clientSteps: [ClientStep] = []
  var options: [String: String] = [:]

  var testDescription: String { name }

  /// Every file of the folders in `Dialogues`, named as `final/451`.
  static let all: [DialogueFile] = {
    let folder = Bundle.module.resourceURL!.appending(path: "Dialogues")
    let paths = FileManager.default.enumerator(atPath: folder.path(percentEncoded: false))?.compactMap { $0 as? String }
    return (paths ?? []).filter { $0.hasSuffix(".dialogue") }.sorted()
      .compactMap { try? DialogueFile(at: folder.appending(path: $0), named: String($0.dropLast(9))) }
  }()

  struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  init(at url: URL, named name: String) throws {
    self.name = name
    for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("#") { continue }
      do {
        try read(String(line))
      } catch {
        fatalError("\(name): \(error)")
      }
    }
  }

  private mutating func read(_ line: String) throws {
    let parts = line.split(separator: ":", maxSplits: 1)
    let rest = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    switch parts[0] {
    case "option":
      for word in rest.split(separator: " ") {
        let pair = word.split(separator: "=", maxSplits: 1)
        options[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
      }
    case "S": relaySteps.append(.say(Self.bytes(rest) + [13, 10]))
    case "S-chunk": relaySteps.append(.say(Self.bytes(rest)))
    case "S-repeat":
      let words = rest.split(separator: " ", maxSplits: 1)
      let piece = Self.bytes(String(words[1]))
      relaySteps.append(.say(Array((0..<Int(words[0])!).map { _ in piece }.joined())))
    case "C": relaySteps.append(.hear(rest))
    case "C-message": relaySteps.append(.hearMessage(rest == "*" ? nil : Self.bytes(rest)))
    case "stall": relaySteps.append(.stall)
    case "close": relaySteps.append(.close)
    case "reset": relaySteps.append(.reset)
    case "signal": relaySteps.append(.signal)
    case "pause": relaySteps.append(.pause)
    case "resume": clientSteps.append(.resume)
    case "connection": relaySteps.append(.connection)
    case "expect open": clientSteps.append(.open(rest))
    case "expect": clientSteps.append(.send(rest, opening: true))
    case "expect send": clientSteps.append(.send(rest, opening: false))
    case "wait": clientSteps.append(.wait)
    case "quit": clientSteps.append(.quit)
    default: throw Unreadable(description: "no such step: \(line)")
    }
  }

  static func bytes(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        result.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "s"): result.append(32)
      case UInt8(ascii: "0"): result.append(0)
      case UInt8(ascii: "x"):
        result.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)!)
        rest = rest.dropFirst(2)
      default: result.append(escape)
      }
    }
    return result
  }

  /// Generous where nothing is said to time out.
  var timeouts: Timeouts {
    func limit(_ name: String) -> Duration { .milliseconds(options[name].flatMap { Int($0) } ?? 20_000) }
    return Timeouts(
      connect: limit("connect"), greeting: limit("greeting"), mail: limit("mail"), rcpt: limit("rcpt"),
      data: limit("data"), block: limit("block"), finalReply: limit("final"), quit: limit("quit"))
  }
}
