import ArgumentParser
import Foundation
import Operations
import Receipts

/// What `changed` and `locked` have in common.
struct MailboxOptions: ParsableArguments {
  @Argument(help: "The mail server's export.", completion: .file()) var file: String
  @Option(
    help: ArgumentHelp(
      "What the columns, attributes or keys are called: mailbox=user,time=changed_at.", valueName: "names"))
  var columns: String?
  @Option(help: ArgumentHelp("The domain of names without one.", valueName: "domain")) var domain: String?
  @Option(
    help: ArgumentHelp(
      "The zone of times that name none, as Europe/Berlin. Default: the campaign's.", valueName: "zone"))
  var timeZone: String?
  @Flag(help: "Record the other rows when some cannot be read.") var withoutRejected = false

  func run(_ change: MailboxChange, _ options: CampaignOptions) async throws {
    let result = try await MailboxImport(
      options.location(), change,
      .init(columns: columns, domain: domain, zone: timeZone, withoutRejected: withoutRejected), Machine.dependencies()
    ).run(URL(fileURLWithPath: file))
    for row in result.rejected { Console.error(options.nextCommand.text(row)) }
    Console.print(options.nextCommand.text(MailboxTexts.imported(result)))
    if !result.rejected.isEmpty { throw SilentFailure(status: .data) }
  }
}

struct ChangedCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "changed", abstract: "Records whose password was changed, by an export of the mail server.",
    discussion: """
      The file has mailboxes and times: CSV, .xlsx, .ods, LDIF, Dovecot's passwd-file, lines of key=value, or PostgreSQL's
      COPY. A change counts from the day on which the incident was discovered. All rows are recorded or none; the newest
      time of a mailbox wins, and the same file a second time adds nothing. Works while letters are delivered and when the
      campaign is over.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var export: MailboxOptions

  func run() async throws { try await export.run(.changed, options) }
}

struct LockedCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "locked",
    abstract: "Records which mailboxes the provider has closed, by an export of the mail server.",
    discussion: """
      Every mailbox in the file is closed; times are optional. The file is as for `changed`.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @OptionGroup var export: MailboxOptions

  func run() async throws { try await export.run(.locked, options) }
}
