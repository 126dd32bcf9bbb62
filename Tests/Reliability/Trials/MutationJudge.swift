import Foundation
import TestSupport

/// A trial that has to notice a ``Mutation``, in a short form that takes seconds.
public enum MutationJudge: Sendable, Hashable, CustomStringConvertible {
  /// `crash SCENARIO POINT …`: one kill at each of these points, in one passing in the middle.
  case crash(CrashScenario, points: [String])
  /// `kills N`: campaigns killed at random moments, until there are so many kills.
  case kills(Int)
  /// `zombies`: processes that are stopped and woken late, one at each point.
  case zombies
  /// `simulation N`: so many seeds.
  case simulation(seeds: Int)

  /// What it noticed, and by which trial.
  struct Verdict: Sendable {
    /// Trials up to the finding, or all of them when there is none.
    var trials = 0
    var findings: [String] = []
  }

  init?(_ words: String) {
    let words = words.split(separator: " ").map(String.init)
    switch words.first {
    case "crash":
      guard words.count > 2, let scenario = CrashScenario(rawValue: words[1]) else { return nil }
      self = .crash(scenario, points: Array(words[2...]))
    case "kills":
      guard words.count == 2, let count = Int(words[1]) else { return nil }
      self = .kills(count)
    case "zombies":
      guard words.count == 1 else { return nil }
      self = .zombies
    case "simulation":
      guard words.count == 2, let seeds = Int(words[1]) else { return nil }
      self = .simulation(seeds: seeds)
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .crash(let scenario, let points): "crash matrix: \(scenario.rawValue), \(points.joined(separator: ", "))"
    case .kills(let count): "kill loop: \(count) kills"
    case .zombies: "zombies"
    case .simulation(let seeds): "simulation: \(seeds) seeds"
    }
  }

  /// The product of the package that it runs.
  var product: String { if case .simulation = self { "simulate" } else { "eilbrief" } }

  /// Judges the build in ``EilbriefProcess/products``; `isEnough` is asked of each finding.
  func run(until isEnough: (String) -> Bool) async throws -> Verdict {
    var verdict = Verdict()
    switch self {
    case .crash(let scenario, let points):
      for point in points {
        let result = try await CrashMatrix(scenarios: [scenario], points: [point], isWhole: false).run()
        verdict.trials += 1
        verdict.findings += result.failures + result.unreached.map { "\($0) was not passed" }
        if verdict.findings.contains(where: isEnough) { break }
      }
    case .kills(let count):
      let result = try await KillLoop(.init(customers: 300, seed: 1, kills: count, width: 1)).run()
      verdict.trials = result.kills
      verdict.findings = result.failures
    case .zombies:
      let figures = try await ZombieTrials.run(isWhole: false, width: 4)
      verdict.trials = figures.trials
      verdict.findings = figures.failures
    case .simulation(let seeds):
      let program = try EilbriefProcess.executable().deletingLastPathComponent().appendingPathComponent(product)
      let outcome = try await ChildProcess.run(program.path, ["--first", "1", "--seeds", "\(seeds)"])
      guard let status = outcome.status, [0, 1].contains(status) else {
        throw HarnessError("simulate ended with \(outcome.ending): \(outcome.errors)")
      }
      verdict.findings = outcome.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("seed ") }
      let first = verdict.findings.first(where: isEnough)
      verdict.trials = first.flatMap { Int($0.dropFirst(5).prefix { $0.isNumber }) } ?? seeds
    }
    return verdict
  }
}
