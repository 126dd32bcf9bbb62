import Foundation
import TestSupport
import Testing

/// The command that was built beside these tests is found, and its exit status comes through.
@Suite struct EilbriefProcessTests {
  @Test func theBuiltCommandIsRun() async throws {
    try await TemporaryFolder.with { queue in
      let version = try await EilbriefProcess.run("--version", queue: queue)
      #expect(version.status == 0)
      #expect(version.output.hasPrefix("0."))
      let unknown = try await EilbriefProcess.run("no-such-verb", queue: queue)
      #expect(unknown.status == 64)
      #expect(unknown.output.isEmpty)
      #expect(!unknown.errors.isEmpty)
    }
  }
}
