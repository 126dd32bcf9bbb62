public import Campaigns
public import Foundation
public import Queue

/// A retry schedule that has changed while messages wait by the one before.
extension RetrySchedule {
  /// The due time of a message that waits, now that this schedule is in force.
  ///
  /// A time that the `old` schedule gave is replaced by the one that this schedule would have given, earlier or later,
  /// with the same lengthening. A time that has another origin (the relay named it, the message was to be tried at once,
  /// the operator made it due) stays. When the old schedule is not known, a message becomes due earlier at most. None
  /// waits beyond its give-up time.
  public func due(of message: DeferredMessage, deferredBy old: RetrySchedule?) -> Date {
    let expiry = expiry(firstAttemptAt: message.giveUpFrom)
    guard let old else {
      let delay = delay(after: message.attempts, jitter: 0)
      return min(message.dueAt, message.deferredAt.addingTimeInterval(delay), expiry)
    }
    guard let jitter = old.jitter(of: message) else { return min(message.dueAt, expiry) }
    return next(
      after: message.attempts, at: message.deferredAt, firstAttemptAt: message.giveUpFrom, jitter: jitter)
  }

  /// The jitter with which this schedule gave the message its due time; nil when the time is not from this schedule.
  private func jitter(of message: DeferredMessage) -> Double? {
    let wait = message.dueAt.timeIntervalSince(message.deferredAt)
    let shortest = delay(after: message.attempts, jitter: 0)
    let longest = delay(after: message.attempts, jitter: 1)
    // The moment of the outcome and its due time are read from two clocks, one after the other.
    let tolerance = min(5, shortest / 10)
    guard wait <= longest + tolerance else { return nil }
    if wait >= shortest - tolerance { return min(max(0, (wait - shortest) / (longest - shortest)), 1) }
    // A wait that was cut off at the give-up time.
    return abs(expiry(firstAttemptAt: message.giveUpFrom).timeIntervalSince(message.dueAt)) <= tolerance ? 0 : nil
  }
}
