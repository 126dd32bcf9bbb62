import Foundation
import TestSupport
import Trials

/// A million simulated campaigns, by `simulate` in several processes.
struct Seeds {
  var seeds = 1_000_000
  /// Seeds of one process.
  var share = 10_000
  var width = 2

  /// What `simulate --json` prints.
  private struct Sum: Decodable {
    var seeds = 0
    var messages = 0
    var crashes = 0
    var uncertain = 0
    var lost = 0
    var silentlyDoubled = 0
    var falseAccepted = 0
    var broken = 0
  }

  func run() async throws -> ReliabilityFigures {
    let program = try EilbriefProcess.executable().deletingLastPathComponent().appendingPathComponent("simulate").path
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var sum = Sum()
    var failures: [String] = []
    try await withThrowingTaskGroup(of: String.self) { group in
      var next = 1
      func add() {
        guard next <= seeds else { return }
        let (first, share) = (next, min(share, seeds - next + 1))
        next += share
        group.addTask {
          try await ChildProcess.run(program, ["--first", "\(first)", "--seeds", "\(share)", "--json"]).output
        }
      }
      for _ in 0..<width { add() }
      while let output = try await group.next() {
        add()
        var lines = output.split(separator: "\n")
        let part = try decoder.decode(Sum.self, from: Data((lines.popLast() ?? "").utf8))
        failures += lines.map(String.init)
        sum.seeds += part.seeds
        sum.messages += part.messages
        sum.crashes += part.crashes
        sum.uncertain += part.uncertain
        sum.lost += part.lost
        sum.silentlyDoubled += part.silentlyDoubled
        sum.falseAccepted += part.falseAccepted
        sum.broken += part.broken
        note("  \(sum.seeds) of \(seeds)")
      }
    }
    var figures = ReliabilityFigures(
      fault: "simulated: crashes, store faults, lost replies, zombies, clock jumps",
      tried: "\(count(sum.seeds)) seeds, \(count(sum.messages)) letters, \(count(sum.crashes)) crashes")
    figures.lost = sum.lost
    figures.silentlyDoubled = sum.silentlyDoubled
    figures.falseAccepted = sum.falseAccepted
    figures.uncertain = sum.uncertain
    figures.failures = failures
    return figures
  }
}
