import Campaigns
public import Mail

/// The domains that letters go to, with the customers who have an address there: what a check counts while it reads them.
public struct ContactDomains: Sendable {
  /// A domain and its customers.
  public struct Entry: Sendable {
    public var domain: Domain
    public var customers = 0
    /// The first of them, with the line of their first row; at most ``ContactDomains/named``.
    public var first: [(id: String, line: Int)] = []
  }

  public static let named = 3
  /// The most domains that are counted; a file with more of them is looked at in part.
  static let most = 50_000

  private var entries: [String: Entry] = [:]
  /// Customers at domains that were not counted.
  private(set) var others = 0

  public init() {}

  public mutating func add(_ domain: Domain, customer id: String, line: Int) {
    guard entries[domain.ascii] != nil || entries.count < Self.most else {
      others += 1
      return
    }
    var entry = entries[domain.ascii] ?? Entry(domain: domain)
    entry.customers += 1
    if entry.first.count < Self.named { entry.first.append((id, line)) }
    entries[domain.ascii] = entry
  }

  public var isEmpty: Bool { entries.isEmpty }

  /// Those with the most customers first, then by name.
  var sorted: [Entry] {
    entries.values.sorted { ($1.customers, $0.domain.ascii) < ($0.customers, $1.domain.ascii) }
  }
}

/// Whether the domains that letters go to take mail: one question or more for each of them, those with the most customers
/// first, several at once.
///
/// It ends in bounded time: it looks at ``most`` domains, every resolver has a time of its own, and when nothing at all is
/// answered it gives up. A name server that does not answer says nothing about a domain: such a domain is counted as not
/// known, never as one that takes no mail.
struct ContactDomainCheck {
  let domains: ContactDomains
  /// Makes a resolver; each is asked one question at a time.
  let dns: @Sendable () -> any DNSLookup

  /// The domains that are looked up at most.
  static let most = 2000
  private static let resolvers = 8
  /// The domains that are named before the rest is counted.
  private static let named = 20
  /// The mail servers of one domain that are looked at.
  private static let servers = 5

  enum Verdict: Sendable, Hashable {
    case takesMail
    case noSuchDomain
    /// Neither an MX record nor an address.
    case nothing
    /// The null MX (RFC 7505).
    case nullMX
    /// The mail servers that it names have no address.
    case deadServers([String])
    case unknown(String)
  }

  func findings() async -> [PreflightFinding] {
    let entries = domains.sorted
    guard !entries.isEmpty else { return [] }
    let verdicts = await verdicts(on: entries.prefix(Self.most).map(\.domain.ascii))
    var dead: [PreflightFinding] = []
    var unknown: [(entry: ContactDomains.Entry, reason: String)] = []
    var customersOfOthers = 0
    var deadCount = 0
    for (entry, verdict) in zip(entries, verdicts) {
      switch verdict {
      case .takesMail?, nil: break
      case .unknown(let reason)?: unknown.append((entry, reason))
      case let verdict?:
        deadCount += 1
        if dead.count < Self.named {
          dead.append(finding(entry, verdict))
        } else {
          customersOfOthers += entry.customers
        }
      }
    }
    var findings = dead
    if deadCount > dead.count {
      findings.append(
        PreflightFinding(
          .warning, .contacts, "\(deadCount - dead.count) other domains",
          "They take no mail either; \(Self.customers(customersOfOthers)) have their contact there.",
          advice: "Correct those above, then look again."))
    }
    if let first = unknown.first {
      let names = unknown.map(\.entry.domain.unicode).firstFewJoined(Self.named)
      findings.append(
        PreflightFinding(
          .warning, .contacts, unknown.count == 1 ? first.entry.domain.unicode : "\(unknown.count) domains",
          "It could not be found out whether \(unknown.count == 1 ? "it takes" : "they take") mail (\(first.reason)), which "
            + "says nothing about the addresses there: \(names).",
          advice: "Try again later, or ask another name server with --resolver."))
    }
    let looked = verdicts.count { $0 != nil }
    let left = entries.count - looked
    if left > 0 || domains.others > 0 {
      let customers = entries.indices.reduce(domains.others) { sum, index in
        index < verdicts.count && verdicts[index] != nil ? sum : sum + entries[index].customers
      }
      findings.append(
        PreflightFinding(
          .warning, .contacts, "other domains",
          "\(left)\(domains.others > 0 ? " or more" : "") domains of contacts were not looked up, with "
            + "\(Self.customers(customers)); those with the most customers come first.",
          advice: looked == 0 ? "Try again later, or ask another name server with --resolver." : nil))
    }
    let good = verdicts.count { $0 == .takesMail }
    if good > 0 {
      findings.append(
        PreflightFinding(
          .ok, .contacts, good == 1 ? "1 domain" : "\(good) domains",
          "Of the domains that letters go to, \(good == entries.count ? "every one takes" : "\(good) of \(entries.count) take") mail."
        ))
    }
    return findings
  }

  private func finding(_ entry: ContactDomains.Entry, _ verdict: Verdict) -> PreflightFinding {
    let name = entry.domain.unicode
    let why =
      switch verdict {
      case .noSuchDomain: "DNS knows no domain \(name)."
      case .nullMX: "The MX record says that \(name) takes no mail at all (“0 .”, RFC 7505)."
      case .deadServers(let hosts):
        "The MX record of \(name) names \(hosts.map { ShownText.quoted($0) }.joined(separator: ", ")), and DNS has no address of that."
      case .nothing, .takesMail, .unknown: "\(name) has neither an MX record nor an address: it takes no mail."
      }
    let first = entry.first.map { "\(ShownText.quoted($0.id)) (line \($0.line))" }.joined(separator: ", ")
    let more = entry.customers > entry.first.count ? " and \(entry.customers - entry.first.count) more" : ""
    return PreflightFinding(
      .warning, .contacts, name,
      "\(why) No letter there arrives: \(entry.customers == 1 ? "customer" : "customers") \(first)\(more).",
      advice: "Correct the contact in the customer file, or leave it empty, then the customer is called.")
  }

  private static func customers(_ count: Int) -> String { count == 1 ? "1 customer" : "\(count) customers" }

  /// In the order of `names`; nil for those that were given up.
  private func verdicts(on names: [String]) async -> [Verdict?] {
    var verdicts = [Verdict?](repeating: nil, count: names.count)
    await withTaskGroup(of: (Int, Int, Verdict).self) { group in
      let pool = (0..<min(Self.resolvers, names.count)).map { _ in dns() }
      var next = 0
      func begin(_ resolver: Int) {
        guard next < names.count else { return }
        let (place, name, dns) = (next, names[next], pool[resolver])
        next += 1
        group.addTask { (place, resolver, await Self.verdict(on: name, dns)) }
      }
      for resolver in pool.indices { begin(resolver) }
      var isAnswered = false
      var silent = 0
      while let (place, resolver, verdict) = await group.next() {
        verdicts[place] = verdict
        if case .unknown = verdict { silent += 1 } else { isAnswered = true }
        // Where nobody answers, the next question is lost time.
        if isAnswered || silent < Self.resolvers { begin(resolver) }
      }
    }
    return verdicts
  }

  private static func verdict(on name: String, _ dns: any DNSLookup) async -> Verdict {
    switch await dns.answer(name, .mx) {
    case .unknown(let reason): return .unknown(reason)
    case .noSuchName: return .noSuchDomain
    // The domain's own host takes its mail (RFC 5321 §5.1).
    case .noData:
      return await hasAddress(name, dns).map { $0 ? .takesMail : .nothing } ?? .unknown("its address is not known")
    case .records(let records):
      let hosts = records.compactMap { record in
        if case .mx(_, let host) = record { host } else { nil as String? }
      }
      if hosts.contains("") { return .nullMX }
      for host in hosts.prefix(servers) {
        // What is not known of a server is taken for an address: the domain has said where its mail goes.
        guard let name = DNSName.checked(host) else { continue }
        if await hasAddress(name, dns) ?? true { return .takesMail }
      }
      return hosts.count > servers ? .takesMail : .deadServers(hosts)
    }
  }

  /// Nil when it is not known.
  private static func hasAddress(_ name: String, _ dns: any DNSLookup) async -> Bool? {
    var isKnown = true
    for type in [DNSType.a, .aaaa] {
      let answer = await dns.answer(name, type)
      if !answer.records.isEmpty { return true }
      if case .unknown = answer { isKnown = false }
    }
    return isKnown ? false : nil
  }
}
