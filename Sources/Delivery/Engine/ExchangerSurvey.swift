/// The mail exchangers of the domains with the most letters, looked up before letters leave: several at once, and within a
/// bounded time.
public struct ExchangerSurvey: Sendable {
  private let lookup: any ExchangerLookup
  private let time: any DeliveryClock

  /// Domains that are looked up.
  public static let most = 500
  /// How long all look-ups may take; what is under way then is not waited for longer than its own time.
  private static let longestWait = Duration.seconds(10)
  private static let atOnce = 8

  private enum Event: Sendable {
    case answer(domain: String, exchangers: [String]?)
    case timeIsUp
  }

  public init(lookup: any ExchangerLookup, time: any DeliveryClock) {
    self.lookup = lookup
    self.time = time
  }

  /// Returns the names of the exchangers of those domains of which they are known; empty for one that has none.
  ///
  /// - Parameter counts: How many letters each domain gets.
  public func find(_ counts: [String: Int]) async -> [String: [String]] {
    var left = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.most).map(\.key)[...]
    guard !left.isEmpty else { return [:] }
    return await withTaskGroup(of: Event.self) { group in
      var found: [String: [String]] = [:]
      var running = 0
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
          if let exchangers { found[domain] = exchangers } else { silent += 1 }
          // Where nobody answers at all, no more is asked.
          if found.isEmpty, silent >= Self.atOnce { left = [] }
          begin()
        }
        if running == 0 { group.cancelAll() }
      }
      return found
    }
  }
}
