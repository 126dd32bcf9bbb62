import Campaigns
import Foundation
import Mail
import Queue

/// Which letters are for which relay, and what is said of relays and domains.
extension MessageScheduler {
  /// The kinds of lanes: what any relay takes, what needs SMTPUTF8, and what is kept for the relay of the last attempt.
  private static let (general, international, firstKept) = (0, 1, 2)

  func kinds(for relay: String) -> [Int] {
    let kept = relays.indices.map { Self.firstKept + $0 }
    var kinds = kept.filter { relays[$0 - Self.firstKept] == relay }
    if !asciiRelays.contains(relay) || !someRelayMayBeInternational { kinds.append(Self.international) }
    // Those that another relay knows come last: this one may greylist them anew.
    let left = kept.filter { relays[$0 - Self.firstKept] != relay && !isKeptFor(relays[$0 - Self.firstKept]) }
    return kinds + [Self.general] + left
  }

  /// Where a letter waits that is not for this relay; nil when it may have it.
  func kind(of message: DueMessage, offeredTo relay: String) -> Int? {
    if let last = message.relay, last != relay, isKeptFor(last), message.lastAnswer?.isGreylisted == true,
      let index = relays.firstIndex(of: last)
    {
      return Self.firstKept + index
    }
    let isLeft = asciiRelays.contains(relay) && someRelayMayBeInternational && !message.recipient.isASCII
    return isLeft ? Self.international : nil
  }

  /// Greylisted letters wait for it.
  private func isKeptFor(_ relay: String) -> Bool {
    guard usableRelays.contains(relay) else { return false }
    guard usableRelays.count > 1 else { return true }
    let latest = time.monotonicNow.addingTimeInterval(RetrySchedule.waitForKnownRelay)
    return !awayRelays.contains(relay) && fullRelays[relay].map { $0 <= latest } ?? true
  }

  /// The limits of `relay` let nothing go before this moment: what is kept for it goes to the others, where it is far.
  func relay(_ relay: String, isFullUntil moment: Date) {
    let wasKeptFor = isKeptFor(relay)
    fullRelays[relay] = moment
    if wasKeptFor, !isKeptFor(relay) { wakeAll() }
  }

  /// Whether `relay` is gone for the moment: what is kept for it goes to the others then.
  func relay(_ relay: String, isAway: Bool) {
    guard isAway else {
      awayRelays.remove(relay)
      return
    }
    if awayRelays.insert(relay).inserted { wakeAll() }
  }

  /// `relay` does not offer the SMTPUTF8 that the message needs. True when another relay may: the message then waits
  /// for it. False when no relay in use does; the message still belongs to the worker.
  func passOn(_ message: DueMessage, from relay: String) -> Bool {
    asciiRelays.insert(relay)
    guard someRelayMayBeInternational else { return false }
    giveBack(message)
    return true
  }

  /// No more messages for `relay`; those kept for it go to the others.
  func relayPaused(_ relay: String) {
    usableRelays.remove(relay)
    let left = usableRelays.compactMap { connections[$0] }
    if let smallest = left.min() { lanes.setConnections(left.reduce(0, +), smallestRelay: smallest) }
    wakeAll()
  }

  /// More than one relay is in use.
  var hasOtherRelays: Bool { usableRelays.count > 1 }

  private var someRelayMayBeInternational: Bool { !usableRelays.isSubset(of: asciiRelays) }

  // MARK: Domains

  /// The domain asked for less: its messages wait, as long as it says or longer each time.
  func slow(domain: String, wait named: Int? = nil) {
    lanes.throttled(domain, wait: named, at: time.monotonicNow)
  }

  /// Messages to other domains go first, where there are any that are due.
  func goAround(domain: String) { lanes.avoid(domain) }

  /// The domain refused a message because its address is dead.
  func noteDeadAddress(at domain: String) {
    guard let until = deadAddresses.noteDead(at: domain, at: time.monotonicNow) else { return }
    lanes.hold(domain, until: until)
  }

  /// Refusals were not about their customers.
  func forgetDeadAddresses() {
    for domain in deadAddresses.forget() { lanes.release(domain) }
    wakeAll()
  }

  /// The domain took a message.
  func clearBackoff(for domain: String) {
    lanes.clear(domain, at: time.monotonicNow)
    let released = deadAddresses.noteAccepted(at: domain)
    for other in released { lanes.endHold(of: other) }
    if !released.isEmpty { wakeAll() }
  }

  var learned: [LearnedLimits] { lanes.learned(at: time.monotonicNow) }
}
