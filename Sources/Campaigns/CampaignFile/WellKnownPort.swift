/// What is spoken on a port that everybody knows, where a relay's URL could say something else.
///
/// A URL whose scheme does not fit its port connects and then waits for the other side to begin, or logs in to a server for
/// reading mail. Ports that are not in the table may be anything, as those of test relays are.
struct WellKnownPort {
  enum Service: Sendable, Hashable {
    /// TLS from the start (`smtps://`), STARTTLS or nothing (`smtp://`): RFC 8314 §3.3, RFC 6409, and the second ports of
    /// large providers.
    case smtps, smtp
    /// No letter is taken there: the protocol's name.
    case other(String)
  }

  let service: Service

  private static let table: [Int: Service] = [
    465: .smtps, 2465: .smtps, 8465: .smtps,
    25: .smtp, 587: .smtp, 2525: .smtp, 2587: .smtp, 8025: .smtp,
    24: .other("LMTP"),
    110: .other("POP3"), 995: .other("POP3"), 143: .other("IMAP"), 993: .other("IMAP"), 4190: .other("ManageSieve"),
  ]

  init?(_ port: Int) {
    guard let service = Self.table[port] else { return nil }
    self.service = service
  }

  /// What is wrong with `scheme` (`smtp` or `smtps`) on `port`, with the URL to write instead; nil when they fit.
  /// - Parameter host: As it stands in a URL, an IPv6 address in brackets.
  static func objection(scheme: String, host: String, port: Int) -> String? {
    guard let known = WellKnownPort(port) else { return nil }
    switch known.service {
    case .smtps where scheme == "smtp":
      return "port \(port) is for TLS from the start, which smtp:// does not begin with; write smtps://\(host):\(port)"
    case .smtp where scheme == "smtps":
      return "port \(port) begins without TLS and goes on with STARTTLS; write smtp://\(host):\(port)"
    case .other(let name):
      let (first, second) = scheme == "smtps" ? ("smtps", "smtp") : ("smtp", "smtps")
      let ports = ["smtps": 465, "smtp": 587]
      return "port \(port) is for \(name), where no letter is taken; write \(first)://\(host):\(ports[first] ?? 0), or "
        + "\(second)://\(host):\(ports[second] ?? 0) if the relay has that"
    case .smtps, .smtp: return nil
    }
  }
}
