public import Campaigns
public import Delivery
public import Foundation
public import Mail
import Synchronization

/// A relay that does what the test says, and remembers what it was given.
public final class ScriptedTransport: Transport {
  public struct Sent: Sendable {
    public var recipient: String
    public var at: Date
    public var encoding: TransferEncoding
    public var message: String
    public var result: SendResult
    public var relay: String
  }

  public struct Script: Sendable {
    /// What becomes of a message; `attempt` counts from 1 for each recipient.
    public var answer: @Sendable (_ recipient: String, _ attempt: Int) async -> SendResult
    /// The same with the relay's name, instead of it.
    public var through: (@Sendable (_ relay: String, _ recipient: String, _ attempt: Int) async -> SendResult)?
    /// What an opening comes to; `opening` counts from 1 over all sessions of a relay.
    public var open: @Sendable (_ relay: String, _ opening: Int) -> Result<RelayCapabilities, RelayUnavailable>

    public init(
      answer: @escaping @Sendable (_ recipient: String, _ attempt: Int) async -> SendResult = { _, _ in .accepted },
      through: (@Sendable (_ relay: String, _ recipient: String, _ attempt: Int) async -> SendResult)? = nil,
      open: @escaping @Sendable (_ relay: String, _ opening: Int) -> Result<RelayCapabilities, RelayUnavailable> = {
        _, _ in
        .success(.everything)
      }
    ) {
      self.answer = answer
      self.through = through
      self.open = open
    }
  }

  private struct Books {
    public var sent: [Sent] = []
    var attempts: [String: Int] = [:]
    var openings: [String: Int] = [:]
    var open = 0
    var mostOpen = 0
  }

  private let script: Script
  private let time: any DeliveryClock
  private let books = Mutex(Books())

  public init(time: any DeliveryClock, _ script: Script = Script()) {
    self.time = time
    self.script = script
  }

  public var sent: [Sent] { books.withLock { $0.sent } }
  public var openings: Int { books.withLock { $0.openings.values.reduce(0, +) } }
  /// Sessions open at this moment.
  public var open: Int { books.withLock { $0.open } }

  public func makeSession(relay: Relay) -> any Session { ScriptedSession(relay: relay.name, transport: self) }

  fileprivate func opened(_ relay: String) -> Result<RelayCapabilities, RelayUnavailable> {
    let opening = books.withLock { books in
      books.openings[relay, default: 0] += 1
      return books.openings[relay] ?? 0
    }
    let result = script.open(relay, opening)
    if case .success = result { books.withLock { $0.open += 1 } }
    return result
  }

  fileprivate func closed() { books.withLock { $0.open -= 1 } }

  fileprivate func send(
    _ relay: String, _ envelope: Envelope, _ message: [UInt8], _ encoding: TransferEncoding
  ) async -> SendResult {
    let recipient = envelope.recipient.description
    let attempt = books.withLock { books in
      books.attempts[recipient, default: 0] += 1
      return books.attempts[recipient] ?? 0
    }
    let at = time.monotonicNow
    let result =
      if let through = script.through {
        await through(relay, recipient, attempt)
      } else {
        await script.answer(recipient, attempt)
      }
    books.withLock {
      $0.sent.append(
        Sent(
          recipient: recipient, at: at, encoding: encoding, message: String(decoding: message, as: UTF8.self),
          result: result, relay: relay))
    }
    return result
  }
}

private actor ScriptedSession: Session {
  private let relay: String
  private let transport: ScriptedTransport
  private var capabilities: RelayCapabilities?

  init(relay: String, transport: ScriptedTransport) {
    self.relay = relay
    self.transport = transport
  }

  func open() async -> Result<RelayCapabilities, RelayUnavailable> {
    if let capabilities { return .success(capabilities) }
    let result = transport.opened(relay)
    if case .success(let offered) = result { capabilities = offered }
    return result
  }

  func send(_ envelope: Envelope, message: [UInt8], encoding: TransferEncoding) async -> SendResult {
    let result = await transport.send(relay, envelope, message, encoding)
    switch result {
    case .lost, .notStarted: await close()
    case .answered: break
    }
    return result
  }

  func close() async {
    if capabilities != nil { transport.closed() }
    capabilities = nil
  }
}

extension RelayCapabilities {
  public static let everything = RelayCapabilities(pipelining: true, eightBitMIME: true, smtpUTF8: true, size: nil)
}

extension SendResult {
  public static let accepted = reply(.final, 250, "2.0.0 Ok: queued")
  public static let uncertain = SendResult.lost(.final, reason: "end of file", dotSent: true)

  public static func reply(_ phase: Phase, _ code: Int, _ text: String) -> SendResult {
    .answered(phase, Reply(code: code, enhanced: EnhancedStatus(prefixOf: text), text: text))
  }
}
