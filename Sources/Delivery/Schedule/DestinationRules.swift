public import Campaigns

/// Which rule of a campaign's `destinations` a receiving domain falls under: the first in the file that fits it.
///
/// Pure.
public struct DestinationRules: Sendable, Hashable {
  public let rules: [DestinationRule]
  private let byDomain: [String: Int32]
  private let bySuffix: [String: Int32]
  private let byExchanger: [String: Int32]
  private let firstOfExchangers: Int32

  public init(_ rules: [DestinationRule]) {
    self.rules = rules
    var (byDomain, bySuffix, byExchanger) = ([String: Int32](), [String: Int32](), [String: Int32]())
    for (index, rule) in rules.enumerated().reversed() {
      switch rule.destination {
      case .domain(let name): byDomain[name] = Int32(index)
      case .below(let name): bySuffix[name] = Int32(index)
      case .mx(let name): byExchanger[name] = Int32(index)
      }
    }
    (self.byDomain, self.bySuffix, self.byExchanger) = (byDomain, bySuffix, byExchanger)
    firstOfExchangers = byExchanger.values.min() ?? .max
  }

  /// Some rule is for domains by their mail exchangers.
  public var needExchangers: Bool { !byExchanger.isEmpty }

  /// The rule of the domain depends on its mail exchangers.
  public func needExchangers(of domain: String) -> Bool {
    needExchangers && firstOfExchangers < fitting(domain) ?? .max
  }

  /// The rule that fits, by its place in ``rules``; nil when none does.
  ///
  /// - Parameters:
  ///   - domain: As A-labels in lower case.
  ///   - exchangers: The names of its mail exchangers, where they are known.
  public func fitting(_ domain: String, exchangers: [String] = []) -> Int32? {
    if rules.isEmpty { return nil }
    var found = [byDomain[domain]]
    if !bySuffix.isEmpty { found += Self.parents(of: domain).map { bySuffix[$0] } }
    if !byExchanger.isEmpty { found.append(provider(at: exchangers)) }
    return found.compactMap { $0 }.min()
  }

  /// The first rule whose `mx:` is one of the hosts or above it. A name may be written in capitals, and end in a dot.
  public func provider(at exchangers: [String]) -> Int32? {
    exchangers.flatMap { host in
      var name = host.lowercased()
      if name.hasSuffix(".") { name.removeLast() }
      return ([name] + Self.parents(of: name)).compactMap { byExchanger[$0] }
    }.min()
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
