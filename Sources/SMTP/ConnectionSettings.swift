import Campaigns
import Foundation

/// Everything libcurl is told about a connection: one immutable set for each session.
struct ConnectionSettings: Sendable {
  var relay: Relay
  let password: Password?
  let clientName: String
  let timeouts: Timeouts

  /// `host:port` for messages to the operator, an IPv6 address in brackets.
  var place: String { "\(bracketedHost):\(relay.port)" }

  /// The path of an SMTP URL is the name for EHLO, percent-encoded.
  var url: String {
    let path = clientName.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
    return "\(relay.tls == .implicit ? "smtps" : "smtp")://\(place)/\(path)"
  }

  /// Pins the mechanism: libcurl would otherwise take the strongest one offered, or a weaker one than agreed.
  var loginOptions: String {
    switch relay.authentication {
    case .plain: "AUTH=PLAIN"
    case .login: "AUTH=LOGIN"
    case .cramMD5: "AUTH=CRAM-MD5"
    }
  }

  private var bracketedHost: String {
    relay.host.utf8.contains(UInt8(ascii: ":")) && !relay.host.hasPrefix("[") ? "[\(relay.host)]" : relay.host
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
