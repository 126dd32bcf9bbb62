import Testing
import Trials

/// A wall clock that is set while no process runs neither gives places in a limit nor takes any.
@Suite struct ClockRestartTests {
  @Test(arguments: [86_400, -86_400] as [Int64]) func aLimitKnowsHowLongItReallyWas(ahead: Int64) async throws {
    let wait = try await ClockRestart.wait(ahead: ahead)
    #expect(ClockRestart.expected.contains(wait))
  }
}
