import Testing
import Trials

/// A fault of the storage at any call of a campaign: a clear end, nothing false, and a clean way on.
///
/// Every n-th call here.
@Suite struct StorageFaultTests {
  /// Calls whose failure loses nothing, and which do not end a command.
  ///
  /// - SQLite moves its log into the database when a command ends. What fails there is done again by the next command,
  ///   from the log, in which every change has been synced before.
  /// - SQLite syncs the folder of a log it has made and does not look at the result; the store does it again, and does.
  /// - SQLite's index of the log cannot be made longer: a command that only reads tries it again, or does without.
  /// - An export looks for what a crash has left of an earlier one; there is nothing.
  static let mayPass: Set<String> = [
    "pwrite queue.sqlite", "ftruncate queue.sqlite", "fdatasync queue.sqlite", "fdatasync queue.sqlite-wal",
    "unlink queue.sqlite-wal", "unlink queue.sqlite-shm", "fdatasync .", "pwrite queue.sqlite-shm",
    "unlink .proof.unfinished",
  ]

  @Test func everySoManyCallsOfACampaign() async throws {
    let figures = try await StorageFaultSweep.run(stride: 59, offset: 7)
    #expect(figures.isClean, "\(figures.broken) \(figures.findings.broken)")
    #expect(figures.calls > 700 && figures.syncs > 90)
    #expect(figures.faults >= 12)
    #expect(Set(figures.passed.keys).isSubset(of: Self.mayPass), "\(figures.passed)")
    #expect(figures.stopped == figures.faults - figures.passed.values.reduce(0, +))
  }

  /// From the lock to the first table: the database is made and becomes one with a log.
  @Test(arguments: [9, 10, 12, 13, 14, 15, 16]) func whileTheDatabaseIsMade(call: Int) async throws {
    let figures = try await StorageFaultTrial.run(.call(call, stays: false, .inputOutput))
    #expect(figures.isClean, "\(figures.broken) \(figures.findings.broken)")
    #expect(figures.faults == 1)
    #expect(figures.stopped == 1 || figures.passed == ["fdatasync .": 1], "\(figures.passed)")
  }
}
