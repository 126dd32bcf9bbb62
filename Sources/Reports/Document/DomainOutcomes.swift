public import Receipts

/// What became of the letters, by the domain they went to.
public struct DomainOutcomes: Sendable, Hashable, Encodable {
  /// The one with the most letters first.
  public var domains: [DomainOutcome] = []
  /// The letters to all other domains; nil where there are none.
  public var others: DomainOutcome?
  /// How many other domains there are; nil when that is not known.
  public var otherDomains: Int?

  /// Domains that are named.
  static let mostNamed = 100

  /// - Parameter beyond: Letters to domains that were not told apart; nil where all were.
  init(_ counted: [DomainOutcome], beyond: DomainOutcome?, for audience: CampaignDocument.Audience) {
    let sorted = counted.sorted { ($0.letters, $1.domain) > ($1.letters, $0.domain) }
    let isNamed: (DomainOutcome) -> Bool = { domain in
      audience == .operator || domain.customers >= ReceiptDomain.leastCustomers
    }
    domains = Array(sorted.lazy.filter(isNamed).prefix(Self.mostNamed))
    let rest = Set(sorted.map(\.domain)).subtracting(domains.map(\.domain))
    otherDomains = beyond == nil ? rest.count : nil
    guard !rest.isEmpty || beyond != nil else { return }
    var others = beyond ?? DomainOutcome(domain: "")
    for domain in sorted where rest.contains(domain.domain) { others.add(domain) }
    self.others = others
  }

  private enum CodingKeys: String, CodingKey {
    case domains, others
    case otherDomains = "other_domains"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(domains, forKey: .domains)
    try container.encode(others, forKey: .others)
    try container.encode(otherDomains, forKey: .otherDomains)
  }
}

public struct DomainOutcome: Sendable, Hashable, Encodable {
  /// As A-labels; empty for several.
  public var domain: String
  /// Customers with a letter to it.
  public private(set) var customers = 0
  public private(set) var messages: [MessageState: Int] = [:]

  public init(domain: String) { self.domain = domain }

  public var letters: Int { messages.values.reduce(0, +) }

  mutating func add(_ state: MessageState, isNewCustomer: Bool) {
    messages[state, default: 0] += 1
    if isNewCustomer { customers += 1 }
  }

  mutating func add(_ other: DomainOutcome) {
    messages.merge(other.messages) { $0 + $1 }
    customers += other.customers
  }

  private enum CodingKeys: CodingKey { case domain, customers, messages }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(domain, forKey: .domain)
    try container.encode(customers, forKey: .customers)
    try container.encode(StateFigures(messages), forKey: .messages)
  }
}
