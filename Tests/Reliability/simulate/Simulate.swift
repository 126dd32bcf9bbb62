import Delivery
import Foundation
import Simulation

/// Runs simulated campaigns, one a seed: `simulate [--first N] [--seeds N] [--messages N]
/// [--twice] [--json] [--trace] [--oracle] [--ceiling] [--provider] [--limits] [--forecast] [--forecast-speed LETTERS]`.
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
    var isOracle = false
    var isCeiling = false
    var isProvider = false
    var isLimits = false
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
      case "--oracle": isOracle = true
      case "--ceiling": isCeiling = true
      case "--provider": isProvider = true
      case "--forecast": forecast()
      case "--forecast-speed": measure(letters: Int(number()))
      case "--limits": isLimits = true
      case "--trace": options.isTracing = true
      default: usage()
      }
    }
    if isOracle { compare(first..<first + seeds, isTracing: options.isTracing) }
    if isProvider { standAProvider(first..<first + seeds) }
    if isCeiling { findCeilings(first..<first + seeds) }
    if isLimits { keepLimits(first..<first + seeds) }
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

  /// Relays that change their minds, beside what a sender could do that knows when: ends with 1 when 99 of 100 letters took
  /// more than a tenth longer, counted over all seeds. One seed alone says little: what just misses the end of an hour in
  /// which letters are taken waits for the next.
  private static func compare(_ seeds: Range<UInt64>, isTracing: Bool) -> Never {
    var worst = 0.0
    var missing = 0
    var moments: (delivered: [Int], possible: [Int]) = ([], [])
    for seed in seeds {
      let outcome = OracleTrial.run(seed: seed)
      worst = max(worst, outcome.lateness)
      missing += outcome.missing
      moments.delivered += outcome.moments.delivered
      moments.possible += outcome.moments.possible
      if isTracing {
        say(
          "seed \(seed): 99 of 100 letters after \(Int(outcome.delivered)) s, possible after \(Int(outcome.possible)) s; "
            + "\(outcome.missing) missing\n  " + outcome.phases.joined(separator: "\n  "))
      }
    }
    let (delivered, possible) = (moments.delivered.sorted(), moments.possible.sorted())
    var late = missing > 0 ? Double.infinity : 0
    for share in [50, 90, 99] where missing == 0 {
      let index = possible.count * share / 100 - 1
      late = Double(delivered[index]) / Double(possible[index]) - 1
      say("\(share) of 100 letters: \((late * 1000).rounded() / 10) % later than possible")
    }
    say("one relay at most: \((worst * 1000).rounded() / 10) %; missing: \(missing)")
    exit(late > 0.1 ? 1 : 0)
  }

  /// A provider that stops answering: ends with 1 when that costs the letters to others more than a twentieth.
  private static func standAProvider(_ seeds: Range<UInt64>) -> Never {
    var isGood = true
    for seed in seeds {
      let without = ProviderTrial.run(seed: seed, isSilent: false)
      let with = ProviderTrial.run(seed: seed, isSilent: true)
      // The letters to the provider itself take their time where it answers.
      let share = Double(without.others) / Double(OracleTrial.letters)
      let cost = with.seconds / (without.seconds * share) - 1
      isGood = isGood && cost <= 0.05 && with.others == without.others
      say(
        "\(with.others) letters to others in \(with.seconds) s, and \(without.seconds) s with all \(OracleTrial.letters): "
          + "\((cost * 1000).rounded() / 10) % more each; \(with.attempts) attempts at the provider meanwhile")
    }
    exit(isGood ? 0 : 1)
  }

  /// Relays that take fewer connections than the campaign has: ends with 1 when more than one letter in 20 was turned away, or
  /// less than nine tenths of the relay was used after a minute.
  private static func findCeilings(_ seeds: Range<UInt64>) -> Never {
    var isGood = true
    for greetsAll in [false, true] {
      let outcomes = seeds.map { CeilingTrial.run(seed: $0, greetsAll: greetsAll) }
      let turnedAway = Double(outcomes.map(\.turnedAway).max() ?? 0) / Double(OracleTrial.letters)
      let used = outcomes.map(\.used).min() ?? 0
      let missing = outcomes.reduce(0) { $0 + $1.missing }
      isGood = isGood && turnedAway <= 0.05 && used >= 0.9 && missing == 0
      say(
        "421 \(greetsAll ? "to a letter" : "as a greeting"): at most \((turnedAway * 1000).rounded() / 10) % turned away, "
          + "at least \((used * 100).rounded()) % used in the second minute; missing: \(missing)")
    }
    exit(isGood ? 0 : 1)
  }

  /// Campaigns of the real engine beside their forecasts: ends with 1 when the end was forecast more than a tenth wrong
  /// before the first letter, or more than a twentieth after a tenth of them.
  private static func forecast() -> Never {
    var isWrong = false
    for script in ForecastTrial.scripts {
      let outcome = ForecastTrial.run(script)
      let isGood = outcome.accepted == outcome.letters && outcome.startError <= 0.1 && outcome.tenthError <= 0.05
      isWrong = isWrong || !isGood
      func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
      say(
        "\(outcome.script): \(outcome.accepted) of \(outcome.letters) in \(Int(outcome.real)) s; forecast off by "
          + "\(percent(outcome.startError)) at the start, \(percent(outcome.tenthError)) after a tenth"
          + (isGood ? "" : ": WRONG"))
    }
    exit(isWrong ? 1 : 0)
  }

  /// How long a forecast of so many letters takes: all three runs.
  private static func measure(letters: Int) -> Never {
    for hasDestinations in [false, true] {
      let plan = ForecastTrial.plan(letters: letters, hasDestinations: hasDestinations)
      let start = ContinuousClock.now
      let forecast = Forecast(plan)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let rate = Int(Double(3 * letters) / max(seconds, 0.001))
      say(
        "\(hasDestinations ? "with" : "without") rules for destinations: \((seconds * 100).rounded() / 100) s, \(rate) "
          + "letters a second and run; likely end \(forecast.end?.description ?? "none")")
    }
    exit(0)
  }

  /// Days at relays that count for themselves: ends with 1 when one saw too many letters, or 2 % less than it takes.
  private static func keepLimits(_ seeds: Range<UInt64>) -> Never {
    var isKept = true
    for (name, settings) in LimitTrial.kinds {
      var worst = (violations: 0, use: Double.infinity)
      for seed in seeds {
        let outcome = LimitTrial.run(seed: seed, settings)
        worst = (max(worst.violations, outcome.violations), min(worst.use, outcome.use))
        if let failure = outcome.failure {
          say("\(name), seed \(seed): \(failure)")
          isKept = false
        }
      }
      say("\(name): violations \(worst.violations), use \((worst.use * 1000).rounded() / 10) %")
      if worst.violations > 0 || worst.use < 0.98 { isKept = false }
    }
    exit(isKept ? 0 : 1)
  }

  /// At once, so that a broken promise is seen while the others run.
  private static func say(_ words: String) { FileHandle.standardOutput.write(Data((words + "\n").utf8)) }

  private static func usage() -> Never {
    let words = """
      usage: simulate [--first N] [--seeds N] [--messages N] [--twice] [--json] [--trace] [--oracle] [--ceiling]
        [--provider] [--limits] [--forecast] [--forecast-speed LETTERS]

      """
    FileHandle.standardError.write(Data(words.utf8))
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
