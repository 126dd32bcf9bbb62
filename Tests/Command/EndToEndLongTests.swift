import TestSupport
import Testing

/// ``EndToEndTests`` with a thousand customers.
@Suite(.serialized) struct EndToEndLongTests {
  @Test func stoppedBySignalAndResumedEachOnce() async throws {
    try await EndToEnd(customers: 1_000, perSecond: 150, seed: 2).stopAndResume(after: 100)
  }

  @Test func killedAndResumedNothingIsLostOrDoubled() async throws {
    try await EndToEnd(customers: 1_000, perSecond: 200, seed: 3).killAndResume(afterEach: 150)
  }
}
