import Campaigns
import Queue
import Synchronization

/// Behind which provider receiving domains are, so that a canary is a spread of providers.
///
/// The domains with the most letters are looked up, several at once and within a bounded time. A provider is known by
/// the name that its mail exchanger is under: `kanzlei-example.mail.protection.outlook.com` is at `outlook.com`. A domain of which
/// nobody knows is one of its own.
struct CanaryProviders {
  let lookup: any ExchangerLookup
  let time: any DeliveryClock

  /// Domains that are looked up.
  static let most = 500
  /// How long all look-ups may take; what is under way then is not waited for longer than its own time.
  private static let longestWait = Duration.seconds(10)
  private static let atOnce = 8

  private enum Event: Sendable {
    case answer(domain: String, exchangers: [String]?)
    case timeIsUp
  }

  /// Returns the providers of those domains whose exchangers are known.
  ///
  /// - Parameter counts: How many letters each domain gets.
  func find(_ counts: [String: Int]) async -> [String: String] {
    var left = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.most).map(\.key)[...]
    guard left.count > 1 else { return [:] }
    return await withTaskGroup(of: Event.self) { group in
      var found: [String: String] = [:]
      var running = 0
      var answered = 0
      var silent = 0
      func begin() {
        guard let domain = left.popFirst() else { return }
        running += 1
        group.addTask { [lookup] in .answer(domain: domain, exchangers: await lookup.exchangers(of: domain)) }
      }
      group.addTask { [time] in
        try? await time.pause(for: Self.longestWait)
        return .timeIsUp
      }
      for _ in 0..<Self.atOnce { begin() }
      for await event in group {
        switch event {
        case .timeIsUp: left = []
        case .answer(let domain, let exchangers):
          running -= 1
          if let first = exchangers?.first { found[domain] = Self.provider(at: first) }
          if exchangers == nil { silent += 1 } else { answered += 1 }
          // Where nobody answers at all, no more is asked.
          if answered == 0, silent >= Self.atOnce { left = [] }
          begin()
        }
        if running == 0 { group.cancelAll() }
      }
      return found
    }
  }

  /// Names under which countries give names to anybody.
  private static let shared: Set<String> = ["ac", "co", "com", "edu", "go", "gov", "gv", "ne", "net", "or", "org"]

  /// The name that an exchanger's operator has registered: its last two labels, or three as in `example.co.uk`.
  static func provider(at exchanger: String) -> String {
    let labels = exchanger.lowercased().split(separator: ".")
    guard labels.count > 2, let country = labels.last else { return labels.joined(separator: ".") }
    let isBelowShared = country.count == 2 && shared.contains(String(labels[labels.count - 2]))
    return labels.suffix(isBelowShared ? 3 : 2).joined(separator: ".")
  }
}

extension DeliveryEngine {
  /// The providers of the domains that a canary is to be chosen from; empty where it was chosen, or nobody is asked.
  func providers(for canary: Canary) async throws -> [String: String] {
    guard let lookup = settings.exchangers, try await store.canary(in: campaign) == nil else { return [:] }
    let counts = Mutex<[String: Int]>([:])
    try await store.forEachWaiting(in: campaign) { message in
      counts.withLock { $0[message.domain, default: 0] += 1 }
    }
    let found = counts.withLock { $0 }
    // Without letters beside the canary's there is none.
    guard found.values.reduce(0, +) > canary.letters else { return [:] }
    return await CanaryProviders(lookup: lookup, time: time).find(found)
  }
}
