import Campaigns
import Mail

/// Whether answers and bounces arrive: the mail servers of every domain that letters name.
struct MXCheck {
  let sender: Sender
  /// Nil: bounces go to the address in From.
  var bounces: BounceAddress?
  let dns: any DNSLookup

  func findings() async -> [PreflightFinding] {
    var findings: [PreflightFinding] = []
    for (domain, uses) in domains { findings.append(await finding(domain, uses)) }
    return findings
  }

  /// Each domain once, with what comes to it.
  private var domains: [(domain: String, uses: String)] {
    let named = [
      (sender.from.address.domain.ascii, bounces == nil ? "bounces and answers to From" : "answers to From"),
      (bounces?.address.domain.ascii, "bounces"),
      (sender.replyTo?.address.domain.ascii, "answers (Reply-To)"),
      (sender.contact.email.domain.ascii, "letters to the contact"),
    ]
    var all: [(domain: String, uses: [String])] = []
    for case (let domain?, let use) in named {
      if let index = all.firstIndex(where: { $0.domain == domain }) {
        all[index].uses.append(use)
      } else {
        all.append((domain, [use]))
      }
    }
    return all.map { ($0.domain, $0.uses.joined(separator: ", ")) }
  }

  private func finding(_ domain: String, _ uses: String) async -> PreflightFinding {
    let lost = "Lost would be: \(uses)."
    switch await dns.answer(domain, .mx) {
    case .unknown(let reason): return .unknown(.mx, domain, "where its mail goes", reason)
    case .noSuchName:
      return PreflightFinding(
        .error, .mx, domain, "DNS knows no domain \(domain). \(lost)",
        advice: "Correct the address in campaign.yaml, or have the domain put into DNS.")
    case .noData: return await withoutMX(domain, lost)
    case .records(let records):
      let servers = records.compactMap { record -> (preference: Int, host: String)? in
        if case .mx(let preference, let host) = record { (preference, host) } else { nil }
      }.sorted { ($0.preference, $0.host) < ($1.preference, $1.host) }
      if servers.contains(where: { $0.host.isEmpty }) {
        return PreflightFinding(
          .error, .mx, domain, "The MX record says that \(domain) takes no mail at all (“0 .”, RFC 7505). \(lost)",
          advice: "Use an address in campaign.yaml that takes mail, or publish an MX record that names its mail server."
        )
      }
      return await judged(domain, servers.map(\.host), lost)
    }
  }

  private func withoutMX(_ domain: String, _ lost: String) async -> PreflightFinding {
    switch await reached(domain) {
    case .unknown(let reason): return .unknown(.mx, domain, "where its mail goes", reason)
    case .nowhere:
      return PreflightFinding(
        .error, .mx, domain, "\(domain) has neither an MX record nor an address: it takes no mail. \(lost)",
        advice: "Publish an MX record that names its mail server, or use another address in campaign.yaml.")
    case .local, .open, .alias:
      return PreflightFinding(
        .warning, .mx, domain,
        "\(domain) has no MX record: its mail goes to the address of the domain itself, which is often a web server "
          + "that takes none. \(lost)",
        advice: "Publish an MX record that names its mail server; or send a test to see that mail arrives.")
    }
  }

  private enum Reached {
    case open, local, alias, nowhere
    case unknown(String)
  }

  private func reached(_ host: String) async -> Reached {
    guard let name = DNSName.checked(host) else { return .nowhere }
    var addresses: [IPAddress] = []
    for type in [DNSType.a, .aaaa] {
      let answer = await dns.answer(name, type)
      if case .unknown(let reason) = answer { return .unknown("\(name): \(reason)") }
      addresses += answer.records.compactMap { if case .address(let address) = $0 { address } else { nil } }
    }
    guard !addresses.isEmpty else { return .nowhere }
    if !(await dns.answer(name, .cname)).records.isEmpty { return .alias }
    return addresses.allSatisfy(\.isLocal) ? .local : .open
  }

  private func judged(_ domain: String, _ hosts: [String], _ lost: String) async -> PreflightFinding {
    var dead: [String] = []
    var odd: [String] = []
    let named = hosts.prefix(Self.most)
    for host in named {
      switch await reached(host) {
      case .unknown(let reason): return .unknown(.mx, domain, "whether its mail servers have addresses", reason)
      case .nowhere: dead.append(ShownText.quoted(host))
      case .local: odd.append("\(host) has only addresses of a private network")
      case .alias: odd.append("\(host) is an alias (CNAME), which an MX must not name")
      case .open: break
      }
    }
    if dead.count == named.count {
      return PreflightFinding(
        .error, .mx, domain,
        "The MX record names \(dead.joined(separator: ", ")), and DNS has no address of that. \(lost)",
        advice: "Correct the MX record, or give its server an address.")
    }
    odd += dead.map { "\($0) has no address" }
    guard odd.isEmpty else {
      return PreflightFinding(
        .warning, .mx, domain, "Of the mail servers of \(domain), \(odd.joined(separator: "; ")).",
        advice: "Correct the MX records.")
    }
    return PreflightFinding(
      .ok, .mx, domain, "Mail to \(domain) goes to \(named.joined(separator: ", ")).")
  }

  /// The most servers that any sender would try.
  private static let most = 20
}
