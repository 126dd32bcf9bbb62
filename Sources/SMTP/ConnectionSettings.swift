import Campaigns
import Foundation

/// Everything libcurl is told about a connection: one immutable set per session.
struct ConnectionSettings: Sendable {
  var relay: Relay
  let password: Password?
  /// Where the access token comes from, for a relay with `auth: xoauth2`.
  var tokens: TokenSource?
  let clientName: String
  let timeouts: Timeouts

  /// `host:port` for messages to the operator, an IPv6 address in brackets.
  var place: String { "\(bracketedHost):\(relay.port)" }

  /// The path of an SMTP URL is the name for EHLO, percent-encoded.
  var url: String {
    let path = clientName.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
    return "\(relay.tls == .implicit ? "smtps" : "smtp")://\(place)/\(path)"
  }

  private var bracketedHost: String {
    relay.host.utf8.contains(UInt8(ascii: ":")) && !relay.host.hasPrefix("[") ? "[\(relay.host)]" : relay.host
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

/// How long each step of a session may take before the connection counts as lost.
///
/// The defaults are those of RFC 5321 §4.5.3.2, except for the reply after the final dot: the RFC asks for ten minutes
/// at least, and that is what a session waits, because giving up earlier makes an accepted message uncertain.
public struct Timeouts: Sendable, Hashable {
  /// Name resolution and TCP, over all addresses of the host together.
  public var connect: Duration
  /// Each later step of opening: the TLS handshake, the greeting, every reply to EHLO, STARTTLS and AUTH.
  public var greeting: Duration
  /// The reply to MAIL; the reply to RSET too.
  public var mail: Duration
  public var rcpt: Duration
  public var data: Duration
  /// The replies to the other commands that went out together with the first one, in the first message of a connection:
  /// a relay that is silent for longer has swallowed them, and loses nothing by being asked again one by one.
  public var pipelined: Duration
  /// A wait without a byte taken by the relay, while we send.
  public var block: Duration
  /// The reply to the final dot.
  public var finalReply: Duration
  /// The reply to QUIT, which nobody needs.
  public var quit: Duration
  /// The same once sending is to stop.
  static let quitAfterStop = Duration.milliseconds(500)

  public init(
    connect: Duration = .seconds(30), greeting: Duration = .seconds(300), mail: Duration = .seconds(300),
    rcpt: Duration = .seconds(300), data: Duration = .seconds(120), pipelined: Duration = .seconds(10),
    block: Duration = .seconds(180), finalReply: Duration = .seconds(600), quit: Duration = .seconds(5)
  ) {
    self.connect = connect
    self.greeting = greeting
    self.mail = mail
    self.rcpt = rcpt
    self.data = data
    self.pipelined = pipelined
    self.block = block
    self.finalReply = finalReply
    self.quit = quit
  }
}
