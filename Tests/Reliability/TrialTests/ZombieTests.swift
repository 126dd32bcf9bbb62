import Foundation
import TestSupport
import Testing
import Trials

/// A process that was stopped and is woken late writes no outcome, and the one that took over is not disturbed.
@Suite struct ZombieTests {
  @Test func wokenAtEveryPointBetweenClaimAndReceipt() async throws {
    let figures = try await ZombieTrials.run(isWhole: false, width: 4)
    for failure in figures.failures { Issue.record("\(failure)") }
    #expect(figures.isClean && figures.writtenTooLate == 0, "\(figures.findings.broken)")
    // A line that a crash cut short is not there to be cut off.
    #expect(figures.unreached == ["receiptsCut"])
    #expect(figures.points >= 18 && figures.trials >= figures.points && figures.woken == figures.trials)
    #expect(figures.takenOver > figures.keptByLocks && figures.keptByLocks > 0)
    print("zombies: \(figures)")
  }

  @Test func whoAsksAStoppedProcessIsToldWhatToDo() async throws {
    try await Trial.with(Trial.Settings(customers: 10)) { trial in
      let launch = try trial.start(
        "launch", ["--yes"], fault: PlannedFault("claimCommitted", passing: 2, action: .stop))
      try await launch.running {
        try await eventually("the launch is stopped") { launch.isStopped }
        let pause = try trial.start("pause")
        try await pause.running {
          try await eventually("pause says so") { pause.errorsSoFar.contains("`kill -CONT \(launch.identifier)`") }
          #expect(pause.isRunning)
          launch.send(SIGCONT)
          let outcome = await pause.outcome()
          #expect(outcome.output.contains("which has been delivering since "), "\(outcome.output)")
          // 75 where every letter was sent before the process had heard of it.
          #expect([0, 75].contains(outcome.status), "\(outcome.errors)")
        }
        #expect([0, 75].contains(await launch.outcome().status))
      }
      try await trial.finish()
      let findings = try await trial.books().findings()
      #expect(findings.isClean && findings.lostByProcess == 0, "\(findings)")
    }
  }
}
