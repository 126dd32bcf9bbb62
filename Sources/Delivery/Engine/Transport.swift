public import Campaigns
public import Mail

/// The point that the dialogue with the relay had reached.
public enum Phase: String, Sendable, Hashable, CaseIterable {
  /// Name resolution, TCP, proxy.
  case connect
  case tls
  case greeting
  case ehlo
  case auth
  case mail
  case rcpt
  case data
  /// Between the final dot and its reply.
  case final
}

/// The extensions that the relay offered in its last EHLO reply (RFC 5321 §4.1.1.1).
public struct RelayCapabilities: Sendable, Hashable {
  /// PIPELINING (RFC 2920).
  public var pipelining: Bool
  /// 8BITMIME (RFC 6152).
  public var eightBitMIME: Bool
  /// SMTPUTF8 (RFC 6531).
  public var smtpUTF8: Bool
  /// SIZE (RFC 1870): the largest message in bytes; nil when there is no limit.
  public var size: Int?

  public init(pipelining: Bool, eightBitMIME: Bool, smtpUTF8: Bool, size: Int?) {
    self.pipelining = pipelining
    self.eightBitMIME = eightBitMIME
    self.smtpUTF8 = smtpUTF8
    self.size = size
  }
}

/// The reason no message can be sent through a relay now: trouble of the relay or ours, never the customer's.
public struct RelayUnavailable: Error, Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// No such host, connection refused, time-out, no greeting.
    case unreachable
    /// The relay offers no STARTTLS, or TLS fails for a reason other than the certificate.
    case tls
    /// Unknown authority, wrong name, expired.
    case certificate
    /// Wrong password, mechanism not offered, no 235.
    case authentication
    /// The greeting or EHLO was refused for good, or the relay refuses our sender.
    case refused
    /// 421 or another 4xx before any message: too many connections, shutting down. It passes.
    case busy
    /// This process may have no more files open: it says nothing about the relay, and it passes.
    case noDescriptors
  }
  public var kind: Kind
  public var phase: Phase
  /// The relay's reply, if it gave one.
  public var reply: Reply?
  /// A whole sentence for the operator, without secrets: what happened with which host.
  public var message: String

  public init(kind: Kind, phase: Phase, reply: Reply?, message: String) {
    self.kind = kind
    self.phase = phase
    self.reply = reply
    self.message = message
  }
}

extension RelayUnavailable {
  /// The sender's address needs what `relay` does not offer.
  public static func noSMTPUTF8(_ relay: Relay) -> RelayUnavailable {
    RelayUnavailable(
      kind: .refused, phase: .ehlo, reply: nil,
      message: """
        \(relay.host):\(relay.port) does not offer SMTPUTF8, and every letter needs it: sender.from or sender.reply_to has \
        an address with letters beyond ASCII before its @. Write another address there, or use a relay that offers it.
        """)
  }
}

/// The result of handing one message to the relay.
public enum SendResult: Sendable, Hashable {
  /// The reply that decided: the first refusal of MAIL, RCPT or DATA, or the reply to the final dot.
  case answered(Phase, Reply)
  /// The connection was lost, timed out or gave a reply that answers no command of ours.
  /// `dotSent` is true as soon as a byte of the final dot may have left: the outcome is then uncertain.
  case lost(Phase, reason: String, dotSent: Bool)
  /// The connection was already closed by the relay before our first command was answered (end of file or 421 on an
  /// idle connection): nothing was sent. Open it again and continue. Not an attempt of the message.
  case notStarted(reason: String, reply: Reply? = nil)
  /// Broken off because sending was stopped. Without `dotSent` the relay cannot have the message, and it says nothing
  /// about the relay or the customer; with it the outcome is uncertain. At `connect` nothing was sent at all.
  case stopped(Phase, dotSent: Bool)
}

/// One connection to a relay, used by one worker at a time. It never throws: an answer is a value.
public protocol Session: Sendable {
  /// Opens the connection: TCP, TLS or STARTTLS, EHLO, AUTH; does nothing when it is open. Never sends mail.
  func open() async -> Result<RelayCapabilities, RelayUnavailable>
  /// Sends one message over the open connection. `message` is the whole RFC 5322 message with CRLF line ends, not
  /// dot-stuffed. After `lost`, `notStarted` and `stopped` the connection is closed. After a refusal it is reset and
  /// stays open. Does not heed the cancellation of its task, only ``SessionControl``: once that says stop, it returns at
  /// once before the final dot, and after it within the time that is given for the reply.
  func send(_ envelope: Envelope, message: [UInt8], encoding: TransferEncoding) async -> SendResult
  /// QUIT with a short time limit, a shorter one after the order to stop, then closes.
  func close() async
}

/// Makes sessions. The engine knows only this protocol; the composition root knows the implementation.
public protocol Transport: Sendable {
  /// - Parameter control: Shared by all sessions that stop together.
  func makeSession(relay: Relay, control: SessionControl) -> any Session
}

extension Transport {
  /// A session that nobody stops.
  public func makeSession(relay: Relay) -> any Session { makeSession(relay: relay, control: SessionControl()) }
}
