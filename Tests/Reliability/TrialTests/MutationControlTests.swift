import Testing
import Trials

/// Promises weakened on purpose, each in a build of its own: the trials notice them.
@Suite(.serialized) struct MutationControlTests {
  @Test(arguments: try Mutation.all()) func appliesToTheSources(_ mutation: Mutation) async throws {
    try await MutationControls.check(mutation)
    for sentence in [mutation.promise, mutation.weakened] { #expect(sentence.hasSuffix(".") && sentence.count > 20) }
  }

  /// One for each judge and each module that is weakened most.
  @Test(arguments: [["claim-after-the-letter", "limits-forgotten-at-restart", "lost-process-taken-for-sent"]])
  func areNoticed(_ names: [String]) async throws {
    for result in try await MutationControls.run(only: names) {
      #expect(result.noticed, "\(result.name), \(result.judge): \(result.how)")
      print("control: \(result)")
    }
  }
}
