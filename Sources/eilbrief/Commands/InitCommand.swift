import ArgumentParser
import Foundation
import Operations

struct InitCommand: ParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Creates a campaign to start from: a commented campaign.yaml, a sample customer file, the templates.")

  @OptionGroup var options: CampaignOptions

  func run() throws {
    let location = try options.location()
    try CampaignScaffold.make(location, Machine.dependencies())
    Console.print(
      """
      Made \(location.folder.path):
        campaign.yaml    what happened, who sends, what each customer is told; every line is explained
        customers.csv    a sample: replace it by your own, an Excel workbook (.xlsx) as it is, or CSV
        templates/       the letters, German and English; remove the folder to use the bundled ones
      Next: edit campaign.yaml, then \(options.nextCommand.line(.check))
      """)
  }
}
