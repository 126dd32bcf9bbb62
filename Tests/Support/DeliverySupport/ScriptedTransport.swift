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

    /// The phase at which the relay falls silent over a recipient's letter; nil when it answers.
    public var hangs: @Sendable (_ recipient: String) -> Phase?
    /// Relays that never greet.
    public var neverOpens: Set<String>

    public init(
      answer: @escaping @Sendable (_ recipient: String, _ attempt: Int) async -> SendResult = { _, _ in .accepted },
      through: (@Sendable (_ relay: String, _ recipient: String, _ attempt: Int) async -> SendResult)? = nil,
      open: @escaping @Sendable (_ relay: String, _ opening: Int) -> Result<RelayCapabilities, RelayUnavailable> = {
        _, _ in
        .success(.everything)
      },
      hangs: @escaping @Sendable (_ recipient: String) -> Phase? = { _ in nil }, neverOpens: Set<String> = []
    ) {
      self.hangs = hangs
      self.neverOpens = neverOpens
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
    var hanging = 0
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

  /// Letters over which the relay has fallen silent.
  public var hanging: Int { books.withLock { $0.hanging } }

  public func makeSession(relay: Relay, control: SessionControl) -> any Session {
    ScriptedSession(relay: relay, control: control, transport: self)
  }

  fileprivate func opened(
    _ relay: String, _ control: SessionControl
  ) async -> Result<RelayCapabilities, RelayUnavailable> {
    if script.neverOpens.contains(relay) {
      while !Task.isCancelled, !control.isStopped { try? await Task.sleep(for: .milliseconds(1)) }
      return .failure(RelayUnavailable(kind: .busy, phase: .greeting, reply: nil, message: "given up"))
    }
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
    _ relay: Relay, _ control: SessionControl, _ envelope: Envelope, _ message: [UInt8], _ encoding: TransferEncoding
  ) async -> SendResult {
    let recipient = envelope.recipient.description
    let attempt = books.withLock { books in
      books.attempts[recipient, default: 0] += 1
      return books.attempts[recipient] ?? 0
    }
    let at = time.monotonicNow
    let result =
      if let phase = script.hangs(recipient), let result = await hang(at: phase, relay, control) {
        result
      } else if let through = script.through {
        await through(relay.name, recipient, attempt)
      } else {
        await script.answer(recipient, attempt)
      }
    books.withLock {
      $0.sent.append(
        Sent(
          recipient: recipient, at: at, encoding: encoding, message: String(decoding: message, as: UTF8.self),
          result: result, relay: relay.name))
    }
    return result
  }

  /// As a real session whose relay says nothing any more, but for the time that the answer to a dot is waited for.
  private func hang(at phase: Phase, _ relay: Relay, _ control: SessionControl) async -> SendResult? {
    let ticket = phase == .final ? control.begin(.answer, through: relay) : nil
    defer { if let ticket { control.end(ticket) } }
    books.withLock { $0.hanging += 1 }
    while !control.isStopped { try? await Task.sleep(for: .milliseconds(1)) }
    return .stopped(phase, dotSent: ticket != nil)
  }
}

private actor ScriptedSession: Session {
  private let relay: Relay
  private let control: SessionControl
  private let transport: ScriptedTransport
  private var capabilities: RelayCapabilities?

  init(relay: Relay, control: SessionControl, transport: ScriptedTransport) {
    self.relay = relay
    self.control = control
    self.transport = transport
  }

  func open() async -> Result<RelayCapabilities, RelayUnavailable> {
    if let capabilities { return .success(capabilities) }
    let result = await transport.opened(relay.name, control)
    if case .success(let offered) = result { capabilities = offered }
    return result
  }

  func send(_ envelope: Envelope, message: [UInt8], encoding: TransferEncoding) async -> SendResult {
    let result = await transport.send(relay, control, envelope, message, encoding)
    switch result {
    case .lost, .notStarted, .stopped: await close()
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
