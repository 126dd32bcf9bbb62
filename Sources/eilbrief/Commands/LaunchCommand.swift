import ArgumentParser
import Delivery
import Operations

struct LaunchCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "launch",
    abstract: "Freezes the plan, fills the queue and delivers; run again it resumes.",
    discussion: """
      Asks before it sends. Ctrl-C (or SIGTERM) stops within two seconds: a letter that is on its way stays in the queue.
      Where the relay has all of it, its answer is waited for, as long as --wait says; then the letter is uncertain. A
      second Ctrl-C changes nothing. After that, or after a crash, `launch` or `resume` continues where it stopped. A
      campaign whose customer file, templates or texts were changed since the first launch is not resumed; relays, limits,
      passwords and retry times may change; the customer file may be saved anew with the same customers. A campaign that cannot keep its deadline is not begun (exit 75), and what would
      help is shown; --late-is-fine begins it. Where campaign.yaml says “release: two”, two people approve it first.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var stopping: StopOptions
  @Flag(help: "Do not ask.") var yes = false
  @Flag(help: "Launch although rows are rejected; their customers get no letter, and are on the call list.")
  var withoutRejected = false
  @Flag(help: "Launch although not all customers can be told by the deadline.") var lateIsFine = false
  @Flag(help: "Check and freeze, and leave the delivery to the worker of the queue folder.") var detach = false

  func run() async throws {
    try await run(
      .launch(withoutRejected: withoutRejected), stopping, asks: !yes, detach: detach, lateIsFine: lateIsFine)
  }
}

struct ResumeCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Continues a campaign that was paused, stopped or killed.",
    discussion: """
      Deferred letters are tried again when they fall due; --now tries them at once, whatever their number of attempts,
      and their give-up time counts from now. Where `retry` in campaign.yaml was changed, letters that wait already wait
      as it now says. --frozen goes on although the customer file has changed, is gone or cannot be read: the customers
      are in the queue as they were launched. Templates and texts must still be what they were. Where a worker runs on the
      queue folder, the delivery is left to it.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var stopping: StopOptions
  @Flag(help: "Try deferred letters at once.") var now = false
  @Option(help: ArgumentHelp("With --now: only this customer's; may be given several times.", valueName: "id"))
  var customer: [String] = []

  @Flag(help: "Go on with the customers as they were launched, without the customer file.") var frozen = false
  @Flag(help: "Leave the delivery to a worker, also where none runs yet.") var detach = false

  func validate() throws {
    guard customer.isEmpty || now else { throw ValidationError("--customer goes with --now.") }
  }

  func run() async throws {
    try await run(
      now ? .resumeNow(customers: customer) : .resume, stopping, asks: false,
      detach: detach || Launch.worker(of: options.queue.folder) != nil, isFrozen: frozen)
  }
}

struct StopOptions: ParsableArguments {
  @Option(help: ArgumentHelp("When stopped: how long answers to whole letters are awaited.", valueName: "seconds"))
  var wait = 10
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard (0...600).contains(wait) else { throw ValidationError("--wait is a number of seconds from 0 to 600.") }
  }
}

extension CampaignCommand {
  fileprivate func run(
    _ mode: Launch.Mode, _ stopping: StopOptions, asks: Bool, detach: Bool, lateIsFine: Bool = true,
    isFrozen: Bool = false
  ) async throws {
    let dependencies = try Machine.dependencies(log: stopping.log.format)
    let observer = TerminalObserver(asks: asks, nextCommand: options.nextCommand, time: dependencies.time)
    let limit = Duration.seconds(stopping.wait)
    let launch = Launch(
      try options.location(), mode, lateIsFine: lateIsFine, frozenIsEnough: isFrozen, answerLimit: limit, observer,
      dependencies)
    guard !detach else {
      let handOver = try await launch.handOver()
      if handOver.letters > 0 { Console.print(options.nextCommand.text(handOver.message)) }
      return
    }
    let (result, notices) = await launch.runLeavingNotices()
    let nextCommand = options.nextCommand
    let end: SilentFailure
    do {
      let status = try DeliveryOutput.print(try result.get(), nextCommand, now: dependencies.time.now)
      end = SilentFailure(status: status, keepsStatus: true)
    } catch {
      end = Eilbrief.shown(error, nextCommand)
    }
    await notices?.wait { Console.error(nextCommand.text($0)) }
    throw end
  }
}
