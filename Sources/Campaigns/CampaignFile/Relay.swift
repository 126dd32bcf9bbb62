public import Foundation

/// One relay that takes our messages: where it is, how we are known to it, and what it allows.
public struct Relay: Sendable, Hashable {
  public enum TLS: String, Sendable {
    case implicit
    case startTLS = "starttls"
    case none
  }
  public enum Authentication: String, Sendable {
    case plain, login
    case cramMD5 = "cram-md5"
  }
  public var name: String
  /// A host name as A-labels, or an IP address; an IPv6 address stands here without brackets.
  public var host: String
  public var port: Int
  /// `smtps://` is implicit; `smtp://` is STARTTLS, required; `tls: none` must be written out, except on loopback.
  public var tls: TLS
  /// PEM file with the certificate authorities to trust instead of the system's.
  public var caFile: URL?
  public var username: String?
  public var passwordFile: URL?
  public var authentication: Authentication
  /// Connections at the same time, 1 to 64.
  public var connections: Int
  public var limits: [RateLimit]

  public init(
    name: String, host: String, port: Int, tls: TLS, caFile: URL? = nil, username: String? = nil,
    passwordFile: URL? = nil, authentication: Authentication = .plain, connections: Int = 4, limits: [RateLimit] = []
  ) {
    self.name = name
    self.host = host
    self.port = port
    self.tls = tls
    self.caFile = caFile
    self.username = username
    self.passwordFile = passwordFile
    self.authentication = authentication
    self.connections = connections
    self.limits = limits
  }
}
