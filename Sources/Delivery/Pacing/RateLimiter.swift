public import Campaigns
public import Foundation

/// Keeps the limits of one scope, a relay or a destination: no window of any of them holds more letters than it allows.
///
/// Pure value, in times of an even clock: callers ask for the next moment, wait for it, and take a place. Each place is then
/// settled or given back. Starts with the places that the store remembers, so a restart gains nothing. With `spread` letters
/// are evenly spaced over the tightest limit. Memory is bounded. At least 98 of 100 places that the limits allow are used,
/// where there is enough to send.
public struct RateLimiter: Sendable {
  private var sliding: [SlidingLimit] = []
  private var byClock: [ClockLimit] = []
  /// Seconds between two letters where they are spread.
  private let gap: TimeInterval?
  /// The earliest moment for the next of them.
  private var slot = Date.distantPast
  private var last: Date?
  /// Seconds by which the wall clock is ahead of the even one.
  private var wallAhead: TimeInterval = 0

  /// A place in the limits.
  public struct Place: Sendable, Hashable {
    /// When it was taken, by the even clock.
    public let moment: Date
    /// The number of the last test letter that was counted then.
    var testLetters: Int64 = 0
  }

  /// - Parameter past: times of earlier places, ascending.
  public init(limits: [RateLimit], spread: Bool = false, past: [Date] = []) {
    for limit in limits {
      if let start = limit.start {
        byClock.append(ClockLimit(count: limit.count, length: limit.window.seconds, start: start))
      } else {
        sliding.append(SlidingLimit(count: limit.count, window: limit.window.seconds))
      }
    }
    let gaps = sliding.map { $0.length / Double($0.count) } + byClock.map { $0.length / Double($0.count) }
    gap = spread ? gaps.max() : nil
    for moment in past {
      let place = take(at: moment)
      // How long it was on its way is not known.
      settle(place, at: moment.addingTimeInterval(Self.usualWay))
    }
  }

  /// Seconds after which a letter that was sent by another process has been counted.
  static let usualWay: TimeInterval = 30

  /// Nothing is limited.
  public var isUnlimited: Bool { sliding.isEmpty && byClock.isEmpty }

  /// The longest window: use before it no longer counts.
  public static func memory(of limits: [RateLimit]) -> TimeInterval {
    limits.map { limit in
      limit.start == nil ? SlidingLimit.memory(limit.window.seconds) : ClockLimit.memory(limit.window.seconds)
    }.max() ?? 0
  }

  /// The earliest moment, `now` or later, at which one more letter may go.
  ///
  /// - Parameter wallAhead: Seconds by which the wall clock is ahead of the even one now.
  public mutating func next(at now: Date, wallAhead: TimeInterval = 0) -> Date {
    note(wallAhead, at: now)
    var moment = max(now, last ?? now, gap == nil ? now : slot)
    // A later moment may be in another window of a limit that was looked at before.
    for _ in 0..<8 {
      let before = moment
      for limit in sliding { moment = max(moment, limit.next(at: moment)) }
      for index in byClock.indices {
        let free = byClock[index].next(at: moment.addingTimeInterval(self.wallAhead))
        moment = max(moment, free.addingTimeInterval(-self.wallAhead))
      }
      if byClock.isEmpty || moment == before { break }
    }
    return moment
  }

  /// Letters that the tightest limit still allows in the window that `now` is in; nil where nothing is limited.
  public mutating func left(at now: Date, wallAhead: TimeInterval = 0) -> Int? {
    note(wallAhead, at: now)
    var left = sliding.indices.map { sliding[$0].left(at: now) }
    left += byClock.indices.map { byClock[$0].left(at: now.addingTimeInterval(self.wallAhead)) }
    return left.min()
  }

  /// Counts one letter at `moment`, which is not before ``next(at:wallAhead:)``.
  @discardableResult
  public mutating func take(at moment: Date) -> Place {
    for index in sliding.indices { sliding[index].take(at: moment) }
    for index in byClock.indices { byClock[index].take(at: moment.addingTimeInterval(wallAhead)) }
    // What is late by less than a gap is made up for.
    if let gap { slot = (moment.timeIntervalSince(slot) < gap ? slot : moment).addingTimeInterval(gap) }
    last = max(last ?? moment, moment)
    return Place(moment: moment)
  }

  /// The place was not used: another letter may have it.
  public mutating func giveBack(_ place: Place) {
    for index in sliding.indices { sliding[index].giveBack(place.moment) }
    for index in byClock.indices { byClock[index].giveBack(place.moment.addingTimeInterval(wallAhead)) }
    if let gap { slot -= gap }
  }

  /// The letter leaves at `moment`, later than when the place was taken.
  public mutating func move(_ place: Place, to moment: Date) -> Place {
    for index in sliding.indices {
      sliding[index].giveBack(place.moment)
      sliding[index].take(at: moment)
    }
    for index in byClock.indices {
      byClock[index].giveBack(place.moment.addingTimeInterval(wallAhead))
      byClock[index].take(at: moment.addingTimeInterval(wallAhead))
    }
    last = max(last ?? moment, moment)
    return Place(moment: moment)
  }

  /// Seconds by which a letter may leave later than when its place was taken without exceeding any limit.
  public var tolerance: TimeInterval {
    sliding.map { ($0.length - $0.window) / 2 }.min() ?? ClockLimit.guardTime / 2
  }

  /// The place was used, and the host has counted it by `end`.
  public mutating func settle(_ place: Place, at end: Date) {
    for index in sliding.indices { sliding[index].settle(place.moment, at: end) }
    for index in byClock.indices {
      byClock[index].settle(
        place.moment.addingTimeInterval(wallAhead), at: end.addingTimeInterval(wallAhead))
    }
  }

  /// Small differences are the time between two looks at two clocks.
  private mutating func note(_ ahead: TimeInterval, at now: Date) {
    guard abs(ahead - wallAhead) > 0.5 else { return }
    for index in byClock.indices {
      byClock[index].clockWasSet(by: ahead - wallAhead, at: now.addingTimeInterval(wallAhead))
    }
    wallAhead = ahead
  }
}
