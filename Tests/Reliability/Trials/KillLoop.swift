import Foundation
import Rehearsal
import TestSupport

/// Campaigns whose process is killed at random moments, again and again, until they are over.
///
/// The moments come from a seed; what the process is at by then depends on the machine. The relay greylists, defers,
/// refuses, hangs up, loses replies and messages, and takes fewer connections than the campaign opens.
public struct KillLoop: Sendable {
  public struct Settings: Sendable, Codable {
    public var customers: Int
    public var connections: Int
    public var seed: UInt64
    /// Campaigns begin until there are so many kills.
    public var kills: Int
    /// Campaigns at the same time.
    public var width: Int

    public init(customers: Int = 2_000, connections: Int = 4, seed: UInt64, kills: Int, width: Int = 4) {
      self.customers = customers
      self.connections = connections
      self.seed = seed
      self.kills = kills
      self.width = width
    }
  }

  public struct Result: Sendable, Codable {
    public var campaigns = 0
    public var kills = 0
    /// Kills after which the receipts were looked at before anything went on.
    public var looks = 0
    /// Messages the relay took.
    public var taken = 0
    /// One letter for each connection and kill.
    public var bound = 0
    public var findings = Findings()
    public var failures: [String] = []

    public var isClean: Bool { failures.isEmpty && findings.isClean }

    public init() {}

    static func += (sum: inout Result, other: Result) {
      sum.campaigns += other.campaigns
      sum.kills += other.kills
      sum.looks += other.looks
      sum.taken += other.taken
      sum.bound += other.bound
      sum.findings += other.findings
      sum.failures += other.failures
    }
  }

  public var settings: Settings
  /// Called after each campaign with the sum so far.
  public var progress: @Sendable (Result) -> Void

  public init(_ settings: Settings, progress: @escaping @Sendable (Result) -> Void = { _ in }) {
    self.settings = settings
    self.progress = progress
  }

  public func run() async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
      var sum = Result()
      var begun = 0
      while begun < settings.width {
        group.addTask { [begun] in try await campaign(begun) }
        begun += 1
      }
      for try await result in group {
        sum += result
        progress(sum)
        guard sum.kills < settings.kills else { continue }
        group.addTask { [begun] in try await campaign(begun) }
        begun += 1
      }
      return sum
    }
  }

  private static let faults: [FaultPlan.Rule] = [
    .init(.greylist, .percent(4)), .init(.temporary, .percent(3), tries: 2), .init(.unknown, .percent(3)),
    .init(.lostReply, .percent(1)), .init(.lostMessage, .percent(1)), .init(.cutData, .percent(1)),
    .init(.shutdown, .percent(1)), .init(.slow(.milliseconds(20)), .percent(40)),
  ]

  /// Every other campaign sends uncertain letters again.
  private func campaign(_ number: Int) async throws -> Result {
    let seed = settings.seed &+ UInt64(number) &* 0x9E37_79B9
    let trial = Trial.Settings(
      customers: settings.customers, seed: seed, connections: settings.connections,
      faults: FaultPlan(rules: Self.faults, connectionLimit: max(1, settings.connections - 1), seed: seed),
      uncertain: number.isMultiple(of: 2) ? "hold" : "resend")
    return try await Trial.with(trial) { trial in
      var random = SeededGenerator(seed: seed)
      var result = Result()
      result.campaigns = 1
      do {
        try await kill(trial, using: &random, &result)
        result.findings = try await trial.books().findings()
        let verified = try await trial.verify()
        if verified.status != 0 { result.failures.append("seed \(seed): \(verified.errors)") }
      } catch {
        result.failures.append("seed \(seed): \(error)")
      }
      result.taken = trial.relay.counts.taken
      result.bound = result.kills * settings.connections
      if !result.findings.isClean {
        result.failures.append("seed \(seed): \(result.findings.broken.joined(separator: ", "))")
      }
      if trial.settings.uncertain == "hold", result.findings.resent > 0 {
        result.failures.append("seed \(seed): resent under “hold”")
      }
      return result
    }
  }

  /// Until a process comes to the end of the campaign before its time.
  private func kill(_ trial: Trial, using random: inout SeededGenerator, _ result: inout Result) async throws {
    // Longer and longer while the process is always killed before it has done anything, on a slow machine.
    var patience = 1.0
    var before = -1
    while true {
      let isLaunched = try await trial.state() != nil
      let child = try trial.start(isLaunched ? "resume" : "launch", isLaunched ? [] : ["--yes"])
      let delay = Double.random(in: 0.05...0.6, using: &random) * patience
      let ended = try await child.running {
        let alarm = Task {
          try? await Task.sleep(for: .seconds(delay))
          child.send(SIGKILL)
        }
        defer { alarm.cancel() }
        return await child.outcome()
      }
      switch ended.ending {
      case .killed(SIGKILL):
        result.kills += 1
      case .exited(0), .exited(1):
        return
      case .exited(69), .exited(75):
        // Uncertain letters in a row: the relay is paused. The operator goes on.
        break
      default:
        throw HarnessError("ended by itself with \(ended.ending): \(ended.output)\(ended.errors)")
      }
      let taken = trial.relay.counts.taken
      patience = taken > before ? 1 : min(patience * 1.3, 60)
      before = taken
      if result.kills.isMultiple(of: 8) {
        result.looks += 1
        if let broken = try trial.brokenReceipts() { throw HarnessError("after kill \(result.kills), \(broken)") }
      }
    }
  }
}
