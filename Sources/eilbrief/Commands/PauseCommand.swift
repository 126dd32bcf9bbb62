import ArgumentParser
import Foundation
import Queue
import Receipts

struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Stops a running campaign after what is on the wire; `resume` goes on with it.")

  @OptionGroup var options: CampaignOptions

  func run() async throws {
    try await CampaignControl(options).ask(.pause)
  }
}

struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ends a campaign for good: what was not sent will not be sent.",
    discussion: "Letters that are queued or deferred become cancelled; their customers are on the telephone list.")

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Do not ask.") var yes = false

  func run() async throws {
    let (store, record) = try await ReadCampaign(options).launched()
    let messages = try await store.snapshot(of: record.id).messages
    let open = (messages[.queued] ?? 0) + (messages[.deferred] ?? 0)
    if !yes {
      try Question.confirm(
        "Cancel \(options.campaign) for good? \(Counted.words(open, "letter")) will not be sent.", word: "cancel")
    }
    try await CampaignControl(options).ask(.cancel)
  }
}
