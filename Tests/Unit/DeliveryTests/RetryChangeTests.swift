import Campaigns
import Delivery
import Foundation
import Queue
import Testing

/// A retry schedule that changes while letters wait by the one before.
@Suite struct RetryChangeTests {
  private static let start = Date(timeIntervalSince1970: 1_795_420_800)
  private static let fourHours = schedule(14_400)
  private static let tenMinutes = schedule(600)

  private static func schedule(_ delays: Int..., giveUp: Int = 4 * 86_400) -> RetrySchedule {
    RetrySchedule(delays: delays.map { .seconds($0) }, giveUpAfter: .seconds(giveUp))
  }

  /// Deferred an hour after the start of its give-up time; due `wait` seconds after that.
  private static func message(_ wait: TimeInterval, attempts: Int = 1) -> DeferredMessage {
    DeferredMessage(
      attempts: attempts, dueAt: start.addingTimeInterval(3600 + wait), deferredAt: start.addingTimeInterval(3600),
      giveUpFrom: start)
  }

  /// Seconds from the moment it was deferred to the time it gets.
  private static func wait(
    _ message: DeferredMessage, _ new: RetrySchedule, _ old: RetrySchedule?
  ) -> TimeInterval {
    new.due(of: message, deferredBy: old).timeIntervalSince(message.deferredAt)
  }

  @Test(
    arguments: [
      ("shorter", message(14_400), tenMinutes, fourHours, 600),
      ("longer", message(600), fourHours, tenMinutes, 14_400),
      ("with the same lengthening", message(15_120), tenMinutes, fourHours, 630),
      ("by its number of attempts", message(3600, attempts: 2), schedule(60, 120), schedule(1800, 3600), 120),
      ("the last delay repeats", message(3600, attempts: 9), schedule(60, 120), schedule(1800, 3600), 120),
      ("the same for this attempt", message(1900), schedule(1800, 60), schedule(1800, 3600), 1900),
      ("a moment earlier than scheduled", message(599), fourHours, tenMinutes, 14_400),
      ("named by the relay: earlier", message(300), tenMinutes, fourHours, 300),
      ("named by the relay: later", message(50_000), tenMinutes, fourHours, 50_000),
      ("at once", message(0), fourHours, tenMinutes, 0),
      ("at once, with short delays", message(0), schedule(100), schedule(4), 0),
      ("not beyond the give-up time", message(600), schedule(14_400, giveUp: 7200), tenMinutes, 3600),
      ("nor a named time", message(7000), schedule(600, giveUp: 7200), fourHours, 3600),
      ("cut off at the old give-up time", message(3600), fourHours, schedule(14_400, giveUp: 7200), 14_400),
      ("by an unknown schedule: earlier", message(14_400), tenMinutes, nil, 600),
      ("by an unknown schedule: not later", message(600), fourHours, nil, 600),
    ] as [(String, DeferredMessage, RetrySchedule, RetrySchedule?, TimeInterval)])
  func waitingLetters(
    _ name: String, _ message: DeferredMessage, _ new: RetrySchedule, _ old: RetrySchedule?, _ expected: TimeInterval
  ) {
    #expect(abs(Self.wait(message, new, old) - expected) < 0.01, "\(name)")
  }

  @Test func thereAndBackIsWhereItWas() {
    let first = Self.message(15_000)
    var second = first
    second.dueAt = Self.tenMinutes.due(of: first, deferredBy: Self.fourHours)
    #expect(abs(Self.wait(second, Self.fourHours, Self.tenMinutes) - 15_000) < 0.01)
  }
}
