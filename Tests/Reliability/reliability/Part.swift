import ArgumentParser
import Foundation
import Trials

/// The kinds of trials, in the order of the table.
enum Part: String, CaseIterable, ExpressibleByArgument {
  case crashMatrix = "crash-matrix"
  case killLoop = "kill-loop"
  case powerCuts = "power-cuts"
  case storageFaults = "storage-faults"
  case zombies
  case clockJumps = "clock-jumps"
  case seeds
  case controls

  func run() async throws -> ReliabilityFigures {
    switch self {
    case .crashMatrix: try await crashMatrix()
    case .killLoop: try await killLoop()
    case .powerCuts: try await powerCuts()
    case .storageFaults: try await storageFaults()
    case .zombies: try await zombies()
    case .clockJumps: try await clockJumps()
    case .seeds: try await Seeds().run()
    case .controls: try await controls()
    }
  }

  private func crashMatrix() async throws -> ReliabilityFigures {
    let matrix = CrashMatrix(isWhole: true, width: 3) { note("  \($0)") }
    let result = try await matrix.run()
    return ReliabilityFigures(
      fault: "`kill -9` at every fault point",
      tried: "\(count(result.kills)) kills at \(result.points) points in \(matrix.scenarios.count) scenarios",
      result.findings, failures: result.failures + result.unreached.map { "no scenario passes \($0)" })
  }

  private func killLoop() async throws -> ReliabilityFigures {
    let settings = KillLoop.Settings(customers: 2_000, seed: 2026, kills: 1_000, width: 3)
    let result = try await KillLoop(settings) { note("  \($0.campaigns) campaigns, \($0.kills) kills") }.run()
    var failures = result.failures
    if result.findings.lostByProcess > result.bound { failures.append("more than one uncertain a connection and kill") }
    return ReliabilityFigures(
      fault: "`kill -9` at random moments",
      tried: """
        \(count(result.kills)) kills in \(result.campaigns) campaigns of \(count(settings.customers)) letters, \
        \(count(result.taken)) letters taken, \(count(result.findings.resent)) sent again with a receipt
        """, result.findings, failures: failures)
  }

  private func powerCuts() async throws -> ReliabilityFigures {
    if let obstacle = await PowerCutDisk.obstacle() { throw ValidationError("power cuts cannot be tried: \(obstacle)") }
    let cuts = try await PowerCutSweep.run(cuts: 200)
    note("  \(cuts.cuts) cuts")
    var figures = ReliabilityFigures(
      fault: "power cut",
      tried: """
        \(count(cuts.cuts)) cuts in \(cuts.campaigns) campaigns, \(cuts.told) of them after the end or a pause was told
        """, cuts.findings, failures: cuts.broken)
    if cuts.killed > 0 { figures.failures.append("\(cuts.killed) commands did not end after the cut") }
    figures.controls = try await PowerCutSweep.controls().map { control in
      ReliabilityFigures.Control(
        weakened: "fsync: \(control.name)",
        judge: control.judge == .disk ? "power cuts" : "calls of a campaign, by the rules of POSIX",
        noticed: control.campaigns.map { "campaign \($0): \(control.noticed)" })
    }
    return figures
  }

  private func storageFaults() async throws -> ReliabilityFigures {
    let result = try await StorageFaultSweep.run(width: 3) { note("  \($0) of \($1)") }
    return ReliabilityFigures(
      fault: "EIO and ENOSPC at every call on the storage, EIO at every fsync",
      tried: """
        \(count(result.faults)) faults in a campaign of \(count(result.calls)) calls, \(result.syncs) of them fsyncs; \
        \(count(result.stopped)) commands stopped with 73
        """, result.findings,
      failures: result.broken + result.passedInSilence.map { "a failing \($0) stopped nothing" })
  }

  private func zombies() async throws -> ReliabilityFigures {
    let result = try await ZombieTrials.run(isWhole: true, width: 3)
    var figures = ReliabilityFigures(
      fault: "stopped (SIGSTOP) at every point between claim and receipt, woken after another has taken over",
      tried: """
        \(count(result.trials)) processes at \(result.points) points, \(count(result.takenOver)) of them overtaken; \
        outcomes written too late: \(result.writtenTooLate)
        """, result.findings, failures: result.failures)
    if result.writtenTooLate > 0 { figures.failures.append("\(result.writtenTooLate) outcomes written too late") }
    return figures
  }

  private func clockJumps() async throws -> ReliabilityFigures {
    let result = try await ClockJumps.run(times: 10)
    var figures = ReliabilityFigures(
      fault: "wall clock set a day forward or back",
      tried: """
        \(count(result.jumps)) jumps in \(result.campaigns) campaigns; limits broken: \(result.quotaBroken), \
        deferred letters hurried: \(result.hurried) of \(count(result.deferred)), given up: \(result.expired)
        """, result.findings, failures: result.failures)
    if !result.isClean, figures.failures.isEmpty { figures.failures.append("a jump of the clock: \(figures.tried)") }
    return figures
  }

  private func controls() async throws -> ReliabilityFigures {
    // No line of the first table: only what was weakened, and whether it was noticed.
    var figures = ReliabilityFigures(fault: "", tried: "")
    figures.controls = try await MutationControls.run {
      note("  \($0.name): \($0.noticed ? "noticed" : "NOT NOTICED")")
    }
    .map { control in
      ReliabilityFigures.Control(
        weakened: "\(control.promise) *\(control.weakened)*", judge: control.judge,
        noticed: control.noticed ? "trial \(control.trials): \(control.how)" : nil)
    }
    return figures
  }
}
