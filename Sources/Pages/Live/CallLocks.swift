import Foundation
import Operations

/// Who is calling whom: a customer taken by one caller is not offered to another for ten minutes.
///
/// Kept in memory: it prevents two calls, and nothing depends on it. A call that is recorded ends it.
actor CallLocks {
  struct Lock: Sendable, Hashable {
    let caller: String
    let until: Date
  }

  static let length: TimeInterval = 600
  private struct Key: Hashable {
    let campaign: CampaignLocation
    let customer: String
  }

  private var locks: [Key: Lock] = [:]

  /// Takes a customer for a caller; returns the other one who has it, nil when it is taken now.
  func take(_ customer: String, of campaign: CampaignLocation, by caller: String, at now: Date) -> Lock? {
    locks = locks.filter { $0.value.until > now }
    let key = Key(campaign: campaign, customer: customer)
    if let lock = locks[key], lock.caller != caller { return lock }
    locks[key] = Lock(caller: caller, until: now.addingTimeInterval(Self.length))
    return nil
  }

  func release(_ customer: String, of campaign: CampaignLocation) {
    locks[Key(campaign: campaign, customer: customer)] = nil
  }

  func lock(on customer: String, of campaign: CampaignLocation, at now: Date) -> Lock? {
    locks[Key(campaign: campaign, customer: customer)].flatMap { $0.until > now ? $0 : nil }
  }
}
