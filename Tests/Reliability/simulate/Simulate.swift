import Foundation
import Simulation

/// Runs simulated campaigns, one a seed: `simulate [--first N] [--seeds N] [--messages N]
/// [--twice] [--json] [--trace]`.
///
/// Prints every broken promise with its seed and ends with status 1 when there was one. `--twice` runs every seed a
/// second time and compares.
@main
struct Simulate {
  static func main() {
    var first: UInt64 = 1
    var seeds: UInt64 = 1000
    var options = Simulation.Options()
    var isJSON = false
    var isTwice = false
    var words = CommandLine.arguments.dropFirst()
    func number() -> UInt64 {
      guard let number = words.popFirst().flatMap({ UInt64($0) }) else { usage() }
      return number
    }
    while let word = words.popFirst() {
      switch word {
      case "--first": first = number()
      case "--seeds": seeds = number()
      case "--messages": options.messages = Int(number())
      case "--json": isJSON = true
      case "--twice": isTwice = true
      case "--trace": options.isTracing = true
      default: usage()
      }
    }
    let start = ContinuousClock.now
    var total = SeedOutcome()
    for seed in first..<first + seeds {
      var outcome = Simulation(seed: seed, options: options).run()
      if isTwice, Simulation(seed: seed, options: options).run().digest != outcome.digest {
        outcome.broken.append("it went another way the second time")
      }
      for words in outcome.broken { say("seed \(seed): \(words)") }
      total.add(outcome)
    }
    say(isJSON ? total.json : total.text(seconds: (ContinuousClock.now - start) / .seconds(1)))
    exit(total.broken.isEmpty ? 0 : 1)
  }

  /// At once, so that a broken promise is seen while the others run.
  private static func say(_ words: String) { FileHandle.standardOutput.write(Data((words + "\n").utf8)) }

  private static func usage() -> Never {
    FileHandle.standardError.write(
      Data("usage: simulate [--first N] [--seeds N] [--messages N] [--twice] [--json] [--trace]\n".utf8))
    exit(64)
  }
}

extension SeedOutcome {
  var json: String {
    """
    {"seeds":\(seeds),"messages":\(messages),"attempts":\(attempts),"crashes":\(crashes),"store_faults":\(storeFaults),\
    "clock_jumps":\(clockJumps),"uncertain":\(uncertain),"lost":\(lost),"silently_doubled":\(silentlyDoubled),\
    "false_accepted":\(falseAccepted),"broken":\(broken.count),"trace":"\(String(digest, radix: 16))"}
    """
  }

  func text(seconds: Double) -> String {
    """
    \(seeds) seeds, \(messages) messages, \(attempts) attempts, \(jobs) steps
    \(crashes) crashes, \(storeFaults) store faults, \(clockJumps) clock jumps, \(uncertain) uncertain
    lost \(lost), silently doubled \(silentlyDoubled), false accepted \(falseAccepted), promises broken \(broken.count)
    \(Int(Double(seeds) / max(seconds, 0.001))) seeds a second; trace \(String(digest, radix: 16))
    """
  }
}
