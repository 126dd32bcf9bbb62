import ArgumentParser
import Foundation
import Logging
import Operations
import ServiceLifecycle
import UnixSignals

struct WorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Delivers all launched campaigns of a queue folder until it is told to stop.",
    discussion: """
      Campaigns come by `launch --detach` and `resume --detach`; `pause`, `cancel` and `resolve` work as ever. Ctrl-C or
      SIGTERM stops as `pause` does, but the next start goes on by itself. A campaign that fails is tried again and never
      stops the others. As a service: docs/worker.md.
      """.flowing)

  @OptionGroup var queue: QueueOptions
  @OptionGroup var stopping: StopOptions

  @Flag(help: "End when nothing is left to deliver.") var once = false

  func run() async throws {
    let path = queue.path
    let manager = ServiceManager(ProcessInfo.processInfo.environment, process: getpid())
    let dependencies: Dependencies
    do {
      var made = try Machine.dependencies(log: stopping.log.format)
      made.log[metadataKey: "worker"] = "\(getpid())"
      dependencies = made
    }
    let worker = Worker(
      queue: queue.folder, settings: .init(answerLimit: .seconds(stopping.wait), endsWhenIdle: once), manager: manager,
      dependencies
    ) { event, campaign in
      let (message, isWarning) = event.text(of: campaign)
      var log = dependencies.log
      if !campaign.isEmpty { log[metadataKey: "campaign"] = "\(campaign)" }
      let text = NextCommand(campaign: campaign, queue: path).text(message)
      log.log(level: isWarning ? .warning : .notice, "\(text)")
    }
    let all: [(number: Int32, signal: UnixSignal)] = [(SIGTERM, .sigterm), (SIGINT, .sigint), (SIGHUP, .sighup)]
    let signals = all.filter { !StopSignal.isIgnored($0.number) }.map(\.signal)
    let service = ServiceGroupConfiguration.ServiceConfiguration(
      service: worker, successTerminationBehavior: .gracefullyShutdownGroup)
    var quiet = dependencies.log
    quiet.logLevel = .error
    try await ServiceGroup(
      configuration: .init(services: [service], gracefulShutdownSignals: signals, logger: quiet)
    ).run()
    if once { Console.print("Nothing is left to deliver from \(queue.folder.path).") }
  }
}
