import Campaigns
import Queue
import Synchronization

/// Behind which provider receiving domains are, so that a canary is a spread of providers.
///
/// A provider is known by the name that its mail exchanger is under: `kanzlei-example.mail.protection.outlook.com` is at
/// `outlook.com`. A domain of which nobody knows is one of its own.
enum CanaryProviders {
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
    return await ExchangerSurvey(lookup: lookup, time: time).find(found).compactMapValues {
      $0.first.map(CanaryProviders.provider)
    }
  }
}
