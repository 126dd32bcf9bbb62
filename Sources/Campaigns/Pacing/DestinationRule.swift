import Mail

/// What may go to one receiving domain, or to all domains of one provider, over all relays together: an entry of
/// `destinations` in a campaign file.
public struct DestinationRule: Sendable, Hashable {
  public var destination: DestinationPattern
  public var limits: [RateLimit]
  public var count: LimitCount
  /// Letters on the wire at the same time; nil: as many as the relays have connections.
  public var connections: Int?

  public init(
    _ destination: DestinationPattern, limits: [RateLimit] = [], count: LimitCount = .accepted, connections: Int? = nil
  ) {
    self.destination = destination
    self.limits = limits
    self.count = count
    self.connections = connections
  }
}

extension DestinationRule {
  /// It is for domains by their mail exchangers.
  public var isByExchanger: Bool { if case .mx = destination { true } else { false } }
}

/// The domains that a ``DestinationRule`` is about, as A-labels in lower case.
public enum DestinationPattern: Sendable, Hashable {
  /// `gmail.com`.
  case domain(String)
  /// `*.firm.example`: every domain below it.
  case below(String)
  /// `mx:google.com`: every domain one of whose mail exchangers has this name or one below it.
  case mx(String)
}

extension DestinationPattern: CustomStringConvertible {
  /// As in a campaign file, with A-labels.
  public var description: String {
    switch self {
    case .domain(let name): name
    case .below(let name): "*.\(name)"
    case .mx(let name): "mx:\(name)"
    }
  }

  /// Whether `other` can never count below this one: all its domains are this one's.
  func covers(_ other: DestinationPattern) -> Bool {
    switch (self, other) {
    case (.domain(let name), .domain(let other)): other == name
    case (.below(let name), .domain(let other)), (.below(let name), .below(let other)):
      other.hasSuffix("." + name)
    case (.mx(let name), .mx(let other)): other == name || other.hasSuffix("." + name)
    default: false
    }
  }
}

/// `destinations:` of a campaign file, in the order of the file.
enum DestinationsSection {
  static func read(_ value: YAMLValue, zone: DefaultZone) -> [DestinationRule]? {
    guard let entries = value.entries(example: "gmail.com: [20/min]") else { return nil }
    guard !entries.isEmpty else {
      value.report("\"\(value.path)\" is empty; write a domain and its limits, as in gmail.com: [20/min], or remove it")
      return nil
    }
    var rules: [DestinationRule] = []
    var isWhole = true
    for (key, member) in entries {
      guard let destination = pattern(key), let rule = rule(destination, member, zone: zone) else {
        isWhole = false
        continue
      }
      if rules.contains(where: { $0.destination == destination }) {
        key.report("\(QuotedText(key.word ?? "")) is \"\(destination)\", which has a rule already; keep one of them")
        isWhole = false
      }
      rules.append(rule)
    }
    return isWhole ? rules : nil
  }

  private static func rule(
    _ destination: DestinationPattern, _ value: YAMLValue, zone: DefaultZone
  ) -> DestinationRule? {
    guard value.isGroup else {
      return value.limits(zone: zone).map { DestinationRule(destination, limits: $0) }
    }
    let example = "{limits: [20/min], connections: 5}"
    guard let section = YAMLSection(value, keys: ["limits", "count", "connections"], example: example) else {
      return nil
    }
    let limits = section.optional("limits").map { $0.limits(zone: zone) } ?? []
    let count = section.optional("count").map { $0.choice(LimitCount.self) } ?? .accepted
    // A wrong number was reported, and a file with a problem gives no campaign.
    let connections = section.optional("connections").flatMap { $0.number(in: 1...1000) }
    if let count = section.optional("count"), !section.has("limits") {
      count.report("\"\(count.path)\" has no use without \"limits\"; add them")
      return nil
    }
    guard section.has("limits") || section.has("connections") else {
      value.report("\"\(value.path)\" has no rule; write limits, connections or both, as in \(example)")
      return nil
    }
    guard let limits, let count else { return nil }
    return DestinationRule(destination, limits: limits, count: count, connections: connections)
  }

  /// A domain, `*.domain`, or `mx:` with the name of mail exchangers, which stands for those below it as well.
  private static func pattern(_ key: YAMLValue) -> DestinationPattern? {
    // A key that is no scalar was left out.
    let text = (key.word ?? "").trimmingBlanks()
    let isMX = text.lowercased().hasPrefix("mx:")
    let name = isMX ? String(text.dropFirst(3)).trimmingBlanks() : text
    let isBelow = name.hasPrefix("*.")
    do throws(AddressError) {
      let domain = try Domain(isBelow ? String(name.dropFirst(2)) : name).ascii
      return isMX ? .mx(domain) : isBelow ? .below(domain) : .domain(domain)
    } catch {
      let reason =
        switch name {
        case _ where text.contains("@"): "it is an address, and a rule is for a whole domain"
        case _ where text == "*": "a limit for all domains is one of the relays"
        case _ where name.dropFirst(isBelow ? 2 : 0).contains("*"): "a * stands at the beginning only, before a dot"
        default: "it \(error)"
        }
      key.report(
        "\(QuotedText(text)) is not a destination: \(reason); write a domain (gmail.com), the domains below one "
          + "(\"*.firm.example\") or those of a mail exchanger (mx:google.com)")
      return nil
    }
  }
}
