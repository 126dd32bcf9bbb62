import ArgumentParser
import Campaigns
import Operations

/// What `remind` and `follow-up` have in common.
struct FollowingOptions: ParsableArguments {
  @Option(name: .customLong("as"), help: ArgumentHelp("The new campaign's name.", valueName: "name")) var name: String?
  @Option(help: ArgumentHelp("The new deadline. Default: 16:00 of today or tomorrow.", valueName: "time"))
  var deadline: String?

  func make(_ kind: Following.Kind, letter: String?, everybody: Bool, _ options: CampaignOptions) async throws {
    let result = try await FollowingCampaign(
      options.location(), as: kind, .init(letter: letter, name: name, deadline: deadline, everybody: everybody),
      Machine.dependencies()
    ).run()
    Console.print(options.nextCommand.text(FollowingTexts.made(result)))
  }
}

struct RemindCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "remind", abstract: "Makes a campaign that reminds those whose password is still to be changed.")

  @OptionGroup var options: CampaignOptions
  @OptionGroup var following: FollowingOptions
  @Flag(help: "Remind all who were told, though nobody knows who has changed the password.") var everybody = false

  func run() async throws { try await following.make(.reminder, letter: nil, everybody: everybody, options) }
}

struct FollowUpCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow-up", abstract: "Makes a campaign with another letter to all who were told.")

  @OptionGroup var options: CampaignOptions
  @OptionGroup var following: FollowingOptions
  @Option(help: ArgumentHelp("The letter: a folder of templates/.", valueName: "name")) var letter: String

  func run() async throws { try await following.make(.followUp, letter: letter, everybody: false, options) }
}
