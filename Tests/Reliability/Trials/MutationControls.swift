import Foundation
import TestSupport

/// Every ``Mutation``, built and judged: a trial that does not notice a promise broken on purpose shows nothing.
///
/// The judges are first tried on the sources as they are, where they must find nothing. What is thrown is that the bench
/// does not work, or a patch does not apply or compile; a mutation that nobody noticed is a result.
public enum MutationControls {
  public struct Result: Sendable, Hashable, Codable {
    public var name: String
    public var promise: String
    public var weakened: String
    public var judge: String
    public var noticed: Bool
    /// What was found, or what was found instead.
    public var how: String
    /// Kills, or seeds, until it was found.
    public var trials: Int
  }

  /// `only`: names of mutations; nil: all. `progress` is called after each.
  public static func run(
    only: [String]? = nil, progress: @Sendable (Result) -> Void = { _ in }
  ) async throws -> [Result] {
    let mutations = try Mutation.all().filter { only?.contains($0.name) ?? true }
    if let only, mutations.count != Set(only).count {
      throw HarnessError("not all of \(only) are in Tests/Reliability/Controls")
    }
    let package = MutatedPackage()
    try package.restore()
    for judge in Set(mutations.map(\.judge)) {
      let verdict = try await run(judge, on: package) { _ in true }
      guard verdict.findings.isEmpty else {
        throw HarnessError("without a mutation, \(judge) found \(verdict.findings.joined(separator: "; "))")
      }
    }
    var results: [Result] = []
    for mutation in mutations {
      try package.restore()
      try await package.apply(mutation)
      let verdict = try await run(mutation.judge, on: package) { $0.contains(mutation.finding) }
      let found = verdict.findings.first { $0.contains(mutation.finding) }
      let result = Result(
        name: mutation.name, promise: mutation.promise, weakened: mutation.weakened, judge: "\(mutation.judge)",
        noticed: found != nil, how: (found ?? verdict.findings.first ?? "nothing").replacing("\n", with: " "),
        trials: verdict.trials)
      results.append(result)
      progress(result)
    }
    try package.restore()
    return results
  }

  /// Applies a patch to the copy and takes it back; fails when it does not apply to the sources as they are.
  public static func check(_ mutation: Mutation) async throws {
    let package = MutatedPackage()
    try package.restore()
    try await package.apply(mutation)
    try package.restore()
  }

  private static func run(
    _ judge: MutationJudge, on package: MutatedPackage, until isEnough: @Sendable (String) -> Bool
  ) async throws -> MutationJudge.Verdict {
    try await package.build(judge.product)
    return try await EilbriefProcess.$products.withValue(MutatedPackage.products) {
      try await judge.run(until: isEnough)
    }
  }
}
