import Campaigns

/// The place of a relay, seen from here: the best guess at the address that receivers will see.
enum RelayAddresses: Sendable, Equatable {
  /// Addresses that can be seen from everywhere.
  case open([IPAddress])
  /// On this machine or in a private network: receivers see another one.
  case local(String)
  case unknown(String)

  static func of(_ relay: Relay, _ dns: any DNSLookup) async -> RelayAddresses {
    if let address = IPAddress(relay.host) { return address.isLocal ? .local("\(address)") : .open([address]) }
    // A name without a dot is known to this machine or its network only.
    guard relay.host.contains(".") else { return .local(relay.host) }
    var found: [IPAddress] = []
    for type in [DNSType.a, .aaaa] {
      let answer = await dns.answer(relay.host, type)
      if case .unknown(let reason) = answer { return .unknown("\(relay.host): \(reason)") }
      found += answer.records.compactMap { if case .address(let address) = $0 { address } else { nil } }
    }
    guard !found.isEmpty else { return .unknown("DNS has no address of \(relay.host)") }
    let open = found.filter { !$0.isLocal }
    return open.isEmpty ? .local(relay.host) : .open(open)
  }
}
