import Testing
import Trials

/// The kill loop with few kills.
@Suite struct KillLoopTests {
  @Test func killedAtRandomMoments() async throws {
    let result = try await KillLoop(.init(customers: 100, seed: 2026, kills: 30, width: 2)).run()
    for failure in result.failures { Issue.record("\(failure)") }
    #expect(result.isClean && result.kills >= 30 && result.findings.lostByProcess <= result.bound)
    print("kill loop: \(result)")
  }
}
