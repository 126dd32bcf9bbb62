public import Campaigns

/// Which rules of a campaign's `destinations` a receiving domain falls under.
///
/// Pure. A letter keeps the limits of every rule that fits its domain: `gmail.com` and `mx:google.com` may both.
public struct DestinationRules: Sendable, Hashable {
  public let rules: [DestinationRule]
  private let byDomain: [String: [Int32]]
  private let bySuffix: [String: [Int32]]
  private let byExchanger: [String: [Int32]]

  public init(_ rules: [DestinationRule]) {
    self.rules = rules
    var (byDomain, bySuffix, byExchanger) = ([String: [Int32]](), [String: [Int32]](), [String: [Int32]]())
    for (index, rule) in rules.enumerated() {
      switch rule.destination {
      case .domain(let name): byDomain[name, default: []].append(Int32(index))
      case .below(let name): bySuffix[name, default: []].append(Int32(index))
      case .mx(let name): byExchanger[name, default: []].append(Int32(index))
      }
    }
    (self.byDomain, self.bySuffix, self.byExchanger) = (byDomain, bySuffix, byExchanger)
  }

  /// Some rule asks for a domain's mail exchangers.
  public var needExchangers: Bool { !byExchanger.isEmpty }

  /// The rules that fit, by their places in ``rules``, ascending.
  ///
  /// - Parameters:
  ///   - domain: As A-labels in lower case.
  ///   - exchangers: The names of its mail exchangers, where they are known.
  public func fitting(_ domain: String, exchangers: [String] = []) -> [Int32] {
    if rules.isEmpty { return [] }
    var found = Set(byDomain[domain] ?? [])
    if !bySuffix.isEmpty {
      for parent in Self.parents(of: domain) { found.formUnion(bySuffix[parent] ?? []) }
    }
    if !byExchanger.isEmpty {
      for host in exchangers { found.formUnion(providers(named: host)) }
    }
    return found.sorted()
  }

  /// The rules whose `mx:` is the host or above it. A name may be written in capitals, and end in a dot.
  func providers(named host: String) -> [Int32] {
    var name = host.lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    return (byExchanger[name] ?? []) + Self.parents(of: name).flatMap { byExchanger[$0] ?? [] }
  }

  private static func parents(of domain: String) -> [String] {
    var parents: [String] = []
    var rest = Substring(domain)
    while let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      parents.append(String(rest))
    }
    return parents
  }
}
