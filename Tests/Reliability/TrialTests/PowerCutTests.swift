import Foundation
import TestSupport
import Testing
import Trials

/// The machine loses its power while a campaign is sent: nothing that was told, or that the relay has seen, is undone.
///
/// A few cuts here, and each fsync taken away once.
@Suite(.serialized) struct PowerCutTests {
  /// Where no disk can lose its power, the trials are left out: aloud, and in CI never.
  private func canCut() async -> Bool {
    guard let obstacle = await PowerCutDisk.obstacle() else { return true }
    FileHandle.standardError.write(Data("POWER CUTS ARE NOT TRIED HERE: \(obstacle)\n".utf8))
    #expect(ProcessInfo.processInfo.environment["CI"] == nil, "CI must cut the power: \(obstacle)")
    return false
  }

  @Test func nothingIsLostAndNothingIsDoubled() async throws {
    guard await canCut() else { return }
    let figures = try await PowerCutSweep.run(cuts: 6, seed: 2)
    #expect(figures.isClean, "\(figures.broken) \(figures.findings.broken)")
    #expect(figures.killed == 0)
  }

  /// A trial that cannot fail shows nothing.
  @Test(arguments: PowerCutControl.all) func aMissingSyncIsNoticed(_ control: PowerCutControl) async throws {
    guard await canCut() else { return }
    let result = try await control.run(seed: 1)
    #expect(result.campaigns != nil, "\(PowerCutControl.limit) campaigns and \(result.cuts) cuts noticed nothing")
  }
}
