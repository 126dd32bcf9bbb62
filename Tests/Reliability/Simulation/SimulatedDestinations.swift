import Campaigns
import Delivery
import Foundation

/// The rules of a simulation for its receiving domains, and where the mail of these goes.
///
/// Chosen by numbers of their own, so that everything else of a seed stays as it is without them.
struct SimulatedDestinations {
  var rules: [DestinationRule] = []
  /// For each domain its mail exchangers.
  let exchangers: [[String]] = (0..<7).map { domain in
    // Domains 1, 3 and 5 are at one provider, 2 has a second exchanger there, the others have their own.
    switch domain {
    case 1, 3, 5: ["MX\(domain).Mail.Provider.example."]
    case 2: ["mx.kanzlei2.example", "backup.provider.example"]
    default: ["mx.kanzlei\(domain).example"]
    }
  }
  /// Shares of a million look-ups: nobody knows, or the answer takes longer than a letter waits for it.
  var lookupFailed = 0
  var lookupLate = 0

  init() {}

  init(seed: UInt64, _ scenario: Scenario) {
    var dice = Dice(seed: seed ^ 0xDE57_1A71_0A5D_0001)
    guard dice.below(3) == 0 else { return }
    let zone = TimeZone(identifier: "Europe/Berlin") ?? .gmt
    var patterns: [DestinationPattern] = [
      .domain("kanzlei2.example"), .mx("provider.example"), .domain("kanzlei3.example"), .mx("mx.kanzlei4.example"),
      .below("example"),
    ]
    // A month must be enough for the campaign.
    let limits: [[RateLimit]] = [
      [], [RateLimit(count: 5, window: .seconds(60))], [RateLimit(count: 3, window: .seconds(10))],
      [RateLimit(count: 10, window: .seconds(600)), RateLimit(count: 30, window: .seconds(3600))],
      [RateLimit(count: 20, window: .seconds(3600), start: WindowStart(minutes: 15, zone: zone))],
      [RateLimit(count: 30, window: .seconds(86_400))],
    ]
    let most = scenario.hours == nil && scenario.relays.count == 1 ? limits.count : limits.count - 1
    for _ in 0..<dice.within(1...3) {
      let pattern = patterns.remove(at: dice.below(patterns.count))
      let chosen = limits[dice.below(most)]
      let connections = chosen.isEmpty || dice.below(2) == 0 ? dice.within(1...3) : nil
      rules.append(
        DestinationRule(
          pattern, limits: chosen, count: dice.below(2) == 0 ? .accepted : .attempts, connections: connections))
    }
    if !scenario.isCalm, dice.below(3) == 0 {
      lookupFailed = dice.spread(1_000...300_000)
      lookupLate = dice.spread(1_000...300_000)
    }
  }

  var hasShortWindow: Bool { rules.contains { $0.limits.contains { $0.window < .seconds(60) } } }

  /// The first rule of the file that fits the domain, as a reader of the file finds it.
  func rule(of domain: Int) -> Int? { rules.firstIndex { fits($0.destination, domain) } }

  /// A rule for mail exchangers stands before the first other one that fits.
  func needLookup(of domain: Int) -> Bool {
    let first = rules.firstIndex { !$0.isByExchanger && fits($0.destination, domain) } ?? rules.count
    return rules[..<first].contains { $0.isByExchanger }
  }

  private func fits(_ pattern: DestinationPattern, _ domain: Int) -> Bool {
    switch pattern {
    case .domain(let name): name == "kanzlei\(domain).example"
    case .below(let name): "kanzlei\(domain).example".hasSuffix("." + name)
    case .mx(let name): exchangers[domain].contains { ".\($0.lowercased())".trimming(".").hasSuffix("." + name) }
    }
  }
}

extension String {
  /// Without the dot at its end.
  fileprivate func trimming(_ end: String) -> String { hasSuffix(end) ? String(dropLast(end.count)) : self }
}

/// The name server of a simulation: knows all domains, in time or not.
struct SimulatedExchangers: ExchangerLookup {
  let destinations: SimulatedDestinations
  let world: World
  let process: ProcessLife
  /// Told which domains nobody knew in time; nil where nobody asks.
  let auditor: Auditor?

  func exchangers(of domain: String) async -> [String]? {
    guard let number = (0..<7).first(where: { "kanzlei\($0).example" == domain }) else { return nil }
    let isLate = world.dice.chance(destinations.lookupLate)
    let isUnknown = world.dice.chance(destinations.lookupFailed)
    if isLate || isUnknown { auditor?.unknownDomains.insert(number) }
    let seconds = isLate ? world.dice.within(5...30) : world.dice.below(4)
    guard await world.wait(seconds * 1_000_000 + world.dice.below(500_000), of: process) else { return nil }
    return isUnknown ? nil : destinations.exchangers[number]
  }
}
