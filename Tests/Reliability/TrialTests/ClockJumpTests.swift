import Testing
import Trials

/// A wall clock that is set by a day, forward or back, neither loses nor hurries a letter and breaks no limit.
@Suite struct ClockJumpTests {
  @Test func byADayForwardAndBack() async throws {
    let figures = try await ClockJumps.run()
    for failure in figures.failures { Issue.record("\(failure)") }
    #expect(figures.isClean, "\(figures)")
    #expect(figures.campaigns == 2 && figures.jumps >= 4 && figures.deferred == 6)
    print("clock jumps: \(figures)")
  }
}
