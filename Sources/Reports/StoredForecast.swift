public import Campaigns
public import Delivery
import Foundation
public import Queue
import Receipts
import Synchronization

extension ForecastPlan.Relay {
  /// The relay with what the store remembers of its use.
  public init(_ relay: Campaigns.Relay, from store: (any MessageStore)?, _ time: any DeliveryClock) async throws {
    guard let store else {
      self.init(relay)
      return
    }
    let clock = time.base.asWallClock
    self.init(relay, past: try await RateLimiter.past(of: [relay], in: store, on: clock, at: time.now))
    let learned = try await store.learned(of: .relay(relay), on: clock)?.pace
    if let learned, time.now.timeIntervalSince(learned.at) < Self.memoryOfPace { pace = learned.value }
  }

  /// A relay that asked for less within the last day is taken to do so again.
  private static let memoryOfPace: TimeInterval = 86_400
}

/// What a forecast takes from a campaign file.
public struct ForecastSettings: Sendable {
  public var relays: [Relay]
  public var retry: RetrySchedule
  public var hours: SendingHours?
  public var afterDeadline: AfterDeadline
  public var destinations: [DestinationRule]
  public var uncertain: UncertainPolicy

  public init(
    relays: [Relay], retry: RetrySchedule, hours: SendingHours? = nil, destinations: [DestinationRule] = [],
    afterDeadline: AfterDeadline = .continue,
    uncertain: UncertainPolicy = .hold
  ) {
    self.relays = relays
    self.retry = retry
    self.hours = hours
    self.afterDeadline = afterDeadline
    self.destinations = destinations
    self.uncertain = uncertain
  }

  public init(_ campaign: Campaign) {
    self.init(
      relays: campaign.relays, retry: campaign.retry, hours: campaign.hours, destinations: campaign.destinations,
      afterDeadline: campaign.afterDeadline,
      uncertain: campaign.uncertain)
  }
}

extension ForecastPlan {
  /// The plan of a forecast for a campaign whose letters wait in the store. In time that grows with their number.
  public init(
    _ settings: ForecastSettings, _ status: CampaignStatus, of record: CampaignRecord, in store: any MessageStore,
    _ time: any DeliveryClock
  ) async throws {
    let now = time.now
    var relays: [Relay] = []
    for relay in settings.relays {
      var entry = try await Relay(relay, from: store, time)
      if let condition = status.relays.first(where: { $0.relay == relay.name }) {
        entry.isPaused = condition.state == .paused
        entry.restsUntil = condition.state == .resting ? condition.until : nil
      }
      relays.append(entry)
    }
    let places = DestinationRules(settings.destinations).needExchangers ? try await store.mailPlaces(in: record.id) : []
    let collected = Mutex(Collected(settings, places, at: now))
    try await store.forEachWaiting(in: record.id) { message in collected.withLock { $0.add(message) } }
    self.init(
      at: now, letters: collected.withLock { $0.letters }, relays: relays, retry: settings.retry,
      hours: settings.hours, destinations: settings.destinations, deadline: record.plan.deadline,
      stopsAtDeadline: settings.afterDeadline == .stop,
      resendsUncertain: settings.uncertain == .resend, experience: ForecastExperience(status))
    for rule in settings.destinations {
      let since = now.addingTimeInterval(-RateLimiter.memory(of: rule.limits))
      let use = try await store.use(of: .destination(rule.destination), since: since, on: time.base.asWallClock)
      destinationsPast.append(use.map { min($0, now) }.sorted())
    }
    try await readLearned(from: store, time)
    if let rate = experience.rate {
      experience.rate = max(rate, paceWhileLimited ?? 0)
      // It has the relays' pace in it.
      for index in self.relays.indices { self.relays[index].pace = nil }
    }
  }

  /// What deliveries have learned of the destinations of rules.
  public mutating func readLearned(from store: any MessageStore, _ time: any DeliveryClock) async throws {
    for (index, rule) in destinations.enumerated() {
      let scope = LimitScope.destination(rule.destination)
      destinationsLearned[index] = try await store.learned(of: scope, on: time.base.asWallClock)
    }
  }

  /// Letters per second at which relays were sent to while their limits allowed it, where limits held them back in the
  /// last minute; nil where none did. The rate of that minute is then the limits', not the relays'.
  private var paceWhileLimited: Double? {
    let limited = relays.filter { relay in
      relay.relay.limits.contains { limit in
        let since = now.addingTimeInterval(-limit.window.seconds - 60)
        return Double(relay.past.count { $0 > since }) >= 0.9 * Double(limit.count)
      }
    }
    guard !limited.isEmpty else { return nil }
    return limited.reduce(0) { $0 + Self.burst($1.past) }
  }

  /// The most letters in any ten seconds, for each second.
  private static func burst(_ times: [Date]) -> Double {
    var most = 0
    var first = 0
    for (index, moment) in times.enumerated() {
      while times[first] < moment.addingTimeInterval(-10) { first += 1 }
      most = max(most, index - first + 1)
    }
    return Double(most) / 10
  }

  private struct Collected: Sendable {
    var letters = WaitingLetters()
    private var lastPriority = 0
    /// Letters that go once more come behind all that wait for their first attempt, in no order of priority.
    private var isResending = false
    private let now: Date
    private let relays: [String: UInt16]
    private let destinations: DestinationRules

    init(_ settings: ForecastSettings, _ places: [MailPlace], at now: Date) {
      self.now = now
      relays = Dictionary(
        settings.relays.enumerated().map { ($1.name, UInt16(clamping: $0)) }, uniquingKeysWith: { first, _ in first })
      destinations = DestinationRules(settings.destinations)
      letters.exchangers = Dictionary(places.map { ($0.domain, $0.exchangers ?? []) }) { $1 }
    }

    mutating func add(_ message: WaitingMessage) {
      var letter = WaitingLetters.Letter(
        customer: UInt32(clamping: message.customer), domain: letters.number(of: message.domain, under: destinations),
        priority: UInt8(clamping: message.priority))
      if let due = message.dueAt {
        letter.due = Float(max(0, due.timeIntervalSince(now)))
        letter.attempts = UInt8(clamping: message.attempts)
        // With one relay it makes no difference.
        if relays.count > 1, message.lastAnswer?.isGreylisted == true, let relay = message.relay.flatMap({ relays[$0] })
        {
          letter.relay = relay
        }
      }
      if message.dueAt == nil {
        isResending = isResending || message.priority < lastPriority
        lastPriority = message.priority
      }
      letters.append(letter, isLast: message.dueAt == nil && isResending)
    }
  }
}

extension ForecastExperience {
  /// Letters that must have been tried before their shares are those of all.
  private static let enough = 20

  /// What a running delivery has shown so far.
  public init(_ status: CampaignStatus) {
    let tried = status.count(.accepted) + status.count(.refused) + status.count(.deferred)
    func share(_ state: MessageState) -> Double? {
      tried < Self.enough ? nil : Double(status.count(state)) / Double(tried)
    }
    // The rate of a moment in which nothing was there to be sent says nothing.
    let isBusy = status.count(.queued) + (status.deferred?.due ?? 0) > 0
    self.init(
      rate: isBusy && status.ratePerSecond > 0 ? status.ratePerSecond : nil, putOff: share(.deferred),
      refused: share(.refused))
  }
}
