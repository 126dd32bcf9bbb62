import Delivery
import Preflight

/// The mail exchangers of receiving domains, from DNS.
///
/// Each question has a resolver of its own: several are asked at once, and a dead name server uses up nobody else's time.
struct MailExchangers: ExchangerLookup {
  let dns: @Sendable () -> any DNSLookup

  /// As many as any sender would try.
  private static let most = 20

  /// Names that no mail can go to, and no name server is to be asked about (RFC 6761 §6).
  private static let reserved: Set<Substring> = ["example", "invalid", "localhost", "test"]

  func exchangers(of domain: String) async -> [String]? {
    if let top = domain.split(separator: ".").last, Self.reserved.contains(top) { return [] }
    switch await dns().answer(domain, .mx) {
    case .unknown: return nil
    case .noSuchName: return []
    // The domain's own host takes its mail (RFC 5321 §5.1).
    case .noData: return [domain]
    case .records(let records):
      let servers = records.compactMap { record -> (preference: Int, host: String)? in
        if case .mx(let preference, let host) = record, !host.isEmpty { (preference, host) } else { nil }
      }
      return servers.sorted { ($0.preference, $0.host) < ($1.preference, $1.host) }.prefix(Self.most).map(\.host)
    }
  }
}
