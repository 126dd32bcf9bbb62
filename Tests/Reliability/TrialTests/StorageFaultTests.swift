import Testing
import Trials

/// A fault of the storage at any call of a campaign: a clear end, nothing false, and a clean way on.
///
/// Every n-th call here.
@Suite struct StorageFaultTests {
  @Test func everySoManyCallsOfACampaign() async throws {
    let figures = try await StorageFaultSweep.run(stride: 59, offset: 7)
    #expect(figures.isClean, "\(figures.broken) \(figures.findings.broken)")
    #expect(figures.calls > 700 && figures.syncs > 90)
    #expect(figures.faults >= 12)
    #expect(figures.stopped == figures.faults - figures.passed.values.reduce(0, +))
  }

  /// From the syncs of the locks to the first table: the database is made and becomes one with a log.
  @Test(arguments: [5, 10, 15, 16, 18, 19, 20, 21, 22]) func whileTheDatabaseIsMade(call: Int) async throws {
    let figures = try await StorageFaultTrial.run(.call(call, stays: false, .inputOutput))
    #expect(figures.isClean, "\(figures.broken) \(figures.findings.broken)")
    #expect(figures.faults == 1)
    #expect(figures.stopped == 1 || figures.passed == ["fdatasync .": 1], "\(figures.passed)")
  }
}
