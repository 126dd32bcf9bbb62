import Testing
import Trials

/// The process dies at every step between claim and receipt, and no promise is broken.
@Suite struct CrashMatrixTests {
  @Test func everyFaultPoint() async throws {
    let result = try await CrashMatrix(isWhole: false).run()
    #expect(result.unreached == [])
    for failure in result.failures { Issue.record("\(failure)") }
    #expect(result.findings.isClean, "\(result.findings.broken)")
    #expect(result.kills >= result.points)
    print("crash matrix: \(result.points) points, \(result.kills) kills, \(result.findings)")
  }
}
