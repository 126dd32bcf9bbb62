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
}
