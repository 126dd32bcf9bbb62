import ArgumentParser
import Operations
import Queue

struct PurgeCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Removes a finished campaign's personal data for good; its receipts remain and can still be verified.",
    discussion: """
      Without --now, the time that `retention` in campaign.yaml sets must have passed since the campaign's end; then
      `purge` does not ask, so that a timer can run it. Customers, letters and the key of the receipts are removed from
      the queue; the customer file, previews, reports and kept rehearsals are removed from the campaign's folder. What
      lies elsewhere is not touched. After a crash, run it again.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Flag(help: "Purge at once, whatever `retention` says; you type the campaign's name to confirm.") var now = false
  @Option(help: ArgumentHelp("With --now: the campaign's name, instead of typing it.", valueName: "campaign"))
  var confirm: String?

  func validate() throws {
    guard confirm == nil || now else { throw ValidationError("--confirm belongs to --now.") }
    guard confirm == nil || confirm == options.campaign else {
      throw ValidationError("--confirm must name the campaign, “\(options.campaign)”; nothing was done.")
    }
  }

  func run() async throws {
    let outcome = try await Purge(options.location(), Machine.dependencies()).run(atOnce: now) { plan in
      switch plan {
      case .begins(let snapshot, let files):
        Console.print(PurgeText.plan(snapshot, files))
        if now, confirm == nil { try Question.confirm("Purge \(options.campaign) for good?", name: options.campaign) }
      case .continues: Console.print("Continuing a purge that was interrupted.")
      }
    }
    switch outcome {
    case .purged:
      Console.print(
        """
        Purged \(options.campaign). Its receipts remain: `\(options.nextCommand.line(.verifyReceipts))` checks them.
        """)
    case .purgedBefore(let purge):
      Console.print("\(options.campaign): \(options.nextCommand.text(purge.message))")
    }
  }
}
