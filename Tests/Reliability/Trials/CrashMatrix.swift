import Foundation
import TestSupport

/// Kills `eilbrief` at every fault point in every scenario, goes on, and compares the three books.
///
/// Which points a scenario passes, and how often, is not written down here: the command tells when it is asked
/// (`EILBRIEF_FAULT_ACTION=tell`), so a new point is in the matrix by itself.
public struct CrashMatrix: Sendable {
  public struct Cell: Sendable, Hashable, CustomStringConvertible {
    public var scenario: CrashScenario
    public var fault: PlannedFault
    public var description: String { "\(scenario.rawValue), \(fault)" }
  }

  public struct Result: Sendable, Codable {
    public var points = 0
    public var kills = 0
    public var findings = Findings()
    /// Points that no scenario passes: nothing was tested there.
    public var unreached: [String] = []
    /// One line for each cell that broke a promise, or whose command did not do what it must.
    public var failures: [String] = []

    public var isClean: Bool { unreached.isEmpty && failures.isEmpty && findings.isClean }

    init() {}
  }

  public var scenarios: [CrashScenario]
  /// Only these points; nil: all.
  public var points: [String]?
  /// Every passing that is chosen; otherwise one of each point in each scenario.
  public var isWhole: Bool
  /// Trials at the same time.
  public var width: Int
  /// Called after each cell.
  public var progress: @Sendable (Cell) -> Void

  public init(
    scenarios: [CrashScenario] = CrashScenario.allCases, points: [String]? = nil, isWhole: Bool = true, width: Int = 4,
    progress: @escaping @Sendable (Cell) -> Void = { _ in }
  ) {
    self.scenarios = scenarios
    self.points = points
    self.isWhole = isWhole
    self.width = width
    self.progress = progress
  }

  public func run() async throws -> Result {
    var result = Result()
    let names = if let points { points } else { try await Self.names() }
    let passed = try await Parallel.map(scenarios, width: width) { scenario in
      (scenario, try await Self.passings(of: scenario).filter { names.contains($0.key) })
    }
    let reached = Set(passed.flatMap(\.1.keys))
    result.points = reached.count
    result.unreached = names.filter { !reached.contains($0) }
    let cells = passed.flatMap { scenario, counts in chosen(scenario, counts) }
    let ends = try await Parallel.map(cells, width: width) { cell in
      let end = try await Self.run(cell)
      progress(cell)
      return end
    }
    for end in ends {
      result.kills += end.kills
      result.findings += end.findings
      result.failures += end.failures
    }
    return result
  }

  // MARK: What there is to kill at

  /// All points the command knows, from its words about one that it does not know.
  static func names() async throws -> [String] {
    let outcome = try await ChildProcess.run(
      try EilbriefProcess.executable().path, ["status"],
      environment: ChildProcess.plainEnvironment.merging(["EILBRIEF_FAULT": "?"]) { $1 })
    guard outcome.status == 64, let list = outcome.errors.split(separator: "is none of ").last else {
      throw HarnessError("this eilbrief has no fault points: build it for debugging")
    }
    return list.split(whereSeparator: { ", \n".contains($0) }).map(String.init)
  }

  /// How often a scenario passes each point.
  static func passings(of scenario: CrashScenario) async throws -> [String: Int] {
    try await Trial.with(scenario.settings) { trial in
      try await scenario.prepare(trial)
      let outcome = try await scenario.run(trial, environment: ["EILBRIEF_FAULT_ACTION": "tell"])
      let counts = PlannedFault.passings(in: outcome.errors)
      guard let wanted = scenario.points else { return counts }
      return counts.filter { point, _ in wanted.contains { point.hasPrefix($0) } }
    }
  }

  /// The first passings and one in the middle.
  private func chosen(_ scenario: CrashScenario, _ counts: [String: Int]) -> [Cell] {
    counts.sorted { $0.key < $1.key }.flatMap { point, count in
      (count <= 3 ? Array(1...count) : [1, count / 2]).suffix(isWhole ? 3 : 1).map {
        Cell(scenario: scenario, fault: PlannedFault(point, passing: $0))
      }
    }
  }

  // MARK: One crash

  private struct End: Sendable {
    var kills = 0
    var findings = Findings()
    var failures: [String] = []
  }

  private static func run(_ cell: Cell) async throws -> End {
    var cell = cell
    while true {
      if let end = try await crash(cell) { return end }
      // How often a point is passed depends on the threads; the first time there is always one.
      guard cell.fault.passing > 1 else {
        var end = End()
        end.failures = ["\(cell): the point was not passed"]
        return end
      }
      cell.fault.passing -= 1
    }
  }

  /// Nil when the process ended before it came to the point.
  private static func crash(_ cell: Cell) async throws -> End? {
    let scenario = cell.scenario
    return try await Trial.with(scenario.settings) { trial in
      try await scenario.prepare(trial)
      let outcome = try await scenario.run(trial, environment: cell.fault.environment)
      guard outcome.ending == .killed(signal: SIGKILL) else { return nil }
      var end = End()
      end.kills = 1
      do {
        if let broken = try trial.brokenReceipts() { end.failures.append("\(cell): after the crash, \(broken)") }
        try await scenario.goOn(trial)
        end.findings = try await trial.books().findings()
      } catch {
        end.failures.append("\(cell): \(error)")
        return end
      }
      var broken = end.findings.broken
      if scenario.neverResends, end.findings.resent > 0 { broken.append("resent \(end.findings.resent)") }
      if !broken.isEmpty { end.failures.append("\(cell): \(broken.joined(separator: ", "))") }
      return end
    }
  }
}
