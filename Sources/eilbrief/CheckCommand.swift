import ArgumentParser
import Campaigns
import Delivery
import Foundation
import Reports

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reads everything and sends nothing: what the campaign would do, and what is in its way.",
    discussion: """
      Shows the encoding found in the customer file with three of its umlaut rows to look at, the customers by outcome,
      the rejected rows, every letter's faults, and the time the relays' limits need against the deadline. Of a campaign
      that was launched it says the state, and what has changed since it was frozen.

      A password or key that is missing here is named and makes the campaign not ready, but the exit code stays 0: a
      campaign may be read through where its secrets are not.
      """)

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Print what was found as JSON.") var json = false

  func run() async throws {
    try await PurgedCampaign.refuse(options)
    let now = Date()
    let prepared = try PreparedCampaign.read(options.folder, at: now)
    let result = try CheckResult(
      prepared, launched: try await LaunchedBefore.read(options, prepared, at: now),
      options: options, at: now)
    Console.print(json ? try ReportEncoding.json(result) : CheckText.text(result, words: options.words, now: now))
    if !result.isGood { throw SilentFailure(status: .data) }
  }
}

/// A command that has said everything already and only ends with its status.
struct SilentFailure: Error {
  let status: ExitStatus
}
