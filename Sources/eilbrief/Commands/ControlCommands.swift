import ArgumentParser
import Operations
import Queue
import Receipts

struct PauseCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Stops a running campaign at once; `resume` continues it.",
    discussion: "Only the relay's answer to letters it has whole is waited for: 10 s, or as --wait of the launch says.")

  @OptionGroup var options: CampaignOptions

  func run() async throws { try await run(.pause) }
}

struct CancelCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ends a campaign for good: what was not sent will not be sent.",
    discussion: "Letters that are queued or deferred become cancelled; their customers go on the call list.")

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Do not ask.") var yes = false

  func run() async throws {
    let open = try await CampaignControl.openLetters(of: options.location(), Machine.dependencies())
    if !yes {
      try Question.confirm(
        "Cancel \(options.campaign) for good? \(pluralized(open, "letter")) will not be sent.", word: "cancel")
    }
    try await run(.cancel)
  }
}

extension CampaignCommand {
  fileprivate func run(_ request: ControlRequest) async throws {
    let control = CampaignControl(
      try options.location(), try Machine.dependencies(), isStopped: { Machine.isStopped($0) },
      report: { Self.show($0) })
    switch try await control.run(request) {
    case .paused:
      Console.print("\(options.campaign) is paused; `\(options.nextCommand.line(.resume))` continues it.")
    case .cancelled(let letters):
      Console.print("\(options.campaign) is cancelled; \(pluralized(letters, "letter")) will not be sent.")
    case .doneByHolder(let state):
      Console.print("\(options.campaign) is \(state.rawValue).")
    }
  }

  private static func show(_ event: CampaignControl.Event) {
    switch event {
    case .recovered(let lost): Console.error(DeliveryEventText.recovered(lost))
    case .asked(let holder, let request):
      let since = holder.since.map { ", which has been delivering since \(LocalTime.full($0))," } ?? ""
      Console.print(
        "Asked process \(holder.pid)\(since) to \(request.rawValue); it waits for answers to whole letters only.")
    case .holderIsStopped(let holder):
      Console.error(
        """
        Process \(holder.pid) is stopped and cannot answer: `kill -CONT \(holder.pid)` lets it go on, \
        `kill -9 \(holder.pid)` ends it.
        """)
    }
  }
}
