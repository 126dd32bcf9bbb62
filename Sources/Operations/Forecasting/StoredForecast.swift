import Campaigns
import Delivery
import Foundation
import Queue
import Receipts
import Reports
import Synchronization

extension ForecastPlan.Relay {
  /// The relay with what the store remembers of its use.
  init(_ relay: Campaigns.Relay, from store: (any MessageStore)?, _ time: any DeliveryClock) async throws {
    var past: [Date] = []
    if let store {
      past = try await RateLimiter.past(of: relay, in: store, on: time.base.asWallClock, at: time.now)
    }
    self.init(relay, past: past)
  }
}

extension ForecastPlan {
  /// The plan of a forecast for a campaign whose letters wait in the store. In time that grows with their number.
  init(
    _ campaign: Campaign, _ status: CampaignStatus, of record: CampaignRecord, in store: any MessageStore,
    _ time: any DeliveryClock
  ) async throws {
    let now = time.now
    var relays: [Relay] = []
    for relay in campaign.relays {
      var entry = try await Relay(relay, from: store, time)
      if let condition = status.relays.first(where: { $0.relay == relay.name }) {
        entry.isPaused = condition.state == .paused
        entry.restsUntil = condition.state == .resting ? condition.until : nil
      }
      relays.append(entry)
    }
    let collected = Mutex(Collected(campaign, at: now))
    try await store.forEachWaiting(in: record.id) { message in collected.withLock { $0.add(message) } }
    self.init(
      at: now, letters: collected.withLock { $0.letters }, relays: relays, retry: campaign.retry,
      hours: campaign.hours, destinations: campaign.destinations, deadline: record.plan.deadline,
      resendsUncertain: campaign.uncertain == .resend, experience: ForecastExperience(status))
  }

  private struct Collected: Sendable {
    var letters = WaitingLetters()
    private let now: Date
    private let relays: [String: UInt16]
    private let destinations: DestinationRules

    init(_ campaign: Campaign, at now: Date) {
      self.now = now
      relays = Dictionary(
        campaign.relays.enumerated().map { ($1.name, UInt16(clamping: $0)) }, uniquingKeysWith: { first, _ in first })
      destinations = DestinationRules(campaign.destinations)
    }

    mutating func add(_ message: WaitingMessage) {
      letters.letters.append(
        WaitingLetters.Letter(
          customer: UInt32(clamping: message.customer), domain: letters.number(of: message.domain, under: destinations),
          priority: UInt8(clamping: message.priority),
          due: message.dueAt.map { Float(max(0, $0.timeIntervalSince(now))) } ?? -1,
          attempts: UInt8(clamping: message.dueAt == nil ? 0 : message.attempts),
          relay: message.dueAt == nil
            ? WaitingLetters.Letter.noRelay
            : message.relay.flatMap { relays[$0] } ?? WaitingLetters.Letter.noRelay))
    }
  }
}

extension ForecastExperience {
  /// Letters that must have been tried before their shares are those of all.
  private static let enough = 20

  /// What a running delivery has shown so far.
  init(_ status: CampaignStatus) {
    let tried = status.count(.accepted) + status.count(.refused) + status.count(.deferred)
    func share(_ state: MessageState) -> Double? {
      tried < Self.enough ? nil : Double(status.count(state)) / Double(tried)
    }
    // The rate of a moment in which nothing was there to be sent says nothing.
    let isBusy = status.count(.queued) + (status.deferred?.due ?? 0) > 0
    self.init(
      rate: isBusy && status.ratePerSecond > 0 ? status.ratePerSecond : nil, putOff: share(.deferred), refused: share(.refused))
  }
}
