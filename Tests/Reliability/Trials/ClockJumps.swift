import Foundation
import Queue
import Receipts
import Rehearsal
import Synchronization
import TestSupport

/// A whole campaign with limits that bind and letters that are deferred, whose process sees its wall clock set by a day
/// and later set right again.
///
/// Waiting is judged by the relay's record, which is made in this process, whose clock is right: a limit is kept in every
/// window, and no deferred letter comes again before its time. That the clock jumped at all is read from the receipts.
public enum ClockJumps {
  private static let day: Int64 = 86_400
  private static let customers = 11
  /// Letters that are deferred once: the first of the plan, so that they wait while the clock jumps.
  private static let deferred = 3
  /// Seconds; a delay is never shorter. Longer than the limits hold up the other letters: when the process looks for
  /// letters that are due, while its clock is wrong, these are not.
  private static let delay = 13
  private static let limits = [(count: 5, seconds: 5), (count: 12, seconds: 15)]
  /// Between a letter's place in the limits and its coming to the relay lie a commit and a dialogue, which on a slow
  /// machine may take so long. A limit that was broken shows letters that come at once.
  private static let onTheWay = Duration.seconds(2)

  /// One campaign for each direction, so many times; two at the same time.
  public static func run(times: Int = 1) async throws -> ClockJumpFigures {
    var figures = ClockJumpFigures()
    let jumps = (0..<times).flatMap { _ in [day, -day] }
    for end in try await Parallel.map(jumps, width: 2, { try await run(ahead: $0) }) { figures += end }
    return figures
  }

  private static func run(ahead: Int64) async throws -> ClockJumpFigures {
    let clock = try JumpingClock()
    let record = RelayTimes()
    let letters = GeneratedCustomer.customers(customers, seed: 9)
    let early = letters.prefix(deferred).map(\.contact)
    let settings = Trial.Settings(
      customers: customers, seed: 9, connections: 2,
      faults: FaultPlan(rules: early.map { .init(.temporary, .address($0), tries: 1) }),
      limits: limits.map { "\($0.count)/\($0.seconds)s" }, retry: "{schedule: \(delay)s, give_up_after: 1h}")
    let onTaken: @Sendable (TakenMessage) -> Void = { message in
      switch record.take(message) {
      case 1: clock.set(ahead: ahead)
      // The first of those that were deferred.
      case customers - deferred + 1: clock.set(ahead: 0)
      default: break
      }
    }
    return try await Trial.with(settings, onTaken: onTaken) { trial in
      var figures = ClockJumpFigures()
      figures.campaigns = 1
      do {
        let launch = try trial.start("launch", ["--yes"], environment: clock.environment)
        try await launch.running {
          try await eventually("the campaign ends", within: .seconds(240)) {
            record.look(trial.relay)
            return !launch.isRunning
          }
          let outcome = await launch.outcome()
          guard outcome.status == 0 else {
            throw HarnessError("it ended with \(outcome.ending): \(outcome.output)\(outcome.errors)")
          }
        }
        let books = try await trial.books()
        figures.findings = books.findings()
        figures.jumps = jumps(books.receipts)
        figures.expired = books.receipts.lines.count { $0.event == .expired }
        figures.deferred = books.receipts.lines.count { $0.event == .deferred }
      } catch {
        figures.failures.append("\(ahead) s: \(error)")
      }
      figures.quotaBroken = limits.reduce(0) { sum, limit in
        sum + record.crowded(more: limit.count, within: .seconds(limit.seconds) - onTheWay)
      }
      figures.hurried = record.hurried(early, delay: .seconds(delay))
      return figures
    }
  }

  /// Between two lines one after the other.
  private static func jumps(_ receipts: ReceiptsBook) -> Int {
    zip(receipts.lines, receipts.lines.dropFirst()).count { abs($1.at.timeIntervalSince($0.at)) > Double(day) / 2 }
  }
}

/// When the relay took a letter or put one off, on a clock that counts evenly.
private final class RelayTimes: Sendable {
  private struct State {
    var taken: [(recipient: String, at: ContinuousClock.Instant)] = []
    /// Not later than the letters were put off, in order.
    var putOff: [ContinuousClock.Instant] = []
    var lastLook = ContinuousClock.now
  }

  private let state = Mutex(State())

  /// How many there are with this one.
  func take(_ message: TakenMessage) -> Int {
    let now = ContinuousClock.now
    return state.withLock { state in
      state.taken += message.recipients.map { ($0, now) }
      return state.taken.count
    }
  }

  /// Letters put off since the last look were so after it.
  func look(_ relay: RehearsalRelay) {
    state.withLock { state in
      let now = ContinuousClock.now
      let count = relay.counts.faults[Fault.temporary.word] ?? 0
      while state.putOff.count < count { state.putOff.append(state.lastLook) }
      state.lastLook = now
    }
  }

  /// How often `more` letters were followed by one more within the time.
  func crowded(more count: Int, within length: Duration) -> Int {
    let times = state.withLock { $0.taken.map(\.at).sorted() }
    return zip(times, times.dropFirst(count)).count { $1 - $0 < length }
  }

  /// How many of the letters came again too early: the first of them not before the first was due, and so on.
  func hurried(_ recipients: [String], delay: Duration) -> Int {
    state.withLock { state in
      let came = state.taken.filter { recipients.contains($0.recipient) }.map(\.at).sorted()
      // Times are kept in whole milliseconds.
      return zip(came, state.putOff).count { $0 - $1 < delay - .milliseconds(2) }
    }
  }
}
