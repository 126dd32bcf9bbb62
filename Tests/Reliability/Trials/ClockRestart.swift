import Foundation
import Rehearsal
import Synchronization
import TestSupport

/// A campaign whose limit is used up, whose process is killed, and whose machine's wall clock is set by a day before the
/// next process begins: that one must know by the even clock how long it really was.
public enum ClockRestart {
  private static let limit = (count: 3, seconds: 20)
  private static let customers = 5

  /// Seconds between the first letter before the clock was set and the first after it.
  public static func wait(ahead seconds: Int64) async throws -> Double {
    let clock = try JumpingClock()
    let times = Mutex<[ContinuousClock.Instant]>([])
    let settings = Trial.Settings(
      customers: customers, seed: 11, connections: 1, limits: ["\(limit.count)/\(limit.seconds)s"])
    let onTaken: @Sendable (TakenMessage) -> Void = { _ in times.withLock { $0.append(.now) } }
    return try await Trial.with(settings, onTaken: onTaken) { trial in
      let launch = try trial.start("launch", ["--yes"], environment: clock.environment)
      try await launch.running {
        try await eventually("the limit is used up") { times.withLock { $0.count } == limit.count }
        // Its last outcome is on disk, or the letter is uncertain and has its place all the same.
        launch.send(SIGKILL)
        _ = await launch.outcome()
      }
      clock.set(ahead: seconds)
      try await trial.finish(environment: clock.environment)
      let taken = times.withLock { $0 }
      guard taken.count > limit.count else { throw HarnessError("\(taken.count) letters came") }
      return (taken[limit.count] - taken[0]) / .seconds(1)
    }
  }

  /// What it must be: the limit's window, and no hour more. A letter's way to the relay may take two seconds.
  public static let expected = Double(limit.seconds) - 2...Double(limit.seconds) + 60
}
