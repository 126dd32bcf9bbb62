import ArgumentParser
import Delivery
import Foundation
import Operations
import Rehearsal
import Reports

struct RehearseCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract:
      "Runs the whole campaign against a built-in relay with its faults, in a scratch queue folder. Nothing is sent.",
    discussion: """
      The real engine, store and SMTP code run against a relay on this machine that keeps the letters and makes trouble:
      greylisting, unknown and full mailboxes, slow and lost replies, quotas, a relay that is away. Waits for retries and
      limits end at once, and the clock shows what it would have shown. Faults are written as “unknown 3%, lost-reply 1%,
      session-limit 10, quota 100/h with 550”, or as “none”; without --faults: \(FaultPlan.standard). What can be written:

        \(FaultPlan.forms.joined(separator: "\n  "))

      RECIPIENTS is a share (10%), an address or a domain; TIME 200ms, 30s, 5m; PERIOD s, min, h or d; TRIES a number of
      attempts or “always”; REPLY a code, then a status and "words" where they are not to be the usual ones.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var log: LogOptions
  @Option(help: ArgumentHelp("The faults of the relay.", valueName: "plan")) var faults: String?
  @Option(
    help: ArgumentHelp(
      "Keep the scratch queue folder and the letters in this folder; it must not exist.", valueName: "dir"))
  var keep: String?
  @Flag(help: "Play the campaign on a simulated clock, in seconds, and show when letters are accepted.") var atSpeed =
    false
  @Flag(help: "With --at-speed: print what was found as JSON (schema 1).") var json = false

  func validate() throws {
    guard atSpeed || !json else { throw ValidationError("--json goes with --at-speed.") }
    guard !atSpeed || keep == nil else { throw ValidationError("--at-speed makes no letters that --keep could keep.") }
  }

  func run() async throws {
    let plan: FaultPlan
    switch faults {
    case nil: plan = .standard
    case "none": plan = .none
    case let text?: plan = try FaultPlan(parsing: text)
    }
    if atSpeed {
      let played = try await RehearsalAtSpeed(options.location(), faults: plan, Machine.dependencies()).run()
      let nextCommand = options.nextCommand
      Console.print(
        json
          ? try ReportEncoding.json(played.document)
          : played.lines.map(nextCommand.text).joined(separator: "\n"))
      if played.isPaused { throw SilentFailure(status: .relay) }
      throw SilentFailure(status: played.isEveryoneToldInTime ? .done : .someNotAccepted)
    }
    let dependencies = try Machine.dependencies(time: SkippingClock(), log: log.format)
    let observer = TerminalObserver(asks: false, nextCommand: options.nextCommand, time: dependencies.time)
    let outcome = try await RehearsalRun(
      options.location(), faults: plan,
      keep: keep.map { URL(fileURLWithPath: $0, isDirectory: true).standardizedFileURL }, observer, dependencies
    ).run()
    throw SilentFailure(
      status: try DeliveryOutput.print(outcome, options, now: dependencies.time.now), keepsStatus: true)
  }
}
