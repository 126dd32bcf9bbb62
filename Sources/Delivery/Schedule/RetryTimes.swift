public import Campaigns
public import Foundation

/// The times at which a deferred message is tried again and given up (RFC 5321 §4.5.4.1).
///
/// Pure: the jitter is a parameter. The last delay repeats until the give-up time, which counts from the first attempt.
extension RetrySchedule {
  /// A delay is lengthened by up to this share, so that messages deferred together do not come back together.
  public static let jitterShare = 0.1

  /// Seconds to wait after attempt number `attempt` (from 1). `jitter` is in 0 ..< 1.
  public func delay(after attempt: Int, jitter: Double) -> TimeInterval {
    let delay = delays[min(max(attempt, 1), delays.count) - 1]
    return delay.seconds * (1 + Self.jitterShare * jitter)
  }

  /// Seconds to wait after the first, second and every later attempt that was greylisted, where the reply names no time:
  /// servers that greylist take the letter after one to fifteen minutes.
  public static let greylisting: [TimeInterval] = [300, 600, 1200]

  /// Seconds for which a greylisted letter waits for a place in the limits of the relay that it is known from. Another relay may
  /// greylist it anew, and has taken it by then.
  public static let waitForKnownRelay: TimeInterval = greylisting[0] + greylisting[1]

  /// The moment of the next attempt; at the latest the moment the message expires.
  public func next(
    after attempt: Int, _ kind: AttemptVerdict.Delay = .schedule, at now: Date, firstAttemptAt: Date, jitter: Double
  ) -> Date {
    let wait =
      switch kind {
      case .schedule: delay(after: attempt, jitter: jitter)
      case .named(let seconds): TimeInterval(seconds) * (1 + Self.jitterShare * jitter)
      case .greylisting(let seconds):
        if let seconds {
          TimeInterval(seconds) * (1 + Self.jitterShare * jitter)
        } else {
          // The first is never shorter, since many greylist for five minutes; the later ones are never longer.
          Self.greylisting[min(max(attempt, 1), Self.greylisting.count) - 1]
            * (1 + Self.jitterShare * (attempt > 1 ? -jitter : jitter))
        }
      }
    return min(now.addingTimeInterval(wait), expiry(firstAttemptAt: firstAttemptAt))
  }

  public func expiry(firstAttemptAt: Date) -> Date {
    firstAttemptAt.addingTimeInterval(giveUpAfter.seconds)
  }
}

extension Duration {
  /// The duration as a floating-point number of seconds.
  public var seconds: TimeInterval {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// Doubling waits: `first`, twice that, … up to `most`; success resets them.
struct Backoff: Sendable, Hashable {
  let first: TimeInterval
  let most: TimeInterval
  private(set) var failures = 0

  init(first: TimeInterval, most: TimeInterval) {
    self.first = first
    self.most = most
  }

  /// Counts one more failure and returns how long to wait after it.
  mutating func fail() -> TimeInterval {
    defer { failures += 1 }
    return min(most, first * pow(2, Double(min(failures, 30))))
  }

  mutating func succeed() { failures = 0 }
}
