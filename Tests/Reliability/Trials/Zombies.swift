import Foundation
import Rehearsal
import TestSupport

/// Stops a delivering process (SIGSTOP) at every fault point between claim and receipt, lets others have their way, and
/// wakes it.
///
/// With the lock's file in place the others are refused, and the one that was woken finishes. With the file removed
/// another takes over and ends the campaign, or pauses it with letters left to send; the one that was woken must end with
/// 75 and have written nothing. Which points there are the command tells, as for ``CrashMatrix``.
public enum ZombieTrials {
  public enum Way: String, Sendable, Codable, CaseIterable { case lockInPlace, endedByAnother, pausedByAnother }

  struct Cell: Sendable, CustomStringConvertible {
    var way: Way
    var fault: PlannedFault
    var description: String { "\(way.rawValue), \(fault)" }
  }

  /// Several passings of each point in all three ways; otherwise one of each point, the two ways of taking over in turn,
  /// and of every third with the lock in place. `width`: trials at the same time.
  public static func run(isWhole: Bool, width: Int) async throws -> ZombieFigures {
    var figures = ZombieFigures()
    let counts = try await passings()
    figures.points = counts.count
    figures.unreached = try await CrashMatrix.names().filter { isInRange($0) && counts[$0] == nil }
    for end in try await Parallel.map(cells(counts, isWhole: isWhole), width: width, { try await run($0) }) {
      figures += end
    }
    return figures
  }

  static let settings = Trial.Settings(
    customers: 14, seed: 5, connections: 3,
    faults: FaultPlan(rules: [
      .init(.temporary, .percent(10), tries: 1), .init(.unknown, .percent(10)),
      .init(.slow(.milliseconds(30)), .percent(80)),
    ]))

  // MARK: What there is to stop at

  private static func isInRange(_ point: String) -> Bool {
    ["claim", "mail", "rcpt", "body", "dot", "reply", "outcome", "steps", "receipts"].contains { point.hasPrefix($0) }
  }

  private static func passings() async throws -> [String: Int] {
    try await Trial.with(settings) { trial in
      let outcome = try await trial.run("launch", ["--yes"], environment: ["EILBRIEF_FAULT_ACTION": "tell"])
      return PlannedFault.passings(in: outcome.errors).filter { isInRange($0.key) }
    }
  }

  private static func cells(_ counts: [String: Int], isWhole: Bool) -> [Cell] {
    counts.sorted { $0.key < $1.key }.enumerated().flatMap { number, point -> [Cell] in
      let (name, count) = point
      let passings = isWhole ? Set([1, 2, (count + 1) / 2, count]).filter { $0 <= count }.sorted() : [(count + 1) / 2]
      let turn: [Way] = [number.isMultiple(of: 2) ? .endedByAnother : .pausedByAnother]
      let ways = isWhole ? Way.allCases : number.isMultiple(of: 3) ? [.lockInPlace] + turn : turn
      return ways.flatMap { way in
        passings.map { Cell(way: way, fault: PlannedFault(name, passing: $0, action: .stop)) }
      }
    }
  }

  // MARK: One process

  private static func run(_ cell: Cell) async throws -> ZombieFigures {
    var cell = cell
    while true {
      if let figures = try await stop(cell) { return figures }
      // How often a point is passed depends on the threads; the first time there is always one.
      guard cell.fault.passing > 1 else {
        var figures = ZombieFigures()
        figures.failures = ["\(cell): the point was not passed"]
        return figures
      }
      cell.fault.passing -= 1
    }
  }

  /// Nil when the process ended before it came to the point.
  private static func stop(_ cell: Cell) async throws -> ZombieFigures? {
    try await Trial.with(settings) { trial in
      let process = try trial.start("launch", ["--yes"], fault: cell.fault)
      return try await process.running {
        try await eventually("the process is stopped") { process.isStopped || !process.isRunning }
        guard process.isRunning else { return nil }
        var figures = ZombieFigures()
        figures.trials = 1
        do {
          let zombie = Zombie(trial: trial, process: process)
          switch cell.way {
          case .lockInPlace: try await zombie.wakeWithItsLock(&figures)
          case .endedByAnother: try await zombie.wakeWithoutItsLock(&figures) { try await zombie.endedByAnother() }
          case .pausedByAnother: try await zombie.wakeWithoutItsLock(&figures) { try await zombie.pausedByAnother() }
          }
          if !figures.findings.isClean {
            figures.failures.append("\(cell): \(figures.findings.broken.joined(separator: ", "))")
          }
          if figures.writtenTooLate > 0 { figures.failures.append("\(cell): something was written too late") }
        } catch {
          figures.failures.append("\(cell): \(error)")
        }
        return figures
      }
    }
  }
}
