import Testing
import Trials

/// A fault of the storage at any call of a campaign: a clear end, nothing false, and a clean way on.
///
/// Every n-th call here.
@Suite struct StorageFaultTests {
  /// Calls whose failure loses nothing, and which do not end a command.
  ///
  /// - SQLite moves its log into the database when a command ends. What fails there is done again by the next command,
  ///   from the log, in which every change has been synced before. The index of the log (`-shm`), which is made for that
  ///   where there is none, is made anew as well.
  /// - SQLite syncs the folder of a log it has made and does not look at the result; the store does it again, and does.
  static let mayPass: Set<String> = [
    "pwrite queue.sqlite", "ftruncate queue.sqlite", "fdatasync queue.sqlite", "fdatasync queue.sqlite-wal",
    "pwrite queue.sqlite-shm", "unlink queue.sqlite-wal", "unlink queue.sqlite-shm", "fdatasync .",
  ]

  @Test func everySoManyCallsOfACampaign() async throws {
    let figures = try await StorageFaultSweep.run(stride: 43, offset: 7)
    #expect(figures.isClean, "\(figures.broken) \(figures.findings.broken)")
    #expect(figures.calls > 400 && figures.syncs > 50)
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
