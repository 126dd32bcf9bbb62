import ArgumentParser
import Operations
import Reports

struct BouncesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounces", abstract: "Says what mails mean that came back: bounces, delays, auto-replies, complaints.",
    subcommands: [ExplainBouncesCommand.self])
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
    for failure in failures {
      Console.error("eilbrief: \(NextCommand(campaign: "CAMPAIGN", queue: nil).text(failure.message))")
    }
    if !failures.isEmpty { throw SilentFailure(status: .cannotWrite, keepsStatus: true) }
  }
}
