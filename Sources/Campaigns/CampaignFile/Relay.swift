public import Foundation
import Mail

/// One relay that takes our messages: its address, our credentials and its limits.
public struct Relay: Sendable, Hashable {
  public enum TLS: String, Sendable {
    case implicit
    case startTLS = "starttls"
    case none
  }
  public enum Authentication: String, Sendable {
    case plain, login
    case cramMD5 = "cram-md5"
    /// With an OAuth2 access token in place of a password.
    case xoauth2
  }
  public var name: String
  /// A host name as A-labels, or an IP address; an IPv6 address is without brackets here.
  public var host: String
  public var port: Int
  /// `smtps://` is implicit; `smtp://` is STARTTLS, required; `tls: none` must be written out, except on loopback.
  public var tls: TLS
  /// PEM file with the certificate authorities to trust instead of the system's.
  public var caFile: URL?
  public var username: String?
  public var passwordFile: URL?
  /// Where the access token comes from, with ``Authentication/xoauth2``.
  public var token: TokenOrigin?
  public var authentication: Authentication
  /// The name for EHLO; nil for this machine's own.
  public var helo: String?
  /// Connections at the same time, 1 to 64.
  public var connections: Int
  public var limits: [RateLimit]
  /// What takes a place in the limits.
  public var count: LimitCount
  /// Letters leave evenly spaced over the windows of the limits, without a burst at the start.
  public var spread: Bool
  /// The most letters over one connection; nil: as many as the relay takes.
  public var perConnection: Int?
  /// Whether commands may go out together where the relay offers PIPELINING.
  public var pipelining: Bool

  public init(
    name: String, host: String, port: Int, tls: TLS, caFile: URL? = nil, username: String? = nil,
    passwordFile: URL? = nil, token: TokenOrigin? = nil, authentication: Authentication = .plain, helo: String? = nil,
    connections: Int = 4, limits: [RateLimit] = [], count: LimitCount = .accepted, spread: Bool = false,
    perConnection: Int? = nil, pipelining: Bool = true
  ) {
    self.name = name
    self.host = host
    self.port = port
    self.tls = tls
    self.caFile = caFile
    self.username = username
    self.passwordFile = passwordFile
    self.token = token
    self.authentication = authentication
    self.helo = helo
    self.connections = connections
    self.limits = limits
    self.count = count
    self.spread = spread
    self.perConnection = perConnection
    self.pipelining = pipelining
  }
}

/// Seconds in each unit of time that `campaign.yaml` knows.
let secondsOfUnit = ["s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400]

/// A whole number in ASCII digits, without sign; at most nine digits, so that it can be multiplied without overflow.
func wholeNumber(_ text: some StringProtocol) -> Int? {
  guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  return Int(text)
}

/// `relays:` of a campaign file.
enum RelaysSection {
  private static let keys = [
    "name", "url", "username", "password_file", "token_file", "token_command", "tls", "ca_file", "auth", "helo",
    "connections", "limits", "count", "spread", "per_connection", "pipelining",
  ]

  static func read(_ value: YAMLValue, folder: URL, zone: DefaultZone) -> [Relay]? {
    let example = "[{name: main, url: \"smtps://relay.provider.example:465\"}]"
    guard let members = value.list(example: example) else { return nil }
    var relays: [Relay] = []
    var isWhole = true
    for member in members {
      guard let section = YAMLSection(member, keys: keys, example: "{name: main, url: …}"),
        let relay = relay(section, folder: folder, zone: zone)
      else {
        isWhole = false
        continue
      }
      if relays.contains(where: { $0.name == relay.name }) {
        section.optional("name")?.report(
          "two relays have the name \(QuotedText(relay.name)); a name is what receipts and limits go by, give each its own"
        )
        isWhole = false
      }
      relays.append(relay)
    }
    return isWhole ? relays : nil
  }

  /// The relay of a notice that is none of the campaign's: as one of `relays`, and it needs no name.
  static func read(ofNotices value: YAMLValue, folder: URL, zone: DefaultZone) -> Relay? {
    YAMLSection(value, keys: keys, example: "{url: \"smtps://relay.provider.example:465\"}")
      .flatMap { relay($0, defaultName: "notify", folder: folder, zone: zone) }
  }

  private static func relay(
    _ section: YAMLSection, defaultName: String? = nil, folder: URL, zone: DefaultZone
  ) -> Relay? {
    let name =
      section.has("name")
      ? section.optional("name")?.text() : defaultName ?? section.required("name", example: "main")?.text()
    let security = section.optional("tls")?.choice(Security.self)
    let server = section.required("url", example: "smtps://relay.provider.example:465")
      .flatMap { RelayURL($0, security: security, securityValue: section.optional("tls")) }
    let caFile = section.optional("ca_file")?.file(in: folder)
    let helo = section.optional("helo")?.heloName()
    let connections = section.optional("connections").map { $0.number(in: 1...64) } ?? 4
    let limits = section.optional("limits").map { $0.limits(zone: zone) } ?? []
    let count = section.optional("count").map { $0.choice(LimitCount.self) } ?? .accepted
    let spread = section.optional("spread").map { $0.choice(YesOrNo.self) } ?? .no
    let perConnection = section.optional("per_connection").flatMap { $0.number(in: 1...100_000) }
    for key in ["count", "spread"] where !section.has("limits") {
      section.optional(key).map { $0.report("\"\($0.path)\" has no use without \"limits\"; add them") }
    }
    let pipelining = section.optional("pipelining").map { $0.choice(YesOrNo.self) } ?? .yes
    let login = RelayLogin(section, folder: folder, url: server)
    // A wrong value of an optional key was reported, and a file with a problem gives no campaign.
    guard let name, let server, let login, let connections, let limits, let count, let spread, let pipelining
    else { return nil }
    return Relay(
      name: name, host: server.host, port: server.port, tls: server.tls, caFile: caFile, username: login.username,
      passwordFile: login.passwordFile, token: login.token, authentication: login.authentication, helo: helo,
      connections: connections, limits: limits, count: count, spread: spread == .yes,
      perConnection: perConnection, pipelining: pipelining == .yes)
  }

  private enum YesOrNo: String, CaseIterable { case yes, no }

  enum Security: String, CaseIterable { case starttls, none }
}

/// A relay's address: `smtps://host:465` is TLS from the start; `smtp://host:587` is STARTTLS, required, except that a
/// relay on loopback is spoken to without TLS unless `tls: starttls` is written, and any relay when `tls: none` is
/// written.
struct RelayURL {
  let host: String
  let port: Int
  let tls: Relay.TLS
  let isLoopback: Bool

  /// Nil, and reported without the text where it could hold a password.
  init?(_ value: YAMLValue, security: RelaysSection.Security?, securityValue: YAMLValue?) {
    guard let text = value.text() else { return nil }
    guard !text.contains("@") else {
      value.report(
        "\"\(value.path)\" must not hold a user name or a password; write them as \"username\" and \"password_file\"")
      return nil
    }
    let example = "smtps://relay.provider.example:465 or smtp://relay.provider.example:587"
    let lower = text.lowercased()
    let scheme = ["smtps://", "smtp://"].first(where: lower.hasPrefix)
    guard let scheme, let (host, port) = Self.split(text.dropFirst(scheme.count)) else {
      value.report("\"\(value.path)\" is not a relay's address: \(QuotedText(text)); write it as \(example)")
      return nil
    }
    self.host = host
    isLoopback = Self.isLoopback(host)
    let name = String(scheme.dropLast(3))
    let shownHost = host.contains(":") ? "[\(host)]" : host
    if let port, let objection = WellKnownPort.objection(scheme: name, host: shownHost, port: port) {
      value.report("\"\(value.path)\": \(objection)")
      return nil
    }
    if scheme == "smtps://" {
      if let security, let securityValue {
        securityValue.report(
          "\"\(securityValue.path)\" cannot be \"\(security.rawValue)\" with smtps, which is TLS from the start; "
            + "remove it, or write smtp:// in \"\(value.path)\"")
        return nil
      }
      tls = .implicit
      self.port = port ?? 465
    } else {
      let isPlain = security.map { $0 == RelaysSection.Security.none } ?? isLoopback
      tls = isPlain ? Relay.TLS.none : .startTLS
      self.port = port ?? 587
    }
  }

  private typealias Security = RelaysSection.Security

  private static func split(_ rest: Substring) -> (host: String, port: Int?)? {
    let rest = rest.hasSuffix("/") ? rest.dropLast() : rest
    if rest.hasPrefix("[") {
      let inside = rest.dropFirst().prefix { $0 != "]" }
      let behind = rest.dropFirst(inside.count + 1)
      guard behind.hasPrefix("]"), isIPv6(String(inside)) else { return nil }
      return port(behind.dropFirst()).map { (String(inside).lowercased(), $0) }
    }
    let pieces = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = pieces.first.flatMap(hostName) else { return nil }
    return port(rest.dropFirst(pieces[0].count)).map { (name, $0) }
  }

  /// The port of `:465`, or nil for nothing; the outer optional is nil for everything else.
  private static func port(_ text: Substring) -> Int?? {
    if text.isEmpty { return .some(nil) }
    guard text.hasPrefix(":"), let number = wholeNumber(text.dropFirst()), (1...65_535).contains(number)
    else { return nil }
    return .some(number)
  }

  /// An IPv4 address, a domain, or a name without a dot as a local network knows it.
  private static func hostName(_ text: Substring) -> String? {
    let name = String(text)
    if isIPv4(name) { return name }
    if let domain = try? Domain(name) { return domain.ascii }
    let isLabel = name.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x5F
    }
    let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isLabel && !isNumber && (1...63).contains(name.utf8.count) && !name.hasPrefix("-") ? name.lowercased() : nil
  }

  private static func isIPv4(_ text: String) -> Bool {
    var address = in_addr()
    return inet_pton(AF_INET, text, &address) == 1
  }

  private static func isIPv6(_ text: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1
  }

  /// 127.0.0.0/8, ::1 and localhost.
  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" { return true }
    if isIPv4(host) { return host.hasPrefix("127.") }
    var address = in6_addr()
    guard inet_pton(AF_INET6, host, &address) == 1 else { return false }
    return withUnsafeBytes(of: address) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
  }
}
