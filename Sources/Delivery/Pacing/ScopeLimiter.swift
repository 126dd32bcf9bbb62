import Campaigns
import Foundation
import Queue
import Synchronization

/// The limits of one scope during a delivery, shared by all that send within it: two names for one relay have one.
final class ScopeLimiter: Sendable {
  /// Nil where nothing is counted.
  let scope: LimitScope?
  private let limiter: Mutex<RateLimiter>

  init(_ limiter: RateLimiter, scope: LimitScope? = nil) {
    self.scope = limiter.isUnlimited ? nil : scope
    self.limiter = Mutex(limiter)
  }

  /// The earliest moment for one more letter.
  func next(at now: Date, wallAhead: TimeInterval) -> Date {
    limiter.withLock { $0.next(at: now, wallAhead: wallAhead) }
  }

  /// Takes a place at this moment; nil when another was faster.
  func take(at now: Date, wallAhead: TimeInterval) -> RateLimiter.Place? {
    limiter.withLock { limiter in
      limiter.next(at: now, wallAhead: wallAhead) <= now ? limiter.take(at: now) : nil
    }
  }

  /// The place of a letter that leaves now; another one where it was to leave a while ago.
  func leave(_ place: RateLimiter.Place, at now: Date) -> RateLimiter.Place {
    limiter.withLock { limiter in
      now.timeIntervalSince(place.moment) > limiter.tolerance ? limiter.move(place, to: now) : place
    }
  }

  func giveBack(_ place: RateLimiter.Place) { limiter.withLock { $0.giveBack(place) } }

  func settle(_ place: RateLimiter.Place, at end: Date) { limiter.withLock { $0.settle(place, at: end) } }

  /// What the store is to remember of a place.
  func uses(_ place: RateLimiter.Place, clock: Int64) -> [LimitUse] {
    scope.map { [LimitUse(scope: $0, clock: clock, at: place.moment)] } ?? []
  }
}

extension SendResult {
  /// The attempt has used its place in limits that count this; otherwise the place is free again.
  ///
  /// In a dialogue with PIPELINING the answer that decided tells how far it came. Where nobody can know, it is used.
  func usesPlace(_ count: LimitCount) -> Bool {
    switch self {
    case .notStarted: false
    case .answered(let phase, let reply) where count == .accepted && (reply.isTransient || reply.isPermanent):
      // The recipient was not taken.
      phase != .mail && phase != .rcpt
    case .answered, .lost, .stopped: true
    }
  }
}

extension DeliveryClock {
  /// Seconds by which the wall clock is ahead of the even one.
  var wallAhead: TimeInterval { now.timeIntervalSince(monotonicNow) }
}
