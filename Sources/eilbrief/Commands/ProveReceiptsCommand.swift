import ArgumentParser
import Foundation

struct ProveReceiptsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Makes one customer's letters again and shows that they are those in the receipts.",
    discussion: """
      The letter is made from the customer as the spool has it, the campaign file and the templates; the customer file is not
      needed. Its SHA-256 must be the one in each of the customer's receipts. Exit code 65 when it is not, with what was
      changed since the launch.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var madeFrom: MadeFrom
  @Option(help: ArgumentHelp("The customer's id.", valueName: "id")) var customer: String
  @Option(help: ArgumentHelp("Which letter; all of the customer's without it.", valueName: "name")) var letter: String?
  @Option(
    help: ArgumentHelp(
      "Write the letter's bytes into this new file; `sha256sum` of it prints the receipt's digest.", valueName: "file"))
  var output: String?
  @Flag(help: "Print what was found as JSON (schema 1).") var json = false

  func run() async throws {
    try await LetterProof(
      options: options, madeFrom: madeFrom, customer: customer, letter: letter, output: output, json: json
    ).run()
  }
}
