import Campaigns
import Foundation
import Queue

/// Where the mail of a receiving domain goes: asked once for each domain.
public protocol ExchangerLookup: Sendable {
  /// The names of the domain's mail exchangers; nil when nobody knows now. Returns within a few seconds.
  func exchangers(of domain: String) async -> [String]?
}

/// What a scheduler has to know of the campaign's destinations.
struct Destinations: Sendable {
  var rules: DestinationRules
  /// For each rule the places that its limits still count.
  var past: [[Date]] = []
  /// What deliveries before have learned of each rule's domains, by its place.
  var learned: [Int: LearnedLimits] = [:]
  /// The number of the even clock in the store.
  var clock: Int64 = 0
  /// Finds out where a domain's mail goes; nil when no rule asks.
  var providers: ProviderBook?
}

/// Under which `mx:` rule the campaign's domains fall: looked up once, and kept for the campaign.
///
/// A domain of which nobody knows is one of its own; it is looked up again by a delivery that begins an hour later or more.
actor ProviderBook {
  private let lookup: any ExchangerLookup
  private let store: any DestinationStore
  private let campaign: Int64
  private let time: any DeliveryClock
  private let rules: DestinationRules
  private var known: [String: [String]]

  /// Look-ups at the same time.
  static let most = 8
  /// Seconds after which a domain that nobody knew is looked up again.
  private static let memoryOfUnknown: TimeInterval = 3600
  /// How long a letter waits for a look-up.
  static let longestWait = Duration.seconds(5)
  /// Mail exchangers of a domain that are looked at, as many as any sender would try.
  private static let mostExchangers = 20

  init(
    lookup: any ExchangerLookup, store: any DestinationStore, campaign: Int64, rules: DestinationRules,
    time: any DeliveryClock
  ) async throws {
    self.lookup = lookup
    self.store = store
    self.campaign = campaign
    self.rules = rules
    self.time = time
    known = [:]
    for place in try await store.mailPlaces(in: campaign) {
      let isOld = time.now.timeIntervalSince(place.at) >= Self.memoryOfUnknown
      if let exchangers = place.exchangers {
        known[place.domain] = exchangers
      } else if !isOld {
        known[place.domain] = []
      }
    }
  }

  /// What is known; nil when the domain is to be looked up.
  func known(_ domain: String) -> [String]? { known[domain] }

  /// Looks the domain up and keeps the answer: of its exchangers those that a rule is for.
  func find(_ domain: String) async -> [String] {
    if let hosts = known[domain] { return hosts }
    let answer = await lookup.exchangers(of: domain)
    let found = answer.map { hosts in hosts.prefix(Self.mostExchangers).filter { rules.provider(at: [$0]) != nil } }
    known[domain] = found ?? []
    // The answer holds though it cannot be kept: the next delivery asks again.
    try? await store.keep([MailPlace(domain: domain, exchangers: found, at: time.now)], in: campaign)
    return found ?? []
  }
}

extension MessageScheduler {
  /// Starts to look up the domains of which it is not known yet where their mail goes. Their letters wait for it, a few
  /// seconds at most; the others go meanwhile.
  func lookUpExchangers() {
    guard let providers = destinations?.providers else {
      // Nobody can say.
      for domain in lanes.takeUnknownDomains() { lanes.setExchangers([], of: domain, at: time.monotonicNow) }
      return
    }
    waitingForLookup += lanes.takeUnknownDomains()
    while lookups < ProviderBook.most, let domain = waitingForLookup.popLast() {
      lookups += 1
      // Unstructured: letters of others do not wait for it. Each is bounded in time, and an answer that comes after the
      // delivery has ended is kept for the next.
      Task {
        await withTaskGroup(of: [String]?.self) { group in
          group.addTask { await providers.find(domain) }
          group.addTask { [time] in
            try? await time.pause(for: ProviderBook.longestWait)
            return nil
          }
          let first = await group.next() ?? nil
          found(first ?? [], of: domain)
          group.cancelAll()
          // An answer that comes late counts for the letters that are left.
          if first == nil, let late = await group.next() ?? nil { found(late, of: domain) }
          lookups -= 1
          lookUpExchangers()
        }
      }
    }
  }

  private func found(_ hosts: [String], of domain: String) {
    lanes.setExchangers(hosts, of: domain, at: time.monotonicNow)
    wakeAll()
  }
}
