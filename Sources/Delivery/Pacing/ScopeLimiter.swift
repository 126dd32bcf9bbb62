import Campaigns
import Foundation
import Queue
import Synchronization

/// The limits of one scope during a delivery, shared by all that send within it: two names for one relay have one.
///
/// Where there are no limits use is remembered all the same, by whole seconds: they may be set later.
final class ScopeLimiter: Sendable {
  /// Nil where nothing is counted.
  let scope: LimitScope?
  let isUnlimited: Bool
  private let state: Mutex<State>

  private struct State {
    var limiter: RateLimiter
    /// The number of the last test letter that is counted in it.
    var testLetters: Int64
  }

  /// - Parameter testLetters: The number of the last test letter that is counted in the limiter.
  init(_ limiter: RateLimiter, scope: LimitScope? = nil, testLetters: Int64 = 0) {
    self.scope = scope
    isUnlimited = limiter.isUnlimited
    state = Mutex(State(limiter: limiter, testLetters: testLetters))
  }

  /// The earliest moment for one more letter.
  func next(at now: Date, wallAhead: TimeInterval) -> Date {
    state.withLock { $0.limiter.next(at: now, wallAhead: wallAhead) }
  }

  /// Takes a place at this moment; nil when another was faster.
  func take(at now: Date, wallAhead: TimeInterval) -> RateLimiter.Place? {
    state.withLock { state in
      guard state.limiter.next(at: now, wallAhead: wallAhead) <= now else { return nil }
      var place = state.limiter.take(at: now)
      place.testLetters = state.testLetters
      return place
    }
  }

  /// Counts letters of other processes, each once, whether or not there is a place. When they were counted there is not
  /// known.
  func note(_ letters: [CountedTestLetter], at now: Date) {
    state.withLock { state in
      for letter in letters where letter.number > state.testLetters {
        let moment = max(letter.at, now)
        let place = state.limiter.take(at: moment)
        state.limiter.settle(place, at: moment.addingTimeInterval(RateLimiter.usualWay))
        state.testLetters = letter.number
      }
    }
  }

  /// The test letters beside which a place was taken; nil where there is no limit.
  func known(to place: RateLimiter.Place) -> KnownTestLetters? {
    isUnlimited ? nil : scope.map { KnownTestLetters(scope: $0, last: place.testLetters) }
  }

  /// The place of a letter that leaves now; another one where it was to leave a while ago.
  func leave(_ place: RateLimiter.Place, at now: Date) -> RateLimiter.Place {
    state.withLock { state in
      now.timeIntervalSince(place.moment) > state.limiter.tolerance ? state.limiter.move(place, to: now) : place
    }
  }

  func giveBack(_ place: RateLimiter.Place) { state.withLock { $0.limiter.giveBack(place) } }

  func settle(_ place: RateLimiter.Place, at end: Date) { state.withLock { $0.limiter.settle(place, at: end) } }

  /// What the store is to remember of a place.
  func uses(_ place: RateLimiter.Place, clock: Int64) -> [LimitUse] {
    guard let scope else { return [] }
    // Up, or it would be forgotten too early.
    let second = Date(timeIntervalSinceReferenceDate: place.moment.timeIntervalSinceReferenceDate.rounded(.up))
    return [LimitUse(scope: scope, clock: clock, at: isUnlimited ? second : place.moment)]
  }
}

extension SendResult {
  /// The attempt has used its place in limits that count this; otherwise the place is free again.
  ///
  /// In a dialogue with PIPELINING the answer that decided tells how far it came. Where nobody can know, it is used.
  func usesPlace(_ count: LimitCount) -> Bool {
    switch self {
    case .notStarted, .stopped(.connect, _): false
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
