import Foundation
import TestSupport
import Testing

/// What the other tests trust when they run the command.
@Suite struct ChildProcessTests {
  @Test func collectsMoreThanAPipeHolds() async throws {
    let outcome = try await ChildProcess.run(
      "sh", ["-c", "head -c 3000000 /dev/zero | tr '\\0' a; head -c 2000000 /dev/zero | tr '\\0' b >&2; exit 69"])
    #expect(outcome.status == 69)
    #expect(outcome.output.utf8.count == 3_000_000)
    #expect(outcome.errors.utf8.count == 2_000_000)
  }

  @Test func passesInputAndFolder() async throws {
    try await TemporaryFolder.with { folder in
      let outcome = try await ChildProcess.run(
        "sh", ["-c", "cat; pwd"], folder: folder, input: .bytes(Array("yes\n".utf8)))
      #expect(outcome.output == "yes\n\(folder.resolvingSymlinksInPath().path)\n")
    }
  }

  @Test func passesTheEnvironmentItIsGivenAndNothingElse() async throws {
    let outcome = try await ChildProcess.run("/usr/bin/env", [], environment: ["GIVEN": "given", "LANG": "C.UTF-8"])
    #expect(Set(outcome.output.split(separator: "\n")) == ["GIVEN=given", "LANG=C.UTF-8"])
  }

  @Test func tellsSignalsFromStatuses() async throws {
    let child = try ChildProcess("sh", ["-c", "echo ready; exec sleep 600"])
    try await eventually("the child is ready") { child.outputSoFar == "ready\n" }
    child.send(SIGSTOP)
    #expect(child.isRunning)
    child.send(SIGKILL)
    #expect(await child.outcome().ending == .killed(signal: SIGKILL))
    #expect(!child.isRunning)
    let polite = try ChildProcess("sh", ["-c", "trap 'exit 75' TERM; echo ready; while :; do sleep 0.05; done"])
    try await eventually("the child is ready") { polite.outputSoFar == "ready\n" }
    polite.send(SIGTERM)
    #expect(await polite.outcome().status == 75)
  }

  @Test func aChildThatStillRunsIsKilledAtTheEnd() async throws {
    let child = try ChildProcess("sleep", ["600"])
    await #expect(throws: HarnessError.self) {
      try await child.running { throw HarnessError("a test that fails") }
    }
    #expect(await child.outcome().ending == .killed(signal: SIGKILL))
  }

  @Test func aMissingProgramIsAnError() async {
    await #expect(throws: HarnessError.self) { try await ChildProcess.run("/not/there", []) }
  }
}
