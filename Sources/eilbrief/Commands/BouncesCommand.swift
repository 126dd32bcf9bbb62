import ArgumentParser
import Operations
import Reports

struct BouncesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounces", abstract: "Reads mails that came back: which letters did not reach their mailboxes.",
    discussion: "`eilbrief bounces CAMPAIGN FILE…` is `eilbrief bounces read CAMPAIGN FILE…`.",
    subcommands: [ReadBouncesCommand.self, ExplainBouncesCommand.self], defaultSubcommand: ReadBouncesCommand.self)
}

struct ReadBouncesCommand: AsyncParsableCommand, CampaignCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "Records which letters of a campaign came back, each with a receipt.",
    discussion: """
      FILE is a mail, an mbox, a Maildir, or a folder with a file per mail. A report counts when it names the Message-ID of a
      letter that the relay has accepted; its customer is on the call list then. Warnings of delays, automatic answers and
      complaints are counted and change nothing; so are mails about no letter of the campaign. The same mail read again adds
      nothing. Works while letters are delivered, and when the campaign is over.
      """.flowing)

  @OptionGroup var options: CampaignOptions
  @Argument(help: "Mails.", completion: .file()) var file: [String]
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let result = try await BounceReading(options.location(), Machine.dependencies()).run(file)
    if json {
      Console.print(try ReportEncoding.json(BounceReadingDocument(result, of: options.campaign)))
    } else {
      Console.print(options.nextCommand.text(BounceReadingText.text(result)))
    }
    try result.failures.throwAny(options.nextCommand)
  }
}

struct ExplainBouncesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Judges mails, without a campaign: who did not get the letter, and why.",
    discussion: """
      FILE is a mail, an mbox, a Maildir, or a folder with a file per mail. With --json one object is printed per recipient
      and line; a mail that is about no delivery has one object without recipient.
      """.flowing)

  @Argument(help: "Mails.") var file: [String]
  @Flag(help: "Print JSON, one object per recipient of each mail.") var json = false

  func run() throws {
    let failures = try BounceExplanation.run(file) { one in
      Console.print(json ? try BounceReport(one.report, in: one.file).line() : BounceText.text(one))
    }
    try failures.throwAny(NextCommand(campaign: "CAMPAIGN", queue: nil))
  }
}

extension [OperatorError] {
  /// Says each, and ends with the status of files that could not be read.
  fileprivate func throwAny(_ next: NextCommand) throws {
    for failure in self { Console.error("eilbrief: \(next.text(failure.message))") }
    if !isEmpty { throw SilentFailure(status: .cannotWrite, keepsStatus: true) }
  }
}
