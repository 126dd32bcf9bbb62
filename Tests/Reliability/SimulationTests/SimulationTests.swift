import Foundation
import TestSupport
import Testing

/// Simulated campaigns: the program `simulate` runs them, since it takes over all of Swift's jobs in its process.
@Suite struct SimulationTests {
  /// A few; `make simulate` runs a million.
  @Test(.timeLimit(.minutes(10))) func noPromiseIsBroken() async throws {
    let outcome = try await simulate("--first", "1", "--seeds", "600", "--json")
    #expect(outcome.status == 0, "\(outcome.output)")
    let figures = try figures(of: outcome.output)
    for name in ["lost", "silently_doubled", "false_accepted", "broken"] { #expect(figures[name] == 0, "\(name)") }
    // It means nothing unless something happened.
    for name in ["crashes", "store_faults", "clock_jumps", "uncertain"] { #expect(figures[name] ?? 0 > 50, "\(name)") }
    #expect(figures["seeds"] == 600)
    #expect(figures["attempts"] ?? 0 > (figures["messages"] ?? .max) / 2)
  }

  @Test(.timeLimit(.minutes(10))) func aSeedIsReplayedExactly() async throws {
    let first = try await simulate("--first", "1", "--seeds", "100", "--json")
    let second = try await simulate("--first", "1", "--seeds", "100", "--json")
    #expect(first.status == 0)
    #expect(first.output == second.output)
    // In one process too, whatever ran before it.
    let alone = try await simulate("--first", "77", "--seeds", "1", "--json")
    let twice = try await simulate("--first", "77", "--seeds", "1", "--twice")
    #expect(twice.status == 0, "\(twice.output)")
    let other = try await simulate("--first", "78", "--seeds", "1", "--json")
    #expect(alone.output != other.output)
  }

  @Test(.timeLimit(.minutes(10))) func twoHundredLettersEach() async throws {
    let outcome = try await simulate("--first", "5000", "--seeds", "40", "--messages", "200", "--json")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(try figures(of: outcome.output)["messages"] == 8_000)
  }

  /// Relays that throttle, limit sessions and connections, go away and come back, every few minutes something else.
  @Test(.timeLimit(.minutes(10))) func noLetterWaitsMuchLongerThanItMust() async throws {
    let outcome = try await simulate("--first", "1", "--seeds", "150", "--oracle")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("99 of 100 letters: ") && outcome.output.contains("missing: 0"))
  }

  /// A provider that stops answering holds nobody else up.
  @Test(.timeLimit(.minutes(10))) func aSilentProviderCostsOthersLittle() async throws {
    let outcome = try await simulate("--first", "1", "--seeds", "1", "--provider")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.split(separator: "\n").count == 1)
  }

  /// A relay that takes 5 connections of 20: Postfix's adaptive concurrency has one letter in six deferred here.
  @Test(.timeLimit(.minutes(10))) func aRelaysCeilingIsFound() async throws {
    let outcome = try await simulate("--first", "1", "--seeds", "20", "--ceiling")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.split(separator: "\n").count == 2)
  }

  /// Limits, two relays, greylisting: the forecast's end beside the real engine's.
  @Test(.timeLimit(.minutes(10))) func theForecastIsRight() async throws {
    let outcome = try await simulate("--forecast")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("two relays: 2000 of 2000"))
  }

  /// A relay that counts for itself, a day long: kills, restarts, clocks that are set, two campaigns.
  @Test(.timeLimit(.minutes(10))) func noLimitIsExceededAndAllOfItIsUsed() async throws {
    let outcome = try await simulate("--first", "1", "--seeds", "2", "--limits")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("300/h, 5000/d: violations 0"))
  }

  @Test(.timeLimit(.minutes(10))) func aTraceTellsWhatHappened() async throws {
    let outcome = try await simulate("--first", "2", "--seeds", "1", "--trace")
    #expect(outcome.status == 0)
    for word in ["start", "commit", "send", "taken", "answer", "end"] {
      #expect(outcome.output.contains("  \(word)"), "\(word)")
    }
  }

  @Test func wrongWordsAreRefused() async throws {
    #expect(try await simulate("--seed", "1").status == 64)
  }

  // MARK: -

  private func simulate(_ arguments: String...) async throws -> ChildProcess.Outcome {
    let program = try EilbriefProcess.executable().deletingLastPathComponent().appendingPathComponent("simulate")
    return try await ChildProcess.run(program.path, arguments)
  }

  private func figures(of output: String) throws -> [String: Int] {
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    return (object ?? [:]).compactMapValues { $0 as? Int }
  }
}
